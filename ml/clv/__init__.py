"""Customer lifetime value of one organization: the next twelve months, and a lifetime.

Two calls make a scored table::

    training = train_clv(days, as_of=day, value="gross_margin", random_state=0)
    scores = score_clv(training.model, days, as_of=day)
    training.metrics, training.parameters, training.comparison, training.holdout

``days`` are rows of one organization's ``star.fct_customer_day`` (customer_type, customer_id,
transaction_date, order_count, and gross_margin or revenue, whichever ``value`` names); days after
``as_of`` are never looked at. A model scores later days, too, without being trained anew.

``scores`` has the columns of ``scores.clv_predictions`` but the tenant and provenance:
customer_type, customer_id, algorithm (``naive``, ``purchase_process``, ``log_linear``,
``gradient_boosting``, ``combination``), horizon (``12_months``, ``lifetime``), is_champion,
value_kind, historic_value, expected_transactions, expected_value, probability_alive, interval_low,
interval_high, model_name. Of customers without a purchase there is no row. Intervals, of 80 %, are
the champion's. Where data is too thin for models, only ``naive`` speaks, and only of 12 months.
"""

from ml.clv.model import CustomerLifetimeValue
from ml.clv.training import ClvTraining, score_clv, train_clv

__all__ = ["ClvTraining", "CustomerLifetimeValue", "score_clv", "train_clv"]
