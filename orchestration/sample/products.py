"""The pro shop's catalogue: products, their prices over time, and how demand answers to price."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from orchestration.sample.draws import Floats, Integers

PERIOD_DAYS = 28
"""Prices change every four weeks."""

_PRICE_SPREAD = 0.15
_YEARLY_COST_GROWTH = 0.03

_CATEGORIES: dict[str, tuple[float, tuple[str, ...]]] = {
    "balls": (9.0, ("Tennis Balls", "Padel Balls", "Squash Balls", "Pickleballs")),
    "grips": (6.0, ("Overgrip", "Replacement Grip", "Cushion Grip")),
    "strings": (14.0, ("Polyester String", "Natural Feel String", "Hybrid String")),
    "apparel": (28.0, ("Club Polo", "Court Skirt", "Training Shorts", "Socks")),
    "accessories": (12.0, ("Wristband", "Dampener", "Towel", "Water Bottle")),
    "court supplies": (45.0, ("Net Strap", "Line Brush", "Ball Basket", "Windscreen Panel")),
}
_VARIANTS = ("Classic", "Pro", "Tour")


@dataclass(frozen=True)
class Catalogue:
    """What the shop sells.

    Attributes
    ----------
    products
        ``product_id``, ``product_name``, ``product_category``, ``base_cents``, ``elasticity``
        (percent change of quantity per percent of price), ``popularity`` (share of lines).
    price_cents, cost_cents
        Price and cost of one unit, shape (products, periods).
    """

    products: pd.DataFrame
    price_cents: Integers
    cost_cents: Integers


def draw_catalogue(rng: np.random.Generator, days: int) -> Catalogue:
    """Draw products with prices and costs for a sample of `days` days."""
    names = [
        (f"{variant} {name}", category, typical)
        for category, (typical, stems) in _CATEGORIES.items()
        for name in stems
        for variant in _VARIANTS
    ]
    size = len(names)
    typical = np.array([price for _, _, price in names])
    base = np.rint(typical * np.exp(rng.normal(0, 0.3, size)) * 100)
    periods = -(-days // PERIOD_DAYS)
    price = base[:, None] * np.exp(rng.normal(0, _PRICE_SPREAD, (size, periods)))
    growth = (1 + _YEARLY_COST_GROWTH) ** (np.arange(periods) * PERIOD_DAYS // 365)
    cost = (base * rng.uniform(0.45, 0.70, size))[:, None] * growth
    popularity: Floats = rng.permutation(1 / np.arange(1, size + 1) ** 0.6)
    products = pd.DataFrame(
        {
            "product_id": [f"SKU-{number:04d}" for number in range(1, size + 1)],
            "product_name": [name for name, _, _ in names],
            "product_category": [category for _, category, _ in names],
            "base_cents": base.astype(np.int64),
            "elasticity": np.clip(rng.normal(-1.6, 0.4, size), -3.0, -0.4),
            "popularity": popularity / popularity.sum(),
        }
    )
    return Catalogue(products, np.rint(price).astype(np.int64), np.rint(cost).astype(np.int64))
