"""The sample's customers live by known parameters: fitted to their purchases, the models find these."""

from typing import NamedTuple

import numpy as np
import pytest

from ml.purchase import BetaGeometricNBD, GammaGamma
from orchestration.sample.bookings import MEMBERS
from orchestration.sample.orders import ACCOUNTS
from orchestration.sample.purchases import (
    PurchaseParameters,
    draw_population,
    draw_purchases,
    draw_spend,
)

END, CUSTOMERS = 700.0, 12_000


class Seen(NamedTuple):
    """What is seen of customers: repeat purchases, time of the last, age, and their mean spend."""

    truth: PurchaseParameters
    counts: np.ndarray
    repeats_and_means: np.ndarray


@pytest.fixture(scope="module", params=[MEMBERS, ACCOUNTS], ids=["members", "accounts"])
def seen(request):
    rng = np.random.default_rng(3)
    population = draw_population(rng, CUSTOMERS, request.param, END)
    purchases = draw_purchases(rng, population, END)
    spend = draw_spend(rng, population, purchases.customer, request.param.p)
    bought = np.bincount(purchases.customer, minlength=CUSTOMERS)
    last = population.started.copy()
    np.maximum.at(last, purchases.customer, purchases.time)
    is_buyer = bought > 0
    repeats = bought[is_buyer] - 1
    counts = np.column_stack(
        [
            repeats,
            np.where(repeats > 0, (last - population.started)[is_buyer], 0.0),
            (END - population.started)[is_buyer],
        ]
    )
    mean = np.bincount(purchases.customer, spend, CUSTOMERS)[is_buyer] / bought[is_buyer]
    return Seen(request.param, counts, np.column_stack([bought[is_buyer], mean]))


def test_rates_and_dropout_are_recovered_within_their_standard_errors(seen):
    fitted = BetaGeometricNBD().fit(seen.counts)
    for name in ("r", "alpha", "a", "b"):
        off = fitted.parameters_[name] - getattr(seen.truth, name)
        assert abs(off) < 2.5 * fitted.standard_errors_[name], name
        assert fitted.standard_errors_[name] < 0.2 * getattr(seen.truth, name), name


def test_spend_is_recovered_within_its_standard_errors(seen):
    fitted = GammaGamma().fit(seen.repeats_and_means)
    for name in ("p", "q", "v"):
        off = fitted.parameters_[name] - getattr(seen.truth, name)
        assert abs(off) < 2.5 * fitted.standard_errors_[name], name
