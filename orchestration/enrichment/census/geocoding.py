"""Geocoding of homes: each batch of answers is kept before the next one is sent."""

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

import pyarrow as pa

from orchestration.enrichment.census.addresses import unanswered
from orchestration.enrichment.census.connection import Connection
from orchestration.enrichment.census.geocoder import geocode
from orchestration.enrichment.census.tables import GEOCODES, with_constants
from orchestration.enrichment.clock import Clock, as_of_dates, utc_now
from orchestration.warehouse import Warehouse

# The geocoder takes ten thousand, and often breaks off over more than a thousand.
BATCH = 1000

# Progress within a step is for the terminal alone: each message to Dagster's own log is stored.
_progress = logging.getLogger("orchestration.progress")


@dataclass
class HomesReport:
    """What came of an organization's addresses.

    Attributes
    ----------
    asked : addresses that were sent
    outcomes : answers by the geocoder's own word; the rest will be sent again by the next run
    """

    asked: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


def geocode_homes(
    warehouse: Warehouse,
    connection: Connection,
    *,
    without_consents: bool,
    not_found_days: int,
    batch_size: int = BATCH,
    now: Clock = utc_now,
) -> dict[str, HomesReport]:
    """Ask for the addresses that are not known yet, of every organization.

    Returns
    -------
    Reports by organization.

    Raises
    ------
    ProviderError
        When the geocoder refuses, or answers no more; what came before is kept.
    """
    with warehouse.session() as session:
        days = as_of_dates(session)
    reports = {}
    for organization_id, day in days.items():
        reports[organization_id] = report = HomesReport()
        with warehouse.session() as session:
            addresses = unanswered(
                session,
                organization_id,
                without_consents=without_consents,
                not_found_days=not_found_days,
                now=now(),
            )
        for start in range(0, addresses.num_rows, batch_size):
            batch = addresses.slice(start, batch_size)
            answers = geocode(connection, batch)
            _keep(warehouse, answers, organization_id, day, now())
            report.asked += batch.num_rows
            report.outcomes.update(answers["outcome"].to_pylist())
            _progress.info(
                "geocoding of %s: %s of %s addresses",
                organization_id,
                f"{report.asked:,}",
                f"{addresses.num_rows:,}",
            )
    return reports


def _keep(
    warehouse: Warehouse, answers: pa.Table, organization_id: str, day: date, received_at: datetime
) -> None:
    rows = with_constants(
        answers,
        GEOCODES,
        organization_id=organization_id,
        known_from=day,
        received_at=received_at,
    )
    with warehouse.session() as session:
        session.ingest("raw", "geocodes", rows)
