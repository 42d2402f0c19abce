"""A generated club with all its systems, a courier beside it, and the truth that they come from.

Here belongs what invents data: who the customers are, when they buy, what they say, how they are
addressed, what the systems export. How exports are read belongs to ``orchestration.exports``;
nothing here knows the warehouse.

``simulation`` draws customers and what they buy, ``service`` and ``outreach`` what goes on around
it, each from random numbers of its own; ``deliveries`` and ``formats`` write it down as the systems
do.
``truth/`` keeps, as one table per file, what models are to find out:

- ``customers``, ``courier_customers``: the purchase process of each
- ``contentment``, ``tickets``: how content customers are, and the mood of what they write
- ``win_back``: dormant customers, to whom an offer was made by lot, and who came back
- ``leads``, ``prospects``: probability of becoming an account, and the value as one
- ``links``: which records are of the same person or company
- ``products``: the elasticity of demand
- ``cost_spikes``, ``messy_rows``: what is out of the ordinary on purpose
- ``parameters.json``: the parameters of all of it, the experiments' true effects among them
"""

from orchestration.sample.generate import SampleSummary, generate_sample

__all__ = ["SampleSummary", "generate_sample"]
