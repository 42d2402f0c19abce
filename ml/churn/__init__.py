"""Churn: who is about to leave, why, and what to do about it.

Two calls make a scored table. ``features`` are rows of ``features.customer_features`` of one
organization, month ends and the as-of date (a year of month ends is enough); ``transactions`` are
rows of ``star.fct_transactions`` (customer_type, customer_id, transaction_date, is_cancelled,
is_refund); ``value`` has customer_type, customer_id and value::

    training = train_churn(features, transactions, as_of=day, horizon_days=90, random_state=0)
    scores = score_churn(training.model, features, as_of=day, value=value)
    training.metrics, training.parameters, training.comparison, training.holdout

``training.model`` is None while no window has closed: the customers are then scored without a
probability, and ``model_name`` says ``not_enough_history``. ``ChurnClassifier`` takes any table of
numbers and categories with outcomes, with or without cutoffs.
"""

from ml.churn.classifier import ChurnClassifier
from ml.churn.scoring import NOT_ENOUGH_HISTORY, ChurnTraining, score_churn, train_churn

__all__ = [
    "NOT_ENOUGH_HISTORY",
    "ChurnClassifier",
    "ChurnTraining",
    "score_churn",
    "train_churn",
]
