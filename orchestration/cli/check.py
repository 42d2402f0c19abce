"""``customer-intelligence check``: a dry run of one file, before it is put into the landing."""

# ruff: noqa: PLC0415 - a command imports what it needs when called, so that --help is quick.

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.exports.loading.trial import Reason, Trial
    from orchestration.exports.organizations import Organization

_SHOWN_CHARACTERS = 60
# The day decides nothing in a dry run, yet every delivery has one.
_ANY_DAY = date(2000, 1, 1)


class CheckError(ValueError):
    """A file cannot be tried; the message says what to name."""


@dataclass(frozen=True)
class _Way:
    """One way to read the file: whose it is, which export, and the day in its name, if any."""

    organization: "Organization"
    export: str
    day: date | None


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organization", "organization_id", default="", help="Whose mapping to use.")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Organization file to use instead of those in ORGANIZATIONS_DIR.",
)
@click.option("--export", default="", help="One export, such as orders; default: by the name.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day that it describes.")
def check(
    file: Path, organization_id: str, mapping: Path | None, export: str, day: datetime | None
) -> None:
    """Try one FILE against a mapping: what would load, what would not, and why.

    Nothing is kept. The exit code is 1 where the file would be refused.
    """
    ways = _ways(file, _organizations(mapping, organization_id), export)
    from orchestration.exports.landing.names import day_in_name
    from orchestration.exports.loading.trial import try_file

    trials = []
    for way in ways:
        of_day = day.date() if day else way.day or day_in_name(file.name) or _ANY_DAY
        trial = try_file(file, way.organization, way.export, of_day)
        _show(trial, file, has_day=bool(way.day or day))
        trials.append(trial)
    raise SystemExit(any(trial.refusal for trial in trials))


def _organizations(mapping: Path | None, organization_id: str) -> "list[Organization]":
    from orchestration.exports.organizations import load_organization, load_organizations

    folder = Settings().organizations_dir
    if mapping:
        return [load_organization(mapping)]
    if not folder.is_dir():
        raise CheckError(f"{folder} is no folder: name a mapping with --mapping.")
    organizations = load_organizations(folder)
    if not organization_id:
        return organizations
    found = [one for one in organizations if one.organization_id == organization_id]
    if not found:
        known = ", ".join(one.organization_id for one in organizations)
        raise CheckError(f"{organization_id} is no organization in {folder}; it has {known}.")
    return found


def _ways(file: Path, organizations: "list[Organization]", export: str) -> list[_Way]:
    """Return the ways in which the mappings would read the file, by its path."""
    from orchestration.exports.landing.names import day_in_path

    path = file.resolve().as_posix()
    candidates = [
        _Way(organization, name, day_in_path(mapping.files, path))
        for organization in organizations
        for name, mapping in organization.exports.items()
        if export in ("", name)
    ]
    matching = [way for way in candidates if way.day]
    own = [way for way in matching if f"/{way.organization.organization_id}/" in path]
    found = own or matching
    if not found and len(candidates) == 1:
        found = candidates
    if len({way.organization.organization_id for way in found}) != 1:
        ids = ", ".join(organization.organization_id for organization in organizations)
        raise CheckError(
            f"{file.name} does not tell {'by which mapping' if not found else 'whose'} it is to be "
            f"read: give --organization (one of {ids}) and --export, or --mapping with a file; "
            "`customer-intelligence map` proposes one."
        )
    return found


def _show(trial: "Trial", file: Path, *, has_day: bool) -> None:
    for line in _report(trial, file, has_day=has_day):
        click.echo(line)


def _report(trial: "Trial", file: Path, *, has_day: bool) -> Iterator[str]:
    yield f"{file.name} as {trial.export} of {trial.organization.organization_id}"
    yield f"  {_dialect(trial)}"
    if not has_day:
        yield f"  its name does not fit the pattern {trial.mapping.files}: `run` would not find it"
    if trial.header is not None:
        yield f"  columns: {', '.join(map(_short, trial.header)) or 'none'}"
    if trial.sources:
        yield "Mapped"
        width = max(map(len, trial.sources))
        yield from (f"  {name:<{width}}  {sql}" for name, sql in trial.sources.items())
    if trial.unused:
        yield f"Not used: {', '.join(map(_short, trial.unused))}"
    if trial.rows.num_rows:
        yield "First rows as they would load"
        for row in trial.rows.to_pylist():
            line = row.pop("_line")
            shown = (
                f"{name}={_short(str(value))}" for name, value in row.items() if value is not None
            )
            yield f"  line {line}: {', '.join(shown)}"
    yield (
        f"{trial.rows_read:,} rows read: {trial.rows_good:,} would load, "
        f"{trial.rows_quarantined:,} go to quarantine, {trial.rows_skipped:,} are skipped by keep"
    )
    if trial.repeated_lines:
        yield f"  {trial.repeated_lines:,} of them equal an earlier row and load all the same"
    yield from _why(trial)
    yield trial.refusal or "It would load."


def _dialect(trial: "Trial") -> str:
    read = trial.mapping.read
    if read.is_json:
        return f"{read.format}, {read.encoding}"
    header = "with a header" if read.header else "without a header"
    marks = f"delimiter {read.delimiter!r}, decimal mark {read.decimal!r}"
    return f"{read.encoding}, {marks}, {header}"


def _why(trial: "Trial") -> Iterator[str]:
    if trial.reasons:
        yield "Why rows go to quarantine"
    for reason in trial.reasons:
        yield from _explained(reason)
    if trial.explained < trial.rows_quarantined:
        yield f"  ... and {trial.rows_quarantined - trial.explained:,} rows more"


def _explained(reason: "Reason") -> Iterator[str]:
    yield f"  {reason.rows:,} x {reason.text}"
    yield from (f"      line {line}: {_short(text, 200)}" for line, text in reason.examples)


def _short(text: str, length: int = _SHOWN_CHARACTERS) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= length else f"{one_line[: length - 1]}…"
