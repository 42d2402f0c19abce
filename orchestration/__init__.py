"""Orchestration: everything between the landing zone and the marts, and the graph over it."""
