"""A server of dbt's commands: each in a process of its own, forked from where dbt has read the project.

A command that starts from nothing takes longer to get that far than to build most models on a few rows.
"""

import gc
import json
import os
import sys
import tempfile
from typing import IO

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.clients.jinja import template_cache


def serve(asked: IO[str], answers: IO[str]) -> None:
    """Run each command asked for, and answer with its exit code and what it said."""
    inherited = dict(os.environ)
    manifests: dict[str, Manifest | None] = {}
    for line in asked:
        arguments, options, environment = json.loads(line)
        os.environ.clear()
        os.environ.update(inherited | environment)
        with tempfile.TemporaryFile("w+") as said:
            for descriptor in (1, 2):
                os.dup2(said.fileno(), descriptor)
            manifest = None
            if "parse" not in arguments:
                project = json.dumps([options, environment])
                manifest = manifests.get(project) or ready(parsed(options))
                manifests[project] = manifest
            code = run_in_a_fork([*arguments, *options], manifest)
            said.seek(0)
            answers.write(json.dumps([code, said.read()]) + "\n")
            answers.flush()


def parsed(options: list[str]) -> Manifest | None:
    """Return what dbt makes of the project, or nothing where it cannot: the command will say why."""
    result = dbtRunner().invoke(["--quiet", "parse", *options]).result
    return result if isinstance(result, Manifest) else None


def ready(manifest: Manifest | None) -> Manifest | None:
    """Compile the macros of a project, lest every fork does it for itself."""
    for macro in manifest.macros.values() if manifest else ():
        template_cache.get_node_template(macro)
    return manifest


def run_in_a_fork(arguments: list[str], manifest: Manifest | None) -> int:
    """Run a command over a project that may be parsed already, and return its exit code."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    # The project is much to search for garbage, and a command leaves little before it ends.
    gc.disable()
    # The common way out: only so DuckDB writes into its file what it has noted beside it.
    sys.exit(not dbtRunner(manifest).invoke(arguments).success)


if __name__ == "__main__":
    serve(sys.stdin, os.fdopen(os.dup(1), "w"))
