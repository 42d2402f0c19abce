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
    """Return the process with this mark if it lives still."""
    pid = int(marked.partition("@")[0])
    try:
        return psutil.Process(pid) if mark(pid) == marked else None
    except psutil.NoSuchProcess:
        return None
