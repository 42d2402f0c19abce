"""The life of models: every trained version is kept, one of them is the champion.

Versions lie in ``<registry>/<organization>/<model>/<version>/``: the fitted estimator (skops, never
pickle), ``record.json``, the model card with its plots, and its tables as CSV. A version is named
after its as-of date and the hash of its record, which holds the hash of every other file: the same
data and seed give the same version, and what was altered is refused.

An asset is a few lines::

    registry = Registry(folder)
    version = registry.add("club", "churn", Training(
        estimator=model, model_name="logistic", trained_as_of=day, window=(first, last),
        data_hash=data_hash(features), parameters=parameters, metrics=metrics, card=card))
    old = registry.incumbent("club", "churn", as_of=day)
    if old is None:
        registry.promote("club", "churn", version, as_of=day, reason="the first version")
    else:
        champion, _ = registry.load("club", "churn", old)
        registry.challenge("club", "churn", version, as_of=day, metric=log_loss, actual=event,
                           champion=champion.predict(held_out), challenger=model.predict(held_out))
    champion, record = registry.load("club", "churn", registry.champion("club", "churn", as_of=day))

``registry.rollback("club", "churn", as_of=day)`` brings the champion before this one back.
Both forecasts must be of a window that neither model was fitted on.
"""

from ml.registry.card import Card
from ml.registry.errors import RegistryError
from ml.registry.hashing import data_hash
from ml.registry.history import Decision
from ml.registry.record import Record, Training
from ml.registry.results import compare_candidates
from ml.registry.store import Registry

__all__ = [
    "Card",
    "Decision",
    "Record",
    "Registry",
    "RegistryError",
    "Training",
    "compare_candidates",
    "data_hash",
]
