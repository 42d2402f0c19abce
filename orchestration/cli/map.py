"""``customer-intelligence map``: a first mapping for a file that the pipeline does not know yet."""

# ruff: noqa: PLC0415 - a command imports what it needs when called, so that --help is quick.

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.exports.proposing.proposal import Proposal
    from orchestration.exports.proposing.writing import Identity


@click.command("map")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--export", required=True, help="What the file is to become, such as orders.")
@click.option("--organization", default="my_company", show_default=True, help="Id of the owner.")
@click.option("--time-zone", default="", help="Zone of the file's times, such as Europe/London.")
@click.option("--currency", default="", help="ISO 4217 code of the file's amounts.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day that it describes.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="New file for the mapping."
)
def map_(  # noqa: PLR0917 - one parameter per option
    file: Path,
    export: str,
    organization: str,
    time_zone: str,
    currency: str,
    day: datetime | None,
    out: Path | None,
) -> None:
    """Propose a mapping for FILE, with how sure each column of it is.

    It is a first draft in YAML: read its comments, edit it, try it with `check`.
    """
    from orchestration.exports.landing.names import day_in_name
    from orchestration.exports.proposing.proposal import propose
    from orchestration.exports.proposing.writing import write_mapping

    if not re.fullmatch("[a-z0-9_]+", organization):
        raise click.UsageError(f"{organization!r} is no id: use lower case letters, digits and _.")
    if out and out.exists():
        raise click.UsageError(f"{out} exists already: choose another file.")
    identity = _identity(organization, time_zone, currency)
    of_day = day.date() if day else day_in_name(file.name)
    proposal = propose(file, export, identity.currency, of_day)
    text = write_mapping(proposal, identity, file)
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
    for sentence in _summary(proposal):
        click.echo(sentence, err=True)


def _identity(organization_id: str, time_zone: str, currency: str) -> "Identity":
    """Return who the organization is: as its file says, where it has one."""
    from orchestration.exports.organizations import OrganizationError, load_organizations
    from orchestration.exports.proposing.writing import Identity

    try:
        known = {
            one.organization_id: one for one in load_organizations(Settings().organizations_dir)
        }
    except OrganizationError:
        known = {}
    if own := known.get(organization_id):
        zone, money = time_zone or own.time_zone, currency or own.currency
        return Identity(organization_id, own.name, zone, money)
    name = organization_id.replace("_", " ").capitalize()
    return Identity(organization_id, name, time_zone, currency)


def _summary(proposal: "Proposal") -> list[str]:
    counts: dict[str, list[str]] = {}
    for name, source in proposal.columns.items():
        if source.sql or source.reasons:
            counts.setdefault(source.certainty, []).append(name)
    said = [f"{certainty}: {', '.join(names)}" for certainty, names in counts.items()]
    if not proposal.is_complete:
        said.append("The file cannot be loaded before what is open or missing is settled.")
    return said
