"""``customer-intelligence models``: which versions score, and going back to an earlier one."""

# ruff: noqa: PLC0415 - a command imports what it needs when called, so that --help is quick.

from datetime import datetime

import click

from orchestration.settings import Settings


@click.group()
def models() -> None:
    """Look at trained models, and bring an earlier version back."""


@models.command("list")
def list_() -> None:
    """Show each organization's models: who scores, since when, and why."""
    from rich.console import Console
    from rich.table import Table

    from ml.registry import Registry

    registry = Registry(Settings().registry_dir)
    table = Table()
    for column in ("organization", "model", "champion", "version", "trained", "why"):
        table.add_column(column, overflow="fold")
    for organization_id, model in registry.models():
        version = registry.champion(organization_id, model)
        if version:
            record = registry.record(organization_id, model, version)
            why = registry.decisions(organization_id, model)[-1].reason
            trained = record.trained_as_of.isoformat()
            table.add_row(organization_id, model, record.model_name, version, trained, why)
    if not table.row_count:
        click.echo("No model has been trained yet: `customer-intelligence run` trains them.")
        return
    Console().print(table)


@models.command()
@click.argument("organization")
@click.argument("model")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day from which the earlier version scores again; default: the last decision's.",
)
@click.option("--reason", default="rolled back", help="Why, for the record.")
def rollback(organization: str, model: str, as_of: datetime | None, reason: str) -> None:
    """Let the champion before the present one score again, from the next run on."""
    from ml.registry import Registry, RegistryError

    registry = Registry(Settings().registry_dir)
    decisions = registry.decisions(organization, model)
    if not decisions:
        known = ", ".join(" ".join(pair) for pair in registry.models()) or "none"
        raise RegistryError(f"There is no {model} of {organization}; there are: {known}.")
    day = as_of.date() if as_of else decisions[-1].as_of
    decision = registry.rollback(organization, model, as_of=day, reason=reason)
    click.echo(f"{decision.champion} scores from {day} on, in place of {decision.version}.")
