"""Values that stand once for several rows: on the first line of a group, or as its heading."""

from collections.abc import Mapping
from dataclasses import replace

from orchestration.exports.contracts import Contract
from orchestration.exports.proposing.matching import Match
from orchestration.exports.proposing.structure import first_lines, group_columns
from orchestration.exports.proposing.tables import Table
from orchestration.exports.sql import identifier


class Groups:
    """The groups of a table's rows, if it has any.

    Attributes
    ----------
    mark : the column that is filled on every first line of a group and on no other; else empty
    columns : all columns that are filled there at most
    are_filled_down : whether the export wants the further lines too, under their group's values
    """

    def __init__(self, contract: Contract, matches: Mapping[str, Match], table: Table) -> None:
        self.mark, self.columns = _mark_and_columns(contract, matches, table)
        self.are_filled_down = bool(self.mark) and contract.position_column is not None
        self._headings = {own.name for own in table.profiles if own.is_heading}
        self._count = table.profiles[table.place(self.mark)].filled if self.mark else 0

    def reference(self, name: str) -> str:
        """Return SQL of a column's value: as it stands, or carried down from above."""
        column = identifier(name)
        if name in self._headings:
            return f"fill_down({column})"
        if not self.are_filled_down or name not in self.columns:
            return column
        if name == self.mark:
            return f"fill_down({column})"
        # What is empty on the first line is empty for its group, not that of the one before.
        first = f"case when {identifier(self.mark)} is not null then coalesce({column}, '') end"
        return f"nullif(fill_down({first}), '')"

    def counted(self, match: Match) -> Match:
        """Let a column of the first lines be judged by these lines alone."""
        if match.source.name not in self.columns:
            return match
        return replace(match, source=replace(match.source, rows=self._count))


def _mark_and_columns(
    contract: Contract, matches: Mapping[str, Match], table: Table
) -> tuple[str, set[str]]:
    rows = table.structure.rows
    for key in contract.key:
        if key in matches and not matches[key].source.is_heading:
            place = table.place(matches[key].source.name)
            firsts = first_lines(rows, place)
            columns = group_columns(rows, firsts)
            # The key itself, where only first lines have one; where it repeats, another column.
            full = [i for i in columns if sum(1 for row in rows if row[i]) == firsts.count(True)]
            if full and len({*columns, place}) > 1:
                mark = place if place in full else full[0]
                return table.names[mark], {table.names[i] for i in columns}
    return "", set()
