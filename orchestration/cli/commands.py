"""The commands and their options. What a command does lies in the module of its name."""

# ruff: noqa: PLC0415 - a command imports what it needs when called, so that --help is quick.

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from orchestration.cli.check import check
from orchestration.cli.enrich import enrich
from orchestration.cli.map import map_
from orchestration.cli.models import models
from orchestration.cli.quarantine import quarantine
from orchestration.cli.sample_size import sample_size
from orchestration.settings import Settings

DAY = click.DateTime(["%Y-%m-%d"])


class _Group(click.Group):
    """Ends with one sentence, no stack trace, where the product itself says what is wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            if type(error).__module__.startswith(("orchestration.", "ml.")):
                raise click.ClickException(str(error)) from error
            raise


@click.group(cls=_Group)
def main() -> None:
    """Daily exports in, a star schema, customer metrics out."""


@main.command()
@click.option("--date", "day", type=DAY, help="Load the exports of this one day.")
@click.option("--from", "first", type=DAY, help="First day to load.")
@click.option("--to", "last", type=DAY, help="Last day to load.")
@click.option("--as-of", type=DAY, help="Day until which metrics know; default: the newest loaded.")
@click.option("--landing", default="", help="Folder or URL of the exports; default: LANDING_URL.")
@click.option(
    "--organizations",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the organizations' files; default: ORGANIZATIONS_DIR.",
)
@click.option("--full-refresh", is_flag=True, help="Rebuild every table from the loaded rows.")
def run(  # noqa: PLR0917 - one parameter per option
    day: datetime | None,
    first: datetime | None,
    last: datetime | None,
    as_of: datetime | None,
    landing: str,
    organizations: Path | None,
    full_refresh: bool,
) -> None:
    """Load exports and bring every table up to date; without dates, every day that has files."""
    if day and (first or last):
        raise click.UsageError("Give either --date or --from and --to.")
    if bool(first) != bool(last):
        raise click.UsageError("Give both --from and --to, or --date for a single day.")
    if first and last and first > last:
        raise click.UsageError("--from is later than --to: exchange them.")
    from orchestration.cli.run import Request, run

    request = Request(
        first=_date(day or first),
        last=_date(day or last),
        as_of=_date(as_of),
        landing_url=_absolute(landing),
        organizations_dir=str(organizations.absolute()) if organizations else "",
        full_refresh=full_refresh,
    )
    raise SystemExit(run(Settings(), request))


@main.command()
@click.option("--port", default=3000, show_default=True, help="Port on this machine.")
def ui(port: int) -> None:
    """Open the Dagster UI with the history of every run; Ctrl-C ends it."""
    from orchestration.cli.ui import serve

    serve(Settings(), port)


@main.command()
def status() -> None:
    """Tell whether the warehouse is up and what each organization last loaded."""
    from orchestration.cli.status import show_status

    show_status(Settings())


@main.group()
def warehouse() -> None:
    """Start, stop or find the warehouse."""


@warehouse.command()
def start() -> None:
    """Start the embedded Postgres and print its URL."""
    from orchestration.cli.warehouse import start

    click.echo(start(Settings()))


@warehouse.command()
def stop() -> None:
    """Stop the embedded Postgres."""
    from orchestration.cli.warehouse import stop

    click.echo(stop(Settings()))


@warehouse.command()
def url() -> None:
    """Print the URL that a BI tool connects with, password included."""
    from orchestration.cli.warehouse import url

    click.echo(url(Settings()))


main.add_command(check)
main.add_command(enrich)
main.add_command(map_)
main.add_command(models)
main.add_command(quarantine)
main.add_command(sample_size)


@main.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Default: .data/sample."
)
@click.option("--customers", default=5000, show_default=True, type=click.IntRange(min=1))
@click.option("--first-day", default="2024-01-01", show_default=True, type=DAY)
@click.option("--days", default=731, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=7, show_default=True, type=click.IntRange(min=0))
def sample(out: Path | None, customers: int, first_day: datetime, days: int, seed: int) -> None:
    """Generate the exports of a made-up club and courier, with the truth behind them."""
    from orchestration.resources import sample_dir
    from orchestration.sample import generate_sample

    folder = out or sample_dir(Settings())
    summary = generate_sample(folder, customers, seed, first_day.date(), days)
    for organization_id, exports in summary.organizations.items():
        rows = sum(export.rows for export in exports.values())
        files = sum(export.files for export in exports.values())
        click.echo(f"{rows:,} rows in {files:,} files of {organization_id}, in {folder}")


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _absolute(landing: str) -> str:
    return landing if not landing or "://" in landing else str(Path(landing).absolute())
