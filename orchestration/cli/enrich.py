"""``customer-intelligence enrich``: what the weekly schedule does, now."""

# ruff: noqa: PLC0415 - a command imports what it needs when called, so that --help is quick.

import click

from orchestration.settings import Settings


@click.command()
@click.option("--dry-run", is_flag=True, help="Ask for nobody, but tell what it would cost.")
def enrich(dry_run: bool) -> None:
    """Ask third parties for customers who are due, within the budget."""
    raise SystemExit(_run(Settings(), dry_run))


def _run(settings: Settings, dry_run: bool) -> int:
    from dagster import AssetKey
    from rich.markup import escape

    from orchestration.assets.enrichment import TABLES
    from orchestration.assets.manifest import prepare_manifest
    from orchestration.cli.home import enter_home, open_history
    from orchestration.cli.progress import LOGGER, shown_on, terminal_console
    from orchestration.cli.run import failure, run_tags
    from orchestration.definitions import WEEKLY_JOB, build_definitions
    from orchestration.partitions import weekly_partitions

    console = terminal_console()
    log_file = settings.data_dir / "logs" / "enrich.log"
    enter_home(settings)
    with shown_on(console, log_file) as logger:
        prepare_manifest(settings)
        job = build_definitions(settings, {LOGGER: logger}).resolve_job_def(WEEKLY_JOB)
        if dry_run:
            # It asks nobody: addresses stay here too, and checks have nothing to judge.
            answers = {AssetKey(["raw", table]) for table in TABLES}
            job = job.get_subset(asset_selection=answers, asset_check_selection=set())
        week = weekly_partitions(settings.first_export_date).get_last_partition_key()
        with open_history(settings) as history:
            result = job.execute_in_process(
                run_config={
                    "loggers": {LOGGER: {}},
                    "ops": {"raw__enrichment": {"config": {"dry_run": dry_run}}},
                },
                partition_key=week,
                instance=history,
                tags=run_tags(),
                raise_on_error=False,
            )
    if result.success:
        return 0
    for sentence in failure(result).splitlines():
        console.print(f"[red]Failed:[/red] {escape(sentence)}", highlight=False, soft_wrap=True)
    console.print(f"What came is kept. Log: {log_file}", highlight=False, soft_wrap=True)
    return 1
