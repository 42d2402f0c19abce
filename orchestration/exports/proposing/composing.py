"""A source for each canonical column: its own column, parts of it, a stand-in, or none."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from orchestration.exports.column_types import Type
from orchestration.exports.contracts import Contract
from orchestration.exports.proposing.derived import derived, starts_at
from orchestration.exports.proposing.matching import Match, best_source
from orchestration.exports.proposing.profiles import Profile
from orchestration.exports.proposing.sources import Certainty, Source, Writer
from orchestration.exports.proposing.vocabulary import Vocabulary
from orchestration.exports.sql import literal

_SAYS_SO = 0.88
# How systems write in a column of its own which way an amount goes.
_SIDES = [{"s", "h"}, {"d", "c"}, {"d", "h"}, {"dr", "cr"}, {"debit", "credit"}, {"soll", "haben"}]


@dataclass(frozen=True)
class Composer:
    """Finds the sources of one contract's columns in one file.

    Attributes
    ----------
    currency : of the organization; empty where nobody said
    """

    contract: Contract
    vocabulary: Vocabulary
    profiles: list[Profile]
    matches: Mapping[str, Match]
    writer: Writer
    currency: str

    def sources(self) -> dict[str, Source]:
        """Return the canonical columns' sources, in the contract's order."""
        return {
            name: self._source(name)
            for name in self.contract.columns
            if name != self.contract.position_column or name in self.matches
        }

    def _source(self, name: str) -> Source:
        column = self.contract.columns[name]
        if name in self.matches and column.type is Type.TIME:
            return starts_at(self.matches, self.writer, name)
        if name in self.matches:
            source = self.writer.source(name, self.matches[name])
            if column.type is Type.MONEY and (side := self._side()):
                source.doubt(
                    Certainty.LOW,
                    f"{side!r} seems to say which way an amount goes: let one value make it "
                    "negative",
                )
            return source
        if name == "currency" and self.currency:
            return Source(literal(self.currency), Certainty.MEDIUM, ["the organization's currency"])
        return (
            derived(name, self.matches, self.writer)
            or (self._stand_in(name) if column.required else None)
            or (self._shared(name) if column.required or column.type is Type.TEXT else None)
            or (self._made_up(name) if column.required else self._left_out(name))
        )

    def _side(self) -> str:
        """Return the name of a column that tells debit from credit, empty without one."""
        for own in self.profiles:
            if {value.lower() for value in own.counts} in _SIDES:
                return own.name
        return ""

    def _left_out(self, name: str) -> Source:
        """Keep a namesake that holds something else from being taken for the column."""
        if any(own.name.lower() == name for own in self.profiles):
            return Source("null", Certainty.LOW, ["the file's column of this name does not fit"])
        return Source("", Certainty.MISSING)

    def _stand_in(self, name: str) -> Source | None:
        """Let the name of a thing identify it, where it has no id."""
        for other in self.vocabulary.stands_in.get(name, ()):
            if other in self.matches:
                source = self.writer.source(name, replace(self.matches[other], alternatives=()))
                source.doubt(Certainty.MEDIUM, f"no column of its own: {other} stands in for it")
                return source
        return None

    def _shared(self, name: str) -> Source | None:
        """Read a column that serves another canonical one already, where its name says so."""
        near = best_source(self.contract, self.vocabulary, self.profiles, name)
        if near is None or near.likeness < _SAYS_SO:
            return None
        source = self.writer.source(name, near)
        source.doubt(Certainty.MEDIUM, "the column serves another one as well")
        return source

    def _made_up(self, name: str) -> Source:
        """Say what can be said of a required column that the file does not have."""
        moment = next(
            (
                other
                for other, column in self.contract.columns.items()
                if column.type is Type.TIME and other in self.matches
            ),
            None,
        )
        if self.contract.key == (name,) and moment:
            column = self.matches[moment].source.name
            sql = f"{self.writer.reference(column)} || '-' || _line"
            reason = "no column tells the rows apart: each is one of its own, by its time and line"
            return Source(sql, Certainty.LOW, [reason], [column])
        if name == "quantity" and "unit_price" in self.matches:
            return Source("1", Certainty.LOW, ["no column counts: each line is taken for one unit"])
        return Source("", Certainty.MISSING, ["required: map it, or the file cannot be loaded"])
