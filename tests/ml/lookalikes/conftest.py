import numpy as np
import pandas as pd
import pytest

from ml.lookalikes import Lookalikes, find_lookalikes

INDUSTRIES = np.array(["Golf Courses", "Schools", "Hotels"])
CODES = np.array(["713910", "611110", "721110"])
CITIES = np.array(["Chicago", "Detroit"])


def draw(count: int, seed: int, first: int = 0) -> pd.DataFrame:
    """Draw companies; golf courses, and the large, are worth most, wherever they are."""
    rng = np.random.default_rng(seed)
    industry = rng.integers(0, 3, count)
    size = rng.normal(0, 1, count)
    number = pd.Series(np.arange(first, first + count)).astype(str)
    return pd.DataFrame(
        {
            "company_name": "Company " + number,
            "domain": "company" + number + ".example",
            "industry": INDUSTRIES[industry],
            "naics": CODES[industry],
            "city": CITIES[rng.integers(0, 2, count)],
            "state": None,
            "country": "US",
            "employee_count": np.rint(np.exp(4 + size)).astype(int),
            "annual_revenue": np.where(rng.random(count) < 0.5, np.exp(14 + size), np.nan),
            "value": 1.5 * (industry == 0) + size,
        }
    )


def customers_of(companies: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Make customers of companies; the fifth with the highest margin are the best."""
    rng = np.random.default_rng(seed)
    margin = np.exp(6 + companies["value"] + rng.normal(0, 0.3, len(companies)))
    return companies.drop(columns=["value"]).assign(
        customer_type="account",
        customer_id=[f"A{number}" for number in range(len(companies))],
        customer_name=companies["company_name"],
        is_top_20=margin >= margin.quantile(0.8),
        is_lapsed=rng.random(len(companies)) < 0.1,
        total_gross_margin=margin,
        days_as_customer=365,
        order_count=5,
    )


@pytest.fixture(scope="session")
def customers() -> pd.DataFrame:
    return customers_of(draw(300, seed=1))


@pytest.fixture(scope="session")
def prospects() -> pd.DataFrame:
    drawn = draw(200, seed=2, first=1000)
    return drawn.assign(prospect_id=[f"P{number}" for number in range(len(drawn))])


@pytest.fixture(scope="session")
def found(customers, prospects) -> Lookalikes:
    return find_lookalikes(customers, prospects, organization_id="club", random_state=3)
