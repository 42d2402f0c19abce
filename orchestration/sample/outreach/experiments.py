"""Experiments whose true effects are known, two of which are faulty on purpose."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from orchestration.sample.draws import NEVER, Flags, Floats, Integers
from orchestration.sample.timetable import Timetable, changes, listings


@dataclass(frozen=True)
class Experiment:
    """One experiment and its truth.

    Attributes
    ----------
    test_id, test_name, hypothesis, test_type, metric, metric_type
        As exported.
    begins, ends
        Shares of the sample's days at which it begins and ends; beyond 1 it is still running, and
        one that begins beyond 1 is a draft.
    units
        Share of the club's customers who take part.
    control_mean
        Mean of the metric, or probability, in the control group.
    effect
        True relative effect of the variant.
    variant_share
        Share of units that are truly assigned to the variant; half of them are meant to be.
    covariate_correlation
        Of the measure with the same measure before, 0 where none is exported.
    """

    test_id: str
    test_name: str
    hypothesis: str
    test_type: str
    metric: str
    metric_type: str
    begins: float
    ends: float
    units: float
    control_mean: float
    effect: float
    variant_share: float = 0.5
    covariate_correlation: float = 0.0


EXPERIMENTS = (
    Experiment(
        "AB-01", "Same page twice", "Nothing differs: both groups see one page.", "template",
        "signup", "proportion", 0.05, 0.15, 0.6, 0.12, 0.0,
    ),
    Experiment(
        "AB-02", "Shorter subject line", "A short subject brings more sign-ups.", "message",
        "signup", "proportion", 0.15, 0.27, 0.8, 0.12, 0.45,
    ),
    Experiment(
        "AB-03", "Evening mails", "Mails in the evening bring more sign-ups.", "timing",
        "signup", "proportion", 0.25, 0.33, 0.3, 0.10, 0.05,
    ),
    Experiment(
        "AB-04", "Bundle on the start page", "Bundles raise revenue per customer.", "segment",
        "revenue", "mean", 0.35, 0.50, 0.7, 80.0, 0.12, covariate_correlation=0.75,
    ),
    Experiment(
        "AB-05", "Fewer reminders", "Fewer reminders cost no revenue.", "channel",
        "revenue", "mean", 0.45, 0.58, 0.6, 80.0, -0.20,
    ),
    Experiment(
        "AB-06", "Free shipping hint", "The hint raises revenue per visit.", "message",
        "revenue per visit", "ratio", 0.55, 0.70, 0.7, 18.0, 0.15,
    ),
    Experiment(
        "AB-07", "New landing page", "The page brings more sign-ups.", "template",
        "signup", "proportion", 0.68, 0.80, 0.8, 0.12, 0.30, variant_share=0.42,
    ),
    Experiment(
        "AB-08", "Phone instead of mail", "A call brings more sign-ups.", "channel",
        "signup", "proportion", 0.95, 1.05, 0.5, 0.12, 0.35,
    ),
    Experiment(
        "AB-09", "Spring prices", "Not decided yet.", "segment",
        "revenue", "mean", 1.05, 1.15, 0.5, 80.0, 0.0,
    ),
)  # fmt: skip
"""AB-01 is an A/A test, AB-07 has lost units of one group, AB-08 runs and AB-09 is a draft."""

CONTROL, VARIANT = "control", "variant"
_SPREAD = 0.6
"""Coefficient of variation of revenue within a group."""


def list_experiments(campaigns: pd.DataFrame, timetable: Timetable) -> pd.DataFrame:
    """Lay out the monthly list of experiments in canonical columns."""
    start = _days([experiment.begins for experiment in EXPERIMENTS], timetable)
    end = _days([experiment.ends for experiment in EXPERIMENTS], timetable)
    columns = ("test_id", "test_name", "hypothesis", "test_type", "metric", "metric_type")
    frame = pd.DataFrame(
        [[getattr(one, column) for column in columns] for one in EXPERIMENTS], columns=columns
    )
    new = campaigns[campaigns["campaign_id"].str.startswith("NEW")]
    place = np.searchsorted(new["start"], np.minimum(start, timetable.last), side="right") - 1
    draft = frame.assign(
        campaign_id=new["campaign_id"].to_numpy()[place],
        control_group=CONTROL,
        start_date=timetable.date(start),
        end_date=timetable.date(end),
        confidence_level=0.95,
        minimum_effect=0.20,
        status="draft",
    )
    return listings(
        timetable.monthly,
        "test_id",
        None,
        (draft, start - timetable.days // 10),
        (draft.assign(status="running"), start),
        (draft.assign(status="completed"), end + 1),
    )


def draw_observations(
    rng: np.random.Generator, customers: pd.DataFrame, timetable: Timetable
) -> pd.DataFrame:
    """Draw the weekly export of observations in canonical columns.

    A unit is exported when it is assigned, and again with its measure a week later.
    """
    # Members and accounts have ids of their own, which could be the same.
    unit_ids = (customers["customer_type"] + ":" + customers["customer_id"]).to_numpy()
    assigned, measured = [], []
    for experiment in EXPERIMENTS:
        start, end = _days([experiment.begins, experiment.ends], timetable)
        units = rng.permutation(len(customers))[: round(experiment.units * len(customers))]
        day = np.sort(rng.integers(start, max(end - 7, start + 1), len(units)))
        variant = rng.random(len(units)) < experiment.variant_share
        frame = pd.DataFrame(
            {
                "test_id": experiment.test_id,
                "unit_id": unit_ids[units],
                "group_name": np.where(variant, VARIANT, CONTROL),
                "assigned_at": timetable.time(day, rng.integers(480, 1200, len(units))),
            }
        ).assign(**_measure(rng, experiment, variant))
        unknown = {"value": np.nan, "denominator": np.nan}
        assigned.append((frame.assign(**unknown), day))
        measured.append((frame, np.where(day <= timetable.last, day + 7, NEVER)))
    return changes(timetable.weekly, ["test_id", "unit_id"], *assigned, *measured)


def _days(shares: list[float], timetable: Timetable) -> Integers:
    days: Integers = np.floor(np.array(shares) * timetable.days).astype(np.int64)
    return days


def _measure(rng: np.random.Generator, experiment: Experiment, variant: Flags) -> dict[str, Floats]:
    size = len(variant)
    mean = experiment.control_mean * np.where(variant, 1 + experiment.effect, 1.0)
    nothing = np.full(size, np.nan)
    if experiment.metric_type == "proportion":
        value = (rng.random(size) < mean).astype(float)
        return {"value": value, "denominator": nothing, "covariate": nothing}
    if experiment.metric_type == "ratio":
        visits = 1.0 + rng.poisson(2.0, size)
        own = np.exp(rng.normal(-0.08, 0.4, size))
        value = rng.gamma(2.0 * visits, mean * own / 2.0)
        return {"value": value.round(2), "denominator": visits, "covariate": nothing}
    rho = experiment.covariate_correlation
    before = rng.normal(0, 1, size)
    noise = rho * before + np.sqrt(1 - rho**2) * rng.normal(0, 1, size)
    value = mean * (1 + _SPREAD * noise)
    covariate = experiment.control_mean * (1 + _SPREAD * before)
    return {
        "value": value.round(2),
        "denominator": nothing,
        "covariate": covariate.round(2) if rho else nothing,
    }
