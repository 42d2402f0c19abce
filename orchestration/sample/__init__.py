"""A generated organization with a booking system and an ERP, and the truth that it was made from.

Here belongs what invents data: who the customers are, when they buy, what their systems export. How
exports are read belongs to ``orchestration.exports``; nothing here knows the warehouse.
"""

from orchestration.sample.generate import SampleSummary, generate_sample

__all__ = ["SampleSummary", "generate_sample"]
