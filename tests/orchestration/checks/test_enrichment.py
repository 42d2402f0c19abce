from collections import Counter

import pytest

from orchestration.checks.enrichment import enrichment_checks
from orchestration.enrichment.provider import Unavailable
from orchestration.enrichment.report import Found, Report, Tally


def passed(report):
    return {check.check_name: check.passed for check in enrichment_checks(report)}


def report(matched=0, not_found=0, before=(0, 0), **figures):
    tally = Tally(
        **({"candidates": 100, "due": matched + not_found} | figures),
        outcomes=Counter(matched=matched, not_found=not_found),
        credits=matched,
    )
    return Report(False, 50, Found(*before), {"club": tally})


def test_a_run_that_asked_nobody_is_fine():
    assert set(passed(report()).values()) == {True}


@pytest.mark.parametrize(
    ("matched", "before", "holds"),
    [
        (20, (600, 1000), False),
        (29, (600, 1000), True),
        (20, (0, 0), True),
        (60, (10, 1000), True),
        (0, (1000, 1000), False),
    ],
)
def test_matches_that_become_fewer_than_chance_explains_are_told(matched, before, holds):
    assert passed(report(matched, 60 - matched, before))["match_rate"] is holds


def test_few_answers_tell_nothing_of_matches():
    assert passed(report(0, 29, (600, 1000)))["match_rate"]


def test_waiting_customers_are_told_of_where_credits_ran_out():
    assert not passed(report(50, 10, due=61))["budget"]
    assert passed(report(49, 10, due=61))["budget"]


def test_credits_are_not_to_blame_where_the_provider_stopped():
    stopped = report(50, 10, due=61)
    stopped.stopped = Unavailable("silent")
    assert passed(stopped)["budget"]


def test_a_quarter_of_customers_may_wait():
    assert passed(report(10, 0, due=35))["stale_share"]
    assert not passed(report(10, 0, due=36))["stale_share"]
