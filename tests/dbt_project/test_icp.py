"""What the best customers have in common, against pandas and scipy over the delivered rows."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from tests.dbt_project.pipeline import Pipeline

DAY = "2024-03-31"
CUSTOMERS = 120
CATEGORIES = {"a": 5, "b": 10, "c": 15, "d": 24}
"""How many of the 24 best customers buy in a category; 20 others do in each, and all buy staples."""

EMPLOYEE_BANDS = [
    (0, 10, "under 10"),
    (10, 50, "10 to under 50"),
    (50, 250, "50 to under 250"),
    (250, 1000, "250 to under 1,000"),
]


def accounts() -> pd.DataFrame:
    """Return the accounts: the first 24 bring the most; what is empty is not known."""
    rng = np.random.default_rng(5)
    place = np.arange(CUSTOMERS)
    industry = np.where(rng.random(CUSTOMERS) < 0.8 - place / 200, "Clubs", "Schools, public")
    state = rng.choice(["IL", "WI", "MI"], CUSTOMERS)
    employees = rng.integers(1, 400, CUSTOMERS)
    return pd.DataFrame(
        {
            "customer_id": [f"c{number:03d}" for number in place],
            "customer_name": "Somebody",
            "industry": pd.Series(industry).mask(place % 7 == 0),
            "state": pd.Series(state).mask(place % 5 == 0),
            "employee_count": pd.Series(employees, dtype="Int64").mask(place % 3 == 0),
            "revenue": 1000 - 5 * place,
        }
    )


def lines() -> pd.DataFrame:
    """Return order lines: each account's order in one line, and a free one per category."""
    everyone = accounts()
    orders = pd.DataFrame(
        {
            "order_id": "o" + everyone["customer_id"],
            "customer_id": everyone["customer_id"],
            "product_category": "staples",
            "unit_price": everyone["revenue"],
        }
    )
    buyers = [
        pd.concat([everyone[:best], everyone[50:70]]).assign(product_category=category)
        for category, best in CATEGORIES.items()
    ]
    samples = pd.concat(buyers).assign(unit_price=0)
    samples["order_id"] = "o" + samples["customer_id"]
    every = pd.concat([orders, samples[orders.columns]])
    return every.assign(ordered_at="2024-03-01T10:00:00Z", product_id="p", quantity=1)


@pytest.fixture(scope="module", params=["postgres", "duckdb"])
def shop(
    request: pytest.FixtureRequest, open_pipeline: Callable[[str], AbstractContextManager[Pipeline]]
) -> Iterator[Pipeline]:
    """Return a shop of 120 accounts, one of a single account, and one that only gives back."""
    with open_pipeline(request.param) as pipeline:
        for organization in ("shop", "single", "refunds"):
            pipeline.add_organization(organization)
        listed = accounts().drop(columns="revenue")
        pipeline.deliver("shop", "accounts", DAY, listed.to_csv(index=False))
        pipeline.deliver("shop", "order_lines", DAY, lines().to_csv(index=False))
        pipeline.deliver("single", "accounts", DAY, listed[:1].to_csv(index=False))
        pipeline.deliver("single", "order_lines", DAY, lines()[:1].to_csv(index=False))
        pipeline.deliver("refunds", "accounts", DAY, listed.to_csv(index=False))
        given_back = lines()[:CUSTOMERS].assign(quantity=-1)
        pipeline.deliver("refunds", "order_lines", DAY, given_back.to_csv(index=False))
        pipeline.load()
        pipeline.dbt("run", "--select", "+icp_traits")
        pipeline.dbt("test", "--select", "icp_traits,test_type:data", "int_customer_traits")
        yield pipeline


def known_traits() -> pd.DataFrame:
    """Return each account's value of each trait that the test recomputes."""
    listed = accounts()
    bands = pd.Series(None, index=listed.index, dtype=object)
    for lowest, limit, name in EMPLOYEE_BANDS:
        inside = (listed["employee_count"] >= lowest) & (listed["employee_count"] < limit)
        bands[inside.fillna(False).astype(bool)] = name
    listed["employee_count"] = bands
    traits = listed.melt(
        "customer_id", ["industry", "state", "employee_count"], "trait_name", "trait_value"
    )
    bought = lines()[["customer_id", "product_category"]].rename(
        columns={"product_category": "trait_value"}
    )
    every = pd.concat([traits, bought.assign(trait_name="category_bought")])
    return every.dropna(subset="trait_value")


def expected_traits() -> pd.DataFrame:
    best = set(accounts()["customer_id"][:24])
    traits = known_traits().assign(is_best=lambda frame: frame["customer_id"].isin(best))
    rows = []
    for name, known in traits.groupby("trait_name"):
        groups = known.groupby("is_best")["customer_id"].nunique()
        for value, having in known.groupby("trait_value"):
            a, c = int(having["is_best"].sum()), int((~having["is_best"]).sum())
            b, d = groups[True] - a, groups[False] - c
            if a < 5:
                continue
            cells = np.array([a, b, c, d]) + 0.5
            log_odds = np.log(cells[0] * cells[3] / cells[1] / cells[2])
            of_all = groups[True] * groups[False] * (a + c) * (b + d) / groups.sum() ** 3
            lift = np.exp(log_odds * of_all / (of_all + 1))
            p_value = fisher_exact([[a, b], [c, d]])[1]
            often = a / groups[True]
            rows.append(
                {
                    "trait_name": name,
                    "trait_value": value,
                    "top20_frequency": 100 * often,
                    "others_frequency": 100 * c / groups[False],
                    "lift": lift,
                    "raw_lift": often / (c / groups[False]) if c else np.nan,
                    "p_value": p_value,
                    "support": a,
                    "importance_score": 100
                    * max(0, (lift - 1) / (lift + 1))
                    * np.sqrt(often)
                    * (1 - p_value),
                }
            )
    return pd.DataFrame(rows)


def of_the_shop(shop: Pipeline) -> pd.DataFrame:
    traits = shop.table("marts.icp_traits")
    return traits[traits["organization_id"] == "shop"]


def test_traits_equal_pandas_and_scipy(shop: Pipeline) -> None:
    expected = expected_traits().set_index(["trait_name", "trait_value"]).sort_index()
    traits = of_the_shop(shop)
    traits = traits[traits["trait_name"].isin(set(expected.index.get_level_values(0)))]
    got = traits.set_index(["trait_name", "trait_value"]).sort_index()[expected.columns]
    pd.testing.assert_frame_equal(got, expected, check_dtype=False, rtol=1e-9, atol=1e-12)


def test_importance_grows_with_the_share_of_the_best_that_have_a_trait(shop: Pipeline) -> None:
    traits = of_the_shop(shop)
    bought = traits[traits["trait_value"].isin(CATEGORIES)].sort_values("support")
    assert list(bought["trait_value"]) == list(CATEGORIES)
    assert (bought["others_count"] == 20).all()
    assert bought["lift"].is_monotonic_increasing
    assert bought["importance_score"].is_monotonic_increasing
    assert bought["importance_score"].is_unique
    assert traits["importance_score"].between(0, 100).all()


def test_a_trait_that_everyone_has_tells_nothing(shop: Pipeline) -> None:
    traits = of_the_shop(shop).set_index("trait_name")
    everyones = traits.loc["return_rate_percent"]
    assert (everyones["lift"], everyones["p_value"], everyones["importance_score"]) == (1, 1, 0)


def test_organizations_without_enough_best_customers_have_no_profile(shop: Pipeline) -> None:
    assert set(shop.table("marts.icp_traits")["organization_id"]) == {"shop"}


def test_fishers_test_equals_scipys(shop: Pipeline) -> None:
    rng = np.random.default_rng(1)
    tables = [(5, 0, 0, 5), (0, 5, 5, 0), (3, 3, 3, 3), (1, 0, 0, 0), (0, 0, 3, 4), (6, 2, 1, 4)]
    tables += [(39_000, 1_000, 10_000, 150_000), (40, 39_960, 1, 159_999), (7, 3, 0, 199_990)]
    for size in 10 ** rng.uniform(0.5, 5.3, 100):
        inside, share = rng.binomial(int(size), rng.uniform(0, 0.5)), rng.random() ** 2
        a = rng.binomial(inside, share)
        c = rng.binomial(int(size) - inside, min(1, share * np.exp(rng.normal(0, 0.2))))
        tables.append((a, inside - a, c, int(size) - inside - c))
    values = ", ".join(
        f"({number}, {a}, {b}, {c}, {d})" for number, (a, b, c, d) in enumerate(tables)
    )
    sql = shop.dbt(
        "compile",
        "--inline",
        "with tables as (select * from (values " + values + ") as t (number, a, b, c, d)), "
        "p_values as ({{ fisher_exact('tables', ['number']) }}) "
        "select p_value from p_values order by number",
    )
    got = np.array([p_value for (p_value,) in shop.rows(sql)])
    expected = np.array([fisher_exact([[a, b], [c, d]])[1] for a, b, c, d in tables])
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-300)
