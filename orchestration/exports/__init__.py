"""Exports: the input boundary. Files are read, mapped, checked, then loaded or quarantined."""
