"""Exports: the input boundary. Files are read, mapped, checked, then loaded or quarantined.

What lies in this folder itself says what exports are: contracts, organizations and their mappings.
Each room below may import those named before it: landing, reading, mapping, tables, loading,
quarantine, monitoring, proposing.
"""
