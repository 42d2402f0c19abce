import numpy as np
import pytest

from orchestration.sample.accounts import draw_accounts
from orchestration.sample.companies import EMPLOYEE_TILT
from orchestration.sample.draws import NEVER
from orchestration.sample.lives import Lives


@pytest.fixture(scope="module")
def accounts():
    rng = np.random.default_rng(4)
    size = 20_000
    score = rng.normal(size=size)
    acquired = rng.integers(0, 300, size)
    lives = Lives(score, acquired, np.full(size, NEVER), 365)
    return draw_accounts(rng, lives).assign(score=score)


def test_the_better_accounts_are_larger_by_the_tilt(accounts):
    slope = np.polyfit(accounts["score"], np.log(accounts["employee_count"]), 1)[0]
    assert slope == pytest.approx(EMPLOYEE_TILT, abs=0.03)


def test_the_better_accounts_are_of_certain_industries(accounts):
    means = accounts.groupby("industry")["score"].mean()
    assert means.idxmax() == "Golf Courses and Country Clubs"
    assert means.idxmin() == "Administration of Conservation Programs"


def test_an_industry_has_one_code(accounts):
    assert (accounts.groupby("industry")["naics"].nunique() == 1).all()


def test_names_and_domains_are_unique(accounts):
    for column in ("customer_id", "customer_name", "domain"):
        assert accounts[column].is_unique


def test_only_accounts_that_drop_out_leave_the_list(accounts):
    assert (accounts["removed"] == NEVER).all()
