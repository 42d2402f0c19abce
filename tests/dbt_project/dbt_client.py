"""How tests ask the server of dbt's commands."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

SERVER = Path(__file__).with_name("dbt_server.py")


class DbtClient:
    """A server of dbt's commands, and how to ask it, one command after the other."""

    def __init__(self) -> None:
        # No variables but these: every line of dbt's log looks at all of them for secrets. And no static
        # parser: it leaves threads behind, which a fork does not have and waits for.
        environment = {"PATH": os.environ["PATH"], "DO_NOT_TRACK": "1", "DBT_STATIC_PARSER": "0"}
        self._server = subprocess.Popen(
            [sys.executable, SERVER],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, arguments: Sequence[str], folders: Mapping[str, Path], environment: Mapping[str, str]
    ) -> tuple[int, str]:
        """Run a command and return its exit code and what it said.

        ``folders`` are the options that name dbt's project, profiles and target.
        """
        asked, answers = self._server.stdin, self._server.stdout
        assert asked
        assert answers
        options = [f"{option}={folder}" for option, folder in folders.items()]
        asked.write(json.dumps([arguments, options, environment]) + "\n")
        asked.flush()
        code, said = json.loads(answers.readline())
        return code, said

    def stop(self) -> None:
        """Let the server end."""
        self._server.communicate()
