"""Elasticities against a fit of our own over the delivered lines, and against the truth that made them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from shutil import copytree

import numpy as np
import pandas as pd
import pytest

from orchestration.sample.generate import generate_sample
from tests.dbt_project.pipeline import Pipeline

DAY = "2024-06-30"
ELASTICITY, SPREAD = -1.4, 0.5
"""Mean and standard deviation of the customers' true elasticities."""


def customers() -> pd.Series:
    """Return each customer's true elasticity."""
    rng = np.random.default_rng(11)
    names = [f"c{number}" for number in range(60)]
    return pd.Series(rng.normal(ELASTICITY, SPREAD, len(names)), names)


def lines() -> pd.DataFrame:
    """Return the lines of half a year: from one a customer to many, at prices that vary over time."""
    rng = np.random.default_rng(12)
    elasticities = customers()
    size = 1500
    # the first customers buy the most, the last next to nothing
    customer = (60 * rng.random(size) ** 6).astype(int)
    product, month = rng.integers(0, 5, size), rng.integers(0, 6, size)
    base = np.array([4.0, 10.0, 25.0, 60.0, 8.0])[product]
    # the last product's price never changes
    price = np.where(product == 4, base, base * np.exp(rng.normal(0, 0.3, size)))
    log_quantity = 4 + elasticities.to_numpy()[customer] * np.log(price) + rng.normal(0, 0.4, size)
    frame = pd.DataFrame(
        {
            "order_id": [f"o{number}" for number in range(size)],
            "customer_id": elasticities.index[customer],
            "ordered_at": [f"2024-{1 + m:02d}-15T10:00:00Z" for m in month],
            "product_id": [f"p{number}" for number in product],
            "quantity": np.round(100 * np.exp(log_quantity), 4),
            "unit_price": np.round(price, 2),
        }
    )
    refund = frame[:1].assign(order_id="refund", quantity=-5, unit_price=1)
    gift = frame[:1].assign(order_id="gift", quantity=5, unit_price=0)
    postage = frame[:1].assign(order_id="postage", product_id="POST", quantity=5, unit_price=1)
    return pd.concat([frame, refund, gift, postage], ignore_index=True)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    generate_sample(folder, customers=600, days=300)
    return folder


@pytest.fixture(scope="module", params=["postgres", "duckdb"])
def shop(
    request: pytest.FixtureRequest,
    open_pipeline: Callable[[str], AbstractContextManager[Pipeline]],
    sample: Path,
) -> Iterator[Pipeline]:
    """Return a shop of 60 customers, one whose prices stay, a club without products and the sample."""
    with open_pipeline(request.param) as pipeline:
        pipeline.add_organization("shop", "non_product_ids: POST\n")
        pipeline.deliver("shop", "order_lines", DAY, lines().to_csv(index=False))
        pipeline.add_organization("steady")
        steady = lines()[:50].assign(unit_price=5, product_id="p")
        pipeline.deliver("steady", "order_lines", DAY, steady.to_csv(index=False))
        pipeline.add_organization("club")
        booking = (
            "booking_id,member_id,starts_at,revenue,status\nb1,m,2024-06-01T10:00:00Z,20,attended"
        )
        pipeline.deliver("club", "bookings", DAY, booking)
        for mapping in (sample / "organizations").iterdir():
            (pipeline.organizations / mapping.name).symlink_to(mapping)
        for export in ("orders", "order_lines"):
            for folder in (sample / "landing").glob(f"*/{export}"):
                landed = pipeline.landing / folder.parent.name / export
                copytree(folder, landed)
        pipeline.load()
        pipeline.dbt("run", "--select", "+customer_value_monthly")
        pipeline.dbt("test", "--select", "prices_reconcile_to_order_lines")
        yield pipeline


def own_fit(sold: pd.DataFrame) -> pd.DataFrame:
    """Return price sensitivity and its standard error per customer, by deviations from means."""
    frame = sold.assign(x=np.log(sold["unit_price"]), y=np.log(sold["quantity"]))
    groups = frame.groupby(["customer_id", "product_id"])
    for name in "xy":
        frame[name] -= groups[name].transform("mean")
    # means of equal prices differ from them by the last bit
    frame.loc[groups["unit_price"].transform("nunique") == 1, "x"] = 0.0
    terms = frame.assign(xx=frame["x"] ** 2, xy=frame["x"] * frame["y"], yy=frame["y"] ** 2)
    fits = terms.groupby("customer_id")[["xx", "xy", "yy"]].sum()
    own = (fits["xy"] / fits["xx"]).where(fits["xx"] > 0)
    residual = fits["yy"] - (own * fits["xy"]).fillna(0)
    degrees = len(frame) - groups.ngroups - own.count()
    variance = residual.sum() / degrees
    pooled = fits["xy"].sum() / fits["xx"].sum()
    weight = fits["xx"] / variance
    spread = (weight * (own - pooled) ** 2).sum() - (own.count() - 1)
    between = max(0.0, spread / (weight.sum() - (weight**2).sum() / weight.sum()))
    pooled_variance = (weight**2 * between).sum() / weight.sum() ** 2 + 1 / weight.sum()
    thin = 1 / (1 + between * weight)
    return pd.DataFrame(
        {
            "price_sensitivity": thin * pooled + (1 - thin) * own.fillna(0),
            "price_sensitivity_standard_error": np.sqrt(thin * between + thin**2 * pooled_variance),
        }
    )


def months_of(shop: Pipeline, organization_id: str) -> pd.DataFrame:
    months = shop.table("marts.customer_value_monthly")
    return months[months["organization_id"] == organization_id]


def test_every_month_equals_a_fit_over_the_lines_until_its_end(shop: Pipeline) -> None:
    sold = lines()
    sold = sold[(sold["quantity"] > 0) & (sold["unit_price"] > 0) & (sold["product_id"] != "POST")]
    months = months_of(shop, "shop").set_index("customer_id")
    ends = sorted(set(months["month_start"]))
    assert ends == [date(2024, month, 1) for month in range(1, 7)]
    for number, month_start in enumerate(ends, start=1):
        expected = own_fit(sold[sold["ordered_at"].str[5:7].astype(int) <= number])
        got = months.loc[months["month_start"] == month_start, list(expected.columns)]
        pd.testing.assert_frame_equal(
            got.sort_index(), expected.loc[got.index].sort_index(), rtol=1e-9, atol=1e-9
        )


def test_true_elasticities_lie_within_the_standard_errors(shop: Pipeline) -> None:
    months = months_of(shop, "shop").sort_values("month_start").groupby("customer_id").last()
    errors = months["price_sensitivity"] - customers().reindex(months.index)
    standard = errors / months["price_sensitivity_standard_error"]
    assert len(months) > 50
    assert (standard.abs() <= 1.96).mean() >= 0.88
    assert 0.7 < standard.std() < 1.3


def test_the_less_a_customers_prices_varied_the_closer_to_all_and_the_less_certain(
    shop: Pipeline,
) -> None:
    months = months_of(shop, "shop")
    months = months[months["month_start"] == date(2024, 6, 1)].set_index("customer_id")
    sold = lines()
    sold = sold[(sold["quantity"] > 0) & (sold["unit_price"] > 0) & (sold["product_id"] != "POST")]
    sold["x"] = np.log(sold["unit_price"])
    sold["x"] -= sold.groupby(["customer_id", "product_id"])["x"].transform("mean")
    variation = (sold["x"] ** 2).groupby(sold["customer_id"]).sum().round(9)
    variation = variation.reindex(months.index).sort_values()
    errors = months["price_sensitivity_standard_error"].reindex(variation.index).round(9)
    assert errors.is_monotonic_decreasing
    sensitivity = months["price_sensitivity"].reindex(variation.index)
    assert (variation == 0).sum() > 1
    assert sensitivity[variation == 0].round(9).nunique() == 1
    assert sensitivity[variation > 1].std() > sensitivity[variation < 0.1].std()


def test_nothing_is_said_where_no_price_varies_or_nothing_is_sold(shop: Pipeline) -> None:
    for organization in ("steady", "club"):
        months = months_of(shop, organization)
        assert len(months) > 0
        assert months["price_sensitivity"].isna().all()
        assert months["price_sensitivity_standard_error"].isna().all()


def test_the_samples_elasticities_are_recovered(shop: Pipeline, sample: Path) -> None:
    """A customer's true elasticity is that of the products whose prices the customer saw vary."""
    truth = pd.read_parquet(sample / "truth" / "products.parquet")
    sold = shop.table("star.fct_order_lines").merge(truth[["product_id", "elasticity"]])
    sold = sold[(sold["customer_type"] == "account") & (sold["quantity"] > 0)]
    sold["x"] = np.log(sold["unit_price"].astype(float))
    sold["x"] -= sold.groupby(["customer_id", "product_id"])["x"].transform("mean")
    sold["xx"] = sold["x"] ** 2
    sold["weighted"] = sold["xx"] * sold["elasticity"]
    seen = sold.groupby("customer_id")[["weighted", "xx"]].sum()
    seen = seen[seen["xx"] > 0.01]
    newest = shop.table("marts.customer_value_monthly").sort_values("month_start")
    newest = newest.groupby("customer_id").last().reindex(seen.index)
    errors = newest["price_sensitivity"] - seen["weighted"] / seen["xx"]
    standard = (errors / newest["price_sensitivity_standard_error"]).dropna()
    assert len(standard) > 50
    assert (standard.abs() <= 1.96).mean() > 0.9
    assert abs(standard.mean()) < 0.8
