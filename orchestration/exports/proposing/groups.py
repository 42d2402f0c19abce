"""Values that stand once for several rows: on the first line of a group, or as its heading."""

from collections.abc import Mapping
from dataclasses import replace

from orchestration.exports.contracts import Contract
from orchestration.exports.proposing.matching import Match
from orchestration.exports.proposing.structure import group_columns
from orchestration.exports.proposing.tables import Table
from orchestration.exports.sql import identifier


class Groups:
    """The groups of a table's rows, if it has any.

    Attributes
    ----------
    key : the column that tells the groups, filled on their first lines alone; else empty
    columns : all columns that are filled there at most
    are_filled_down : whether the export wants the further lines too, under their group's values
    """

    def __init__(self, contract: Contract, matches: Mapping[str, Match], table: Table) -> None:
        self.key, self.columns = _key_and_columns(contract, matches, table)
        self.are_filled_down = bool(self.key) and contract.position_column is not None
        self._headings = {own.name for own in table.profiles if own.is_heading}
        self._count = table.profiles[table.place(self.key)].filled if self.key else 0

    def reference(self, name: str) -> str:
        """Return SQL of a column's value: as it stands, or carried down from above."""
        column = identifier(name)
        if name in self._headings:
            return f"fill_down({column})"
        if not self.are_filled_down or name not in self.columns:
            return column
        if name == self.key:
            return f"fill_down({column})"
        # What is empty on the first line is empty for its group, not that of the one before.
        first = f"case when {identifier(self.key)} is not null then coalesce({column}, '') end"
        return f"nullif(fill_down({first}), '')"

    def counted(self, match: Match) -> Match:
        """Let a column of the first lines be judged by these lines alone."""
        if match.source.name not in self.columns:
            return match
        return replace(match, source=replace(match.source, rows=self._count))


def _key_and_columns(
    contract: Contract, matches: Mapping[str, Match], table: Table
) -> tuple[str, set[str]]:
    for key in contract.key:
        if key in matches and not matches[key].source.is_heading:
            name = matches[key].source.name
            places = group_columns(table.structure.rows, table.place(name))
            if places:
                return name, {table.names[place] for place in places}
    return "", set()
