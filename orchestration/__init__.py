"""Orchestration: everything between the landing zone and the warehouse, and the Dagster graph over it."""
