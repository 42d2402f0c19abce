"""Which version was champion from which as-of date on, and why.

The file is a list of decisions in order of their as-of dates. A day that is run again replaces that
day's decision, and is judged against the champion of the days before it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from ml.registry.errors import RegistryError
from ml.registry.files import write_file

Action = Literal["promoted", "kept", "rolled_back"]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who is champion after a comparison.

    Attributes
    ----------
    as_of : day from which it holds
    action : the challenger was promoted, the champion kept, or an earlier one brought back
    version : the version that the decision is about
    champion : the champion from then on
    reason : one sentence
    """

    as_of: date
    action: Action
    version: str
    champion: str
    reason: str


def read(path: Path) -> list[Decision]:
    """Return the decisions so far; none if there is no file."""
    if not path.exists():
        return []
    try:
        return [
            Decision(**{**entry, "as_of": date.fromisoformat(entry["as_of"])})
            for entry in json.loads(path.read_bytes())
        ]
    except (ValueError, TypeError, KeyError) as error:
        raise RegistryError(
            f"{path} is no history of champions: restore it from a backup, or remove it and "
            "promote a version anew"
        ) from error


def write(path: Path, decisions: Sequence[Decision]) -> None:
    """Replace the history."""
    entries = [{**asdict(one), "as_of": one.as_of.isoformat()} for one in decisions]
    write_file(path, (json.dumps(entries, indent=2, ensure_ascii=False) + "\n").encode())


def add(decisions: Sequence[Decision], new: Decision) -> list[Decision]:
    """Put a decision at its day: a comparison replaces that day's, a rollback stands beside it."""
    is_comparison = new.action != "rolled_back"
    kept = [
        one
        for one in decisions
        if not (is_comparison and one.as_of == new.as_of and one.action != "rolled_back")
    ]
    return sorted([*kept, new], key=lambda one: (one.as_of, one.action == "rolled_back"))


def champion(decisions: Sequence[Decision], as_of: date | None = None) -> str | None:
    """Return the champion at the end of a day, or of all days."""
    reached = [one for one in decisions if as_of is None or one.as_of <= as_of]
    return reached[-1].champion if reached else None


def incumbent(decisions: Sequence[Decision], as_of: date) -> str | None:
    """Return the champion before a day's comparison."""
    earlier = [one for one in decisions if one.as_of < as_of]
    return earlier[-1].champion if earlier else None


def previous(decisions: Sequence[Decision], as_of: date) -> str | None:
    """Return the champion before the one of a day, whatever was rolled back since left out."""
    reigns: list[str] = []
    for one in decisions:
        if one.as_of > as_of:
            break
        if one.action == "rolled_back":
            while reigns and reigns[-1] != one.champion:
                reigns.pop()
        if not reigns or reigns[-1] != one.champion:
            reigns.append(one.champion)
    return reigns[-2] if len(reigns) > 1 else None


def was_rolled_back(decisions: Sequence[Decision], version: str) -> bool:
    """Tell whether people have taken a version back."""
    return any(one.action == "rolled_back" and one.version == version for one in decisions)
