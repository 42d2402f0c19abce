"""``customer-intelligence quarantine``: rows that broke their contract, and their release."""

# ruff: noqa: PLC0415 - a command imports what it needs when called, so that --help is quick.

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.exports.quarantine.listing import Selection
    from orchestration.warehouse import Warehouse

_SHOWN_CHARACTERS = 300


class QuarantineError(ValueError):
    """There is no quarantine to look at; the message says what to do."""


def _selecting(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that select rows."""
    for option in (
        click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First export date."),
        click.option("--reason", default="", help="Text that a reason holds."),
        click.option("--file", default="", help="File in the landing, as the list names it."),
        click.option("--export", default="", help="One export, such as orders."),
        click.option("--organization", default="", help="One organization's id."),
    ):
        command = option(command)
    return command


@click.group()
def quarantine() -> None:
    """Look at rows that broke their contract, and release them when their mapping is mended."""


@quarantine.command("list")
@_selecting
@click.option("--rows", "by_row", is_flag=True, help="Show single rows, not what is wrong.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1))
def list_(by_row: bool, limit: int, **selected: Any) -> None:
    """Show what is wrong with quarantined rows, with counts and an example each."""
    from orchestration.exports.quarantine import listing

    selection = _selection(**selected)
    with _warehouse().session() as session:
        total = listing.count(session, selection)
        show = listing.rows if by_row else listing.kinds
        found = show(session, selection, limit).to_pylist()
    if not total:
        click.echo("No quarantined rows.")
        return
    for row in found:
        click.echo(_row(row) if by_row else _kind(row))
    click.echo(f"{total:,} rows in quarantine; --limit and --rows show more.")


@quarantine.command()
@_selecting
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def export(out: Path, **selected: Any) -> None:
    """Write quarantined rows to a CSV file: where they stood, their text, every reason.

    A text that a spreadsheet might run as a formula has an apostrophe in front: the original is
    what follows a leading apostrophe.
    """
    from orchestration.exports.quarantine import listing
    from orchestration.exports.quarantine.csv_out import write_csv

    with _warehouse().session() as session:
        rows = listing.rows(session, _selection(**selected))
    try:
        write_csv(rows, out)
    except OSError as error:
        raise click.ClickException(
            f"Cannot write {out} ({error.strerror}): name another file with --out."
        ) from error
    click.echo(f"{rows.num_rows:,} rows in {out}")


@quarantine.command()
@_selecting
@click.option("--landing", default="", help="Folder or URL of the exports; default: LANDING_URL.")
@click.option(
    "--organizations",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the organizations' files; default: ORGANIZATIONS_DIR.",
)
def release(landing: str, organizations: Path | None, **selected: Any) -> None:
    """Read quarantined rows again by the mappings of today, and load those that are good now.

    Every file of which a row is selected is taken whole. One that the landing still holds is loaded
    anew, as the next run would do; of one that is gone, the quarantined rows alone are read.
    """
    from orchestration.exports.landing.zone import Landing
    from orchestration.exports.organizations import load_organizations
    from orchestration.exports.quarantine.release import release
    from orchestration.resources import input_location

    settings = Settings()
    url, folder = input_location(settings, landing, str(organizations or ""))
    result = release(_warehouse(), Landing(url), load_organizations(folder), _selection(**selected))
    for obstacle in result.obstacles:
        click.echo(_printable(obstacle))
    released = max(result.rows_before - result.rows_left, 0)
    click.echo(f"{released:,} of {result.rows_before:,} rows released, {result.rows_left:,} stay.")
    if released:
        click.echo("`customer-intelligence run` takes them into every table.")


def _selection(since: datetime | None, **texts: Any) -> "Selection":
    from orchestration.exports.quarantine.listing import Selection

    return Selection(since=since.date() if since else None, **texts)


def _warehouse() -> "Warehouse":
    """Open the warehouse with its tables as they are today; looking into it starts nothing."""
    from orchestration.exports.tables.preparing import prepare
    from orchestration.warehouse import embedded, open_warehouse

    settings = Settings()
    if not settings.warehouse_url and embedded.status(settings.data_dir) is None:
        raise QuarantineError(
            "The embedded Postgres is not running: `customer-intelligence warehouse start` "
            "starts it."
        )
    warehouse = open_warehouse(settings.warehouse_url, settings.data_dir)
    prepare(warehouse)
    return warehouse


def _kind(row: dict[str, Any]) -> str:
    days = f"{row['first_date']}" + (
        f" to {row['last_date']}" if row["first_date"] != row["last_date"] else ""
    )
    return (
        f"{row['organization_id']} {row['export']}, {days}: {row['rows']:,} rows\n"
        f"  {_printable(row['kind'])}\n"
        f"  such as line {row['line']} of {_printable(row['file'])}:\n"
        f"    {_printable(row['raw_text'])}"
    )


def _row(row: dict[str, Any]) -> str:
    reasons = "".join(f"\n  {_printable(reason)}" for reason in row["reasons"].split("\n"))
    place = f"{_printable(row['file'])}, line {row['line']}"
    seen = f"first seen {row['first_seen']:%Y-%m-%d %H:%M} UTC"
    return f"{place} ({seen}){reasons}\n    {_printable(row['raw_text'])}"


def _printable(text: str) -> str:
    """Return the beginning of a text without characters that steer a terminal."""
    shown = text[:_SHOWN_CHARACTERS] + ("..." if len(text) > _SHOWN_CHARACTERS else "")
    return "".join(c if c.isprintable() else " " for c in shown)
