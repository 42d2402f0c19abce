"""The Dagster UI with its daemon, over the project's own history."""

import os
import signal
import sys

from orchestration.assets.manifest import prepare_manifest
from orchestration.cli.home import open_history
from orchestration.settings import PROJECT_ROOT, Settings


def serve(settings: Settings, port: int) -> None:
    """Replace this process with `dagster dev`."""
    prepare_manifest(settings)
    open_history(settings).dispose()
    arguments = ["-w", str(PROJECT_ROOT / "workspace.yaml"), "--port", str(port)]
    os.chdir(PROJECT_ROOT)
    # Started in the background, a shell has it ignore Ctrl-C, and so would the server and daemon.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Dagster warns of its own command's age, which is no operator's business.
    os.execv(  # noqa: S606
        sys.executable, [sys.executable, "-W", "ignore", "-m", "dagster", "dev", *arguments]
    )
