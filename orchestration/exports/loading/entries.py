"""What the ledger is told of a delivery: a row of ``ops.file_loads`` for each of its files."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from orchestration.exports.loading.deliveries import Delivery
from orchestration.exports.tables.ledger import DUPLICATE, LOADED, REFUSED


def load_entries(delivery: Delivery, loaded_at: datetime) -> list[dict[str, Any]]:
    """Return the rows of the files that were read, whether they stand or are refused."""
    return [
        {
            "load_id": load.load_id,
            "organization_id": delivery.organization.organization_id,
            "export": delivery.contract.export,
            "export_date": load.local.file.export_date,
            "file": load.local.file.path,
            "sha256": load.local.sha256,
            "content_sha256": load.local.content_sha256,
            "bytes": load.local.file.size,
            "version": load.local.file.version,
            "columns": _as_json(load.columns),
            "column_kinds": _as_json(load.column_kinds),
            "rows_read": load.rows_read,
            "rows_loaded": 0 if delivery.refusal else load.rows_good,
            "rows_quarantined": load.rows_quarantined,
            "rows_skipped": load.rows_skipped,
            "status": REFUSED if delivery.refusal else LOADED,
            "message": delivery.refusal or None,
            "duplicate_of": None,
            "mapping_fingerprint": delivery.fingerprint,
            "loaded_at": loaded_at,
        }
        for load in delivery.loads
    ]


def duplicate_entries(
    delivery: Delivery, load_id: int, loaded_at: datetime
) -> list[dict[str, Any]]:
    """Return the rows, with ids from ``load_id`` on, of files newly found to repeat another one.

    Their own counts are nought: nothing of them was read.
    """
    files = {
        path: (e.sha256, e.content_sha256, e.bytes, e.version) for path, e in delivery.known.items()
    }
    files |= {
        local.file.path: (local.sha256, local.content_sha256, local.file.size, local.file.version)
        for local in delivery.locals
    }
    return [
        {
            "load_id": load_id + number,
            "organization_id": delivery.organization.organization_id,
            "export": delivery.contract.export,
            "export_date": delivery.files[0].export_date,
            "file": path,
            **dict(zip(("sha256", "content_sha256", "bytes", "version"), files[path], strict=True)),
            **dict.fromkeys(("rows_read", "rows_loaded", "rows_quarantined", "rows_skipped"), 0),
            "status": DUPLICATE,
            "message": delivery.repetition(path),
            "duplicate_of": delivery.contents.duplicates[path],
            "mapping_fingerprint": delivery.fingerprint,
            "loaded_at": loaded_at,
        }
        for number, path in enumerate(delivery.new_duplicates)
    ]


def _as_json(names: Sequence[str | None] | None) -> str | None:
    return None if names is None else json.dumps(names)
