"""What the terminal shows while a run goes on, and the log file that takes the rest."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from dagster import DagsterEvent, DagsterEventType, InitLoggerContext, LoggerDefinition
from rich.console import Console
from rich.status import Status

LOGGER = "terminal"


class TerminalHandler(logging.Handler):
    """Writes a line for each export and each model as it is done, and shows the one at work."""

    def __init__(self, console: Console, status: Status) -> None:
        super().__init__(logging.DEBUG)
        self._console = console
        self._status = status

    def emit(self, record: logging.LogRecord) -> None:
        """Show a record if it speaks of work begun or done."""
        meta = getattr(record, "dagster_meta", {})
        event: DagsterEvent | None = meta.get("dagster_event")
        if record.name == "orchestration.progress":
            self._status.update(record.getMessage())
        elif event is not None:
            self._show(event)
        elif str(meta.get("step_key")).startswith("raw__"):
            self._console.print(f"  {meta['orig_message']}", highlight=False, soft_wrap=True)

    def _show(self, event: DagsterEvent) -> None:
        if event.event_type is DagsterEventType.STEP_START:
            self._status.update(str(event.step_key).replace("__", "."))
        elif event.event_type is DagsterEventType.ASSET_MATERIALIZATION and event.partition is None:
            seconds = event.step_materialization_data.materialization.metadata.get(
                "Execution Duration"
            )
            took = f" {seconds.value:.1f} s" if seconds else ""
            name = ".".join(event.asset_key.path) if event.asset_key else ""
            self._console.print(f"  {name}{took}", highlight=False)


def terminal_console() -> Console:
    """Return a console that writes to the terminal even while a step's output is captured."""
    return Console(file=os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8"))


@contextmanager
def shown_on(console: Console, log_file: Path) -> Iterator[LoggerDefinition]:
    """Give the logger that shows a run on the terminal and writes everything to a file."""
    log_file.parent.mkdir(parents=True, exist_ok=True)
    progress = logging.getLogger("orchestration.progress")
    product = logging.getLogger("orchestration")
    with (
        log_file.open("w", encoding="utf-8", buffering=1) as log,
        console.status("Starting") as status,
        redirect_stdout(log),
        redirect_stderr(log),
    ):
        # Not a FileHandler: libraries that configure logging anew close those of everyone.
        to_file = logging.StreamHandler(log)
        to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        handler = TerminalHandler(console, status)
        progress.addHandler(handler)
        progress.setLevel(logging.INFO)
        product.addHandler(to_file)

        def terminal(_: InitLoggerContext) -> logging.Logger:
            own = logging.Logger("dagster", logging.DEBUG)
            own.handlers = [to_file, handler]
            return own

        try:
            yield LoggerDefinition(terminal, description="Progress here, the rest in the log file.")
        finally:
            progress.removeHandler(handler)
            product.removeHandler(to_file)
