"""What the ledger knows of the files that came, as tables to be asked in DuckDB's SQL.

The ledger's part is small: one query brings it here, and the same SQL judges it on every engine.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from orchestration.exports.loading.results import FileResult
from orchestration.exports.organizations import Organization
from orchestration.exports.rhythms import weekdays
from orchestration.exports.sql import literal
from orchestration.exports.tables import ledger
from orchestration.warehouse import Warehouse

DELIVERED, REFUSED, POSTPONED = "delivered", "refused", "postponed"

FILES = pa.schema(
    [
        ("organization_id", pa.string()),
        ("export", pa.string()),
        ("export_date", pa.date32()),
        ("file", pa.string()),
        ("outcome", pa.string()),
        ("rows_delivered", pa.int64()),
        ("columns", pa.string()),
        ("column_kinds", pa.string()),
    ]
)
DUE = pa.schema(
    [
        ("organization_id", pa.string()),
        ("export", pa.string()),
        ("weekdays", pa.list_(pa.int64())),
        ("organization_began", pa.date32()),
    ]
)


@dataclass(frozen=True)
class Arrivals:
    """Files of some exports up to a day, and what is expected of them.

    Attributes
    ----------
    files : one row per file: ``organization_id``, ``export``, ``export_date``, ``file``,
        ``outcome`` (delivered, refused or postponed), ``rows_delivered`` (loaded or quarantined),
        and ``columns`` and ``column_kinds`` as JSON lists, null where they are not known
    due : one row per organization and export: ``weekdays`` (ISO numbers) on which its mapping says
        that files are due, null where it does not say, and ``organization_began``, the day from
        which any export of the organization was delivered
    """

    files: pa.Table
    due: pa.Table

    @property
    def is_empty(self) -> bool:
        """Whether nothing came and nothing had to."""
        return not self.files.num_rows and self.due["weekdays"].null_count == self.due.num_rows

    def ask(self, query: str, parameters: Mapping[str, object]) -> pa.Table:
        """Run a query over ``files`` and ``due``, with parameters such as ``$last_day``."""
        with duckdb.connect() as connection:
            connection.register("files", self.files)
            connection.register("due", self.due)
            return connection.sql(query, params=dict(parameters)).to_arrow_table()


def read_arrivals(
    warehouse: Warehouse,
    organizations: Iterable[Organization],
    exports: Collection[str],
    last_day: date,
    postponed: Iterable[FileResult] = (),
) -> Arrivals:
    """Read what the ledger says of these exports up to ``last_day``, never of later days.

    Parameters
    ----------
    organizations
        Those whose files are looked at.
    postponed
        Files of this run that came but could not be loaded yet, of which the ledger knows nothing.
    """
    organizations = [one for one in organizations if not one.exports.keys().isdisjoint(exports)]
    if not organizations:
        return Arrivals(FILES.empty_table(), DUE.empty_table())
    listed = ", ".join(map(literal, exports))
    with warehouse.session() as session:
        files = session.query(
            "select organization_id, export, export_date, file, "
            f"case status when $2 then '{REFUSED}' else '{DELIVERED}' end as outcome, "
            "rows_read - rows_skipped as rows_delivered, columns, column_kinds "
            "from ops.file_loads "
            f"where status in ($2, $3, $4) and export_date <= $1 and export in ({listed})",
            [last_day, ledger.REFUSED, ledger.LOADED, ledger.DUPLICATE],
        )
        began = session.query(
            "select organization_id, min(export_date) as day from ops.file_loads "
            "where status = $1 group by organization_id",
            [ledger.LOADED],
        )
    first_days = dict(zip(*began.to_pydict().values(), strict=True))
    waiting = [
        {
            "organization_id": file.organization_id,
            "export": file.export,
            "export_date": file.export_date,
            "file": file.file,
            "outcome": POSTPONED,
            "rows_delivered": 0,
        }
        for file in postponed
        if file.export_date <= last_day
    ]
    return Arrivals(
        pa.concat_tables([files.cast(FILES), pa.Table.from_pylist(waiting, FILES)]),
        expectations(organizations, exports, first_days),
    )


def expectations(
    organizations: Iterable[Organization], exports: Collection[str], began: Mapping[str, date]
) -> pa.Table:
    """Return what ``Arrivals.due`` holds.

    Parameters
    ----------
    began
        The day from which each organization's first delivery is.
    """
    rows = [
        {
            "organization_id": organization.organization_id,
            "export": export,
            "weekdays": None if mapping.expected is None else weekdays(mapping.expected),
            "organization_began": began.get(organization.organization_id),
        }
        for organization in organizations
        for export, mapping in organization.exports.items()
        if export in exports
    ]
    return pa.Table.from_pylist(rows, DUE)
