"""Source mappings: operators' expressions, checked and made into one query per header."""
