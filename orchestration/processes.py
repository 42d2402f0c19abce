"""Telling processes apart for longer than they live: the system gives their numbers out again."""

import psutil


def mark(pid: int) -> str:
    """Return what tells this living process from every other, earlier and later ones included.

    Raises
    ------
    psutil.NoSuchProcess
        If there is no such process.
    """
    return f"{pid}@{psutil.Process(pid).create_time():.0f}"


def find(marked: str) -> psutil.Process | None:
    """Return the process with this mark if it lives still.

    A mark whose writer died while writing it finds none.
    """
    pid = marked.partition("@")[0]
    try:
        return psutil.Process(int(pid)) if mark(int(pid)) == marked else None
    except (psutil.NoSuchProcess, ValueError):
        return None
