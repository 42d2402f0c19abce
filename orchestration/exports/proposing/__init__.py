"""Proposing a source mapping: what a file's header and values say about how it should be read."""
