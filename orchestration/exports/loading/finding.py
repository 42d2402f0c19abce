"""Find the deliveries in the landing, and what the ledger knows of them."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from orchestration.exports.contracts import Contract
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.deliveries import Delivery
from orchestration.exports.organizations import Organization
from orchestration.exports.tables.ledger import Entries, Entry


def compare(deliveries: Sequence[Delivery], entries: Entries) -> None:
    """Hold the files of deliveries against what the ledger says of them."""
    known: dict[tuple[str, date], dict[str, Entry]] = {}
    for (organization_id, file), entry in entries.items():
        known.setdefault((organization_id, entry.export_date), {})[file] = entry
    for delivery in deliveries:
        organization_id = delivery.organization.organization_id
        own = known.get((organization_id, delivery.files[0].export_date), {})
        # A file of which the mapping tells another day now still replaces what it loaded.
        present = {
            file.path: entries[organization_id, file.path]
            for file in delivery.files
            if (organization_id, file.path) in entries
        }
        delivery.compare(own | present)


def find_deliveries(
    landing: Landing,
    organizations: list[Organization],
    contract: Contract,
    first_day: date,
    last_day: date,
) -> Iterator[Delivery]:
    """Yield what the landing holds of an export for these days (both included), by day."""
    for organization in organizations:
        if contract.export in organization.exports:
            files = landing.find(organization, contract.export, first_day, last_day)
            for _, parts in groupby(files, key=lambda file: file.export_date):
                yield Delivery(organization, contract, list(parts))
