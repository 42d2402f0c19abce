"""A proposal as an organization's file that an operator can edit."""

import json
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.exports.contracts import load_contracts
from orchestration.exports.proposing.proposal import Proposal
from orchestration.exports.proposing.sources import Certainty, Source

_WIDTH = 110
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|(?<!\d)(19|20)\d{6}(?!\d)")


@dataclass(frozen=True)
class Identity:
    """Whose mapping it is.

    Attributes
    ----------
    time_zone, currency : empty where nobody said
    """

    organization_id: str
    name: str
    time_zone: str = ""
    currency: str = ""


def write_mapping(proposal: Proposal, identity: Identity, path: Path) -> str:
    """Return the YAML of an organization with this one export, every doubt beside its line."""
    lines = [
        f"# Proposed from {path.name}. Each column says how sure it is: look at what is not high.",
        f"# Then try it: customer-intelligence check {path.name} --mapping THIS_FILE",
        *_identity(identity),
        "exports:",
        f"  {proposal.export}:",
        *_indented(_files(proposal, path), 4),
        *_indented(_read(proposal), 4),
        "    columns:",
        *_indented(_columns(proposal), 6),
        *_indented(_keep(proposal), 4),
        *_indented(_unused(proposal), 4),
    ]
    return "\n".join(lines) + "\n"


def _identity(identity: Identity) -> list[str]:
    zone = f"time_zone: {identity.time_zone or 'UTC'}"
    currency = f"currency: {identity.currency or 'EUR'}"
    unsaid = "  # TO CHECK: nobody said; give"
    return [
        f"organization_id: {identity.organization_id}",
        f"name: {_scalar(identity.name)}",
        zone if identity.time_zone else f"{zone}{unsaid} --time-zone, such as Europe/London",
        currency if identity.currency else f"{currency}{unsaid} --currency",
    ]


def _files(proposal: Proposal, path: Path) -> list[str]:
    name = path.name.removesuffix(".gz")
    pattern, found = _DATE.subn("{date}", name)
    if found == 1:
        return [f"files: {_scalar(f'{proposal.export}/{pattern}')}"]
    name = f"{proposal.export}/{proposal.export}_{{date}}{Path(name).suffix}"
    return [
        f"# {path.name} does not tell the day that it describes: deliver it as below, "
        "or change the pattern.",
        f"files: {_scalar(name)}",
    ]


def _read(proposal: Proposal) -> list[str]:
    lines = ["read:"] if proposal.read else []
    for option, value in proposal.read.items():
        lines.append(f"  {option}: {_value(value)}{_beside(proposal.remarks.get(option, ''))}")
    for option, remark in proposal.remarks.items():
        if option not in proposal.read:
            lines.append(f"# read.{option}: {remark}")
    return lines


def _columns(proposal: Proposal) -> list[str]:
    contract = load_contracts()[proposal.export]
    lines: list[str] = []
    for name, source in proposal.columns.items():
        if source.sql:
            lines += _column(name, source)
        elif contract.columns[name].required:
            lines.append(f"# {name}: {Certainty.MISSING}, {'; '.join(source.reasons)}")
        else:
            lines.append(f"# {name}: the file has nothing like it")
    return lines


def _column(name: str, source: Source) -> list[str]:
    said = "; ".join([str(source.certainty), *source.reasons])
    above = []
    if source.certainty is Certainty.OPEN:
        above = [
            f"# {Certainty.OPEN}: {'; '.join(source.reasons)}.",
            "# Ask the source system, then write local_time(..., 'format') with the right format:",
            "# until then the file is refused.",
        ]
        said = str(Certainty.OPEN)
    if len(source.sql) <= _WIDTH - len(name):
        line = f"{name}: {_scalar(source.sql)}"
        if len(line) + len(said) < _WIDTH:
            return [*above, f"{line}  # {said}"]
        return [*above, *_comment(said), line]
    # A break in folded text is a blank, and a blank more may stand before any of these words.
    broken = re.sub(r" (when|else|end\b|\|\|)", r"\n\1", source.sql)
    return [*above, *_comment(said), f"{name}: >-", *_indented(broken.splitlines(), 2)]


def _keep(proposal: Proposal) -> list[str]:
    if not proposal.keep:
        return []
    return [*_comment(f"drops {proposal.dropped}"), f"keep: {_scalar(proposal.keep)}"]


def _unused(proposal: Proposal) -> list[str]:
    if not proposal.unused:
        return []
    names = ", ".join(name.replace("\n", " ") for name in proposal.unused)
    return _comment(f"Not used: {names}")


def _comment(text: str) -> list[str]:
    one_line = " ".join(text.split())
    return [f"# {line}" for line in textwrap.wrap(one_line, _WIDTH, break_long_words=False)]


def _beside(remark: str) -> str:
    return f"  # {remark}" if remark else ""


def _indented(lines: list[str], blanks: int) -> list[str]:
    return [" " * blanks + line for line in lines]


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_scalar, value))}]"
    return json.dumps(value)


def _scalar(text: str) -> str:
    """Write a text so that YAML reads the same, plainly where that is safe."""
    if re.fullmatch(r"[A-Za-z_][\w./-]*", text) and text.lower() not in _WORDS:
        return text
    if re.search(r"[\x00-\x1f\x7f-\x9f\ufeff]", text):
        return json.dumps(text)
    return "'" + text.replace("'", "''") + "'"


_WORDS = {"yes", "no", "true", "false", "on", "off", "null", "y", "n"}
