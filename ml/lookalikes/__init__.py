"""Look-alikes: prospects and lapsed companies, ranked by how like the best customers they are.

>>> result = find_lookalikes(customers, prospects, organization_id="club", random_state=7)
>>> result.targets      # one row per target: scores, tier, reasons as text
>>> result.reasons      # one row per target and trait: what it adds to the score's log-odds
>>> result.metrics      # AUC and recall on held-out best customers, counts
>>> result.parameters   # what was chosen
>>> result.model        # a fitted LookalikeModel

``customers`` has ``CUSTOMER_COLUMNS`` of one organization as of a day, one row each, and
``prospects`` has ``PROSPECT_COLUMNS``. Prospects that are customers already are left out
(``match_customers``). A target's id is the MD5 of ``organization_id|prospect_id``, or of
``organization_id|customer_type|customer_id``, as decisions on targets refer to it.
"""

from ml.lookalikes.likeness import BestCustomerLikeness
from ml.lookalikes.margin import ExpectedMargin
from ml.lookalikes.matching import match_customers
from ml.lookalikes.model import LookalikeModel
from ml.lookalikes.targets import CUSTOMER_COLUMNS, PROSPECT_COLUMNS, Lookalikes, find_lookalikes

__all__ = [
    "CUSTOMER_COLUMNS",
    "PROSPECT_COLUMNS",
    "BestCustomerLikeness",
    "ExpectedMargin",
    "LookalikeModel",
    "Lookalikes",
    "find_lookalikes",
    "match_customers",
]
