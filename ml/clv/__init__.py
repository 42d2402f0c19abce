"""Customer lifetime value of one organization: next twelve months and lifetime.

::

    model = CustomerLifetimeValue(random_state=seed).fit(days, as_of)
    scores = model.predict(days, as_of)

``days`` is a frame of one organization's ``star.fct_customer_day`` with customer_type, customer_id,
transaction_date, order_count and gross_margin (or revenue, with ``value="revenue"``); days after
``as_of``, a ``datetime.date``, are never looked at. A fitted model may score later days too.

``scores`` has one row per customer with a purchase and per candidate: customer_type, customer_id,
model_name (``naive``, ``purchase_process``, ``log_linear``, ``gradient_boosting``,
``combination``), is_champion, historic_value, probability_alive, expected_transactions_12m,
expected_value_12m, value_12m_low, value_12m_high, expected_value_lifetime, value_lifetime_low,
value_lifetime_high. Values are in currency; the 80 % intervals stand on the champion's rows.

``model.champion_`` is a name, ``model.reason_`` why, ``model.metrics_`` a dict of candidate to its
figures on the holdout (``value_gini``, ``purchases_rmse``, ...), ``model.parameters_`` a dict of
what was learned (process parameters, windows, interval calibration), ``model.holdout_`` a frame
with the champion's forecast and what came, for plots. All are plain values.
"""

from ml.clv.model import CustomerLifetimeValue

__all__ = ["CustomerLifetimeValue"]
