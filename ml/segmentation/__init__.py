"""Segments: customers who behave alike, under numbers and names that survive a refit.

>>> result = segment_customers(features, previous=last_model, random_state=7)
>>> result.scored       # one row per customer as of the newest cutoff
>>> result.segments     # one row per cluster: persona, description, size, medians
>>> result.migrations   # who went from which cluster to which, cutoff by cutoff
>>> result.metrics      # silhouette, stability, how many clusters
>>> result.model        # a fitted CustomerSegmentation: next time's ``previous``

``features`` are rows of ``features.customer_features`` of one organization, all cutoffs, of which
``COLUMNS`` are read. RFM classes and tiers are rules, not models: the dbt model ``customer_tiers``
has them.
"""

from ml.segmentation.clusters import BehaviouralClusters
from ml.segmentation.customers import NEVER_BOUGHT, CustomerSegmentation
from ml.segmentation.migrations import last_changes, migrations
from ml.segmentation.run import COLUMNS, Segmentation, segment_customers

__all__ = [
    "COLUMNS",
    "NEVER_BOUGHT",
    "BehaviouralClusters",
    "CustomerSegmentation",
    "Segmentation",
    "last_changes",
    "migrations",
    "segment_customers",
]
