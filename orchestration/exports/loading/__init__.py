"""Deliveries on their way into the warehouse: streamed, judged, settled whole or not at all."""
