"""Landed files as rows of text that know their lines, whatever the files are made of."""
