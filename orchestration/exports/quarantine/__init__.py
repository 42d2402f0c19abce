"""Rows that broke their contract: kept with their text and every reason until someone decides."""
