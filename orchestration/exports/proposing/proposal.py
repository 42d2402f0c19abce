"""Propose how one file becomes an export."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.exports.contracts import load_contracts
from orchestration.exports.proposing.composing import Composer
from orchestration.exports.proposing.groups import Groups
from orchestration.exports.proposing.matching import match_columns
from orchestration.exports.proposing.options import read_options
from orchestration.exports.proposing.rows_kept import keep_condition
from orchestration.exports.proposing.sampling import ProposalError
from orchestration.exports.proposing.sources import Certainty, Source, Writer
from orchestration.exports.proposing.tables import read_table
from orchestration.exports.proposing.vocabulary import Vocabulary
from orchestration.exports.sql import identifier


@dataclass
class Proposal:
    """A source mapping for one file, with what speaks for and against it.

    Attributes
    ----------
    read : read options that differ from the defaults
    remarks : read option -> what to know about it
    columns : canonical column -> its source, in the contract's order
    keep : SQL condition for the rows to load, else empty
    dropped : what ``keep`` drops, in words
    unused : columns of the file that nothing reads
    """

    export: str
    read: dict[str, Any]
    remarks: dict[str, str]
    columns: dict[str, Source]
    keep: str
    dropped: str
    unused: list[str]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to decide or to find."""
        required = load_contracts()[self.export].columns
        return all(
            source.certainty is not Certainty.OPEN
            and (source.certainty is not Certainty.MISSING or not required[name].required)
            for name, source in self.columns.items()
        )


def propose(
    path: Path, export: str, currency: str = "", export_day: date | None = None
) -> Proposal:
    """Look at a file and propose how it becomes an export.

    Parameters
    ----------
    currency : of the organization, where the export wants one and the file has none
    export_day : the day that the file describes, where it is known

    Raises
    ------
    ProposalError
        If the export is unknown, or the file holds no table.
    """
    contracts = load_contracts()
    if export not in contracts:
        raise ProposalError(f"{export} is no export; known are {', '.join(contracts)}.")
    contract = contracts[export]
    vocabulary = Vocabulary(contract)
    table = read_table(path, vocabulary, export_day)
    matches = match_columns(contract, vocabulary, table.profiles)
    groups = Groups(contract, matches, table)
    matches = {name: groups.counted(match) for name, match in matches.items()}
    writer = Writer(contract, groups.reference, vocabulary.empty_stands_for)
    composer = Composer(contract, vocabulary, table.profiles, matches, writer, currency)
    columns = composer.sources()
    used = {name for source in columns.values() for name in source.uses}
    keep, dropped = keep_condition(contract, table, groups, matches, used)
    used |= {name for name in table.names if identifier(name) in keep}
    read, remarks = read_options(table)
    unused = [name for name in table.names if name not in used]
    return Proposal(export, read, remarks, columns, keep, dropped, unused)
