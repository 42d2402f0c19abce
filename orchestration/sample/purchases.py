"""When customers buy and what they spend: BG/NBD and Gamma-Gamma with known parameters.

Fader, Hardie and Lee (2005), "Counting your customers the easy way"; Fader and Hardie (2013), "The
Gamma-Gamma model of monetary value". Time is operational (see ``season``), in days.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.sample.draws import Flags, Floats, Integers


@dataclass(frozen=True)
class PurchaseParameters:
    """Parameters of one kind of customer.

    Attributes
    ----------
    r, alpha
        Transaction rate per operational day ~ Gamma(shape r, rate alpha).
    a, b
        Probability of dropping out after each repeat purchase ~ Beta(a, b).
    p, q, v
        Spend per purchase, in currency units, ~ Gamma(shape p, rate nu), with nu ~ Gamma(shape q,
        rate v).
    void_share
        Share of all bookings or orders that come to nothing. They are drawn beside the process, so
        that what counts follows it exactly.
    no_purchase_share
        Share of customers on the list who never buy.
    """

    r: float
    alpha: float
    a: float
    b: float
    p: float
    q: float
    v: float
    void_share: float
    no_purchase_share: float


@dataclass(frozen=True)
class Population:
    """Customers of one kind, every array of shape (customers,).

    Attributes
    ----------
    started
        Operational time of the first purchase.
    buys
        False for customers who never buy.
    rate
        Purchases per operational day while active.
    dropout_probability
        Chance of leaving after each repeat purchase.
    spend_rate
        Rate nu of the spend's Gamma distribution.
    spend_mean
        Mean spend per purchase, in currency units.
    """

    started: Floats
    buys: Flags
    rate: Floats
    dropout_probability: Floats
    spend_rate: Floats
    spend_mean: Floats

    @property
    def value_score(self) -> Floats:
        """Standardised log of spend per day, with which attributes go, shape (customers,)."""
        value = np.log(self.rate * self.spend_mean)
        if len(value) == 0:
            return value
        return np.asarray((value - value.mean()) / (value.std() or 1.0))


@dataclass(frozen=True)
class Purchases:
    """Purchases of a population in operational time.

    Attributes
    ----------
    customer
        Index of the customer, shape (purchases,).
    time
        Operational time of the purchase, shape (purchases,).
    dropped_out
        Operational time of each customer's last purchase, infinite while active, shape
        (customers,).
    """

    customer: Integers
    time: Floats
    dropped_out: Floats


def draw_population(
    rng: np.random.Generator, size: int, parameters: PurchaseParameters, observed: float
) -> Population:
    """Draw customers who arrive within the observed operational time, early ones a little more."""
    spend_rate = rng.gamma(parameters.q, 1 / parameters.v, size)
    return Population(
        started=rng.beta(1.0, 1.4, size) * observed,
        buys=rng.random(size) >= parameters.no_purchase_share,
        # The smallest normal numbers guard the logarithm of a draw that underflows to 0.
        rate=np.maximum(rng.gamma(parameters.r, 1 / parameters.alpha, size), 1e-300),
        dropout_probability=np.clip(rng.beta(parameters.a, parameters.b, size), 1e-12, 1.0),
        spend_rate=spend_rate,
        spend_mean=parameters.p / spend_rate,
    )


def draw_purchases(rng: np.random.Generator, population: Population, end: float) -> Purchases:
    """Draw first and repeat purchases of every customer until dropout or operational time `end`."""
    exposure = end - population.started
    candidates = np.where(population.buys, rng.poisson(population.rate * exposure), 0)
    last_repeat = rng.geometric(population.dropout_probability)

    customer = np.repeat(np.arange(len(candidates)), candidates)
    time = population.started[customer] + rng.random(len(customer)) * exposure[customer]
    time = time[np.lexsort((time, customer))]
    before = np.repeat(np.cumsum(candidates) - candidates, candidates)
    repeat = np.arange(len(customer)) - before + 1

    dropped_out = np.full(len(candidates), np.inf)
    final = repeat == last_repeat[customer]
    dropped_out[customer[final]] = time[final]
    kept = repeat <= last_repeat[customer]
    first = np.flatnonzero(population.buys)
    return Purchases(
        customer=np.concatenate((first, customer[kept])),
        time=np.concatenate((population.started[first], time[kept])),
        dropped_out=dropped_out,
    )


def draw_voids(
    rng: np.random.Generator,
    population: Population,
    purchases: Purchases,
    void_share: float,
    end: float,
) -> tuple[Integers, Floats]:
    """Draw customer and time of bookings or orders that will be cancelled or returned.

    They fall evenly between a customer's first purchase and dropout and leave the process as it is.
    """
    drawn = rng.random(len(purchases.customer)) < void_share / (1 - void_share)
    customer = purchases.customer[drawn]
    started = population.started[customer]
    active = np.minimum(purchases.dropped_out[customer], end) - started
    return customer, started + rng.random(len(customer)) * active


def draw_spend(
    rng: np.random.Generator, population: Population, customer: Integers, p: float
) -> Floats:
    """Draw the spend of each purchase, in currency units, shape (purchases,)."""
    spend: Floats = rng.gamma(p, 1 / population.spend_rate[customer])
    return spend
