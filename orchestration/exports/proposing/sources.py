"""SQL over a file's columns for one canonical column, and how sure it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from orchestration.exports.column_types import Type
from orchestration.exports.contracts import Column, Contract
from orchestration.exports.mapping.permissions import UNDECIDED
from orchestration.exports.proposing.matching import Match
from orchestration.exports.proposing.meanings import meaning_sql, read_meaning
from orchestration.exports.proposing.profiles import Profile
from orchestration.exports.sql import literal

_NAMES_AGREE, _NAMES_RESEMBLE = 0.88, 0.6
_ALL, _MOST = 0.995, 0.9


class Certainty(StrEnum):
    """How sure a proposal is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    OPEN = "TO DECIDE"
    MISSING = "NOT FOUND"


def less_sure(*certainties: Certainty) -> Certainty:
    """Return the lowest of several certainties."""
    return max(certainties, key=list(Certainty).index)


@dataclass
class Source:
    """What is proposed for one canonical column.

    Attributes
    ----------
    sql : expression; empty where nothing is proposed
    reasons : why it is no surer than this, and what to look at
    uses : the file's columns that it reads
    """

    sql: str
    certainty: Certainty = Certainty.HIGH
    reasons: list[str] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)

    def doubt(self, certainty: Certainty, reason: str) -> None:
        """Be no surer than this, because of that."""
        self.certainty = less_sure(self.certainty, certainty)
        self.reasons.append(reason)


@dataclass(frozen=True)
class Writer:
    """Writes expressions for one contract.

    Attributes
    ----------
    reference : turns a column's name into the SQL of its value
    empty_stands_for : column -> SQL of what an empty value of it means
    """

    contract: Contract
    reference: Callable[[str], str]
    empty_stands_for: Mapping[str, str] = field(default_factory=dict)

    def source(self, target: str, match: Match) -> Source:
        """Return the expression for a canonical column that has a column of its own."""
        column = self.contract.columns[target]
        value = self.reference(match.source.name)
        source = Source(value, uses=[match.source.name])
        _judge_name(source, match)
        if not match.source.filled:
            source.doubt(Certainty.LOW, "the column is empty in this file")
            return source
        if column.allowed:
            self._write_meaning(source, target, column.allowed, match.source)
        else:
            _write_typed(source, value, target, column, match.source)
        if self.contract.key == (target,) and not match.source.is_unique:
            repeated = match.source.filled - len(match.source.counts)
            source.doubt(Certainty.MEDIUM, f"it is the key, yet {repeated} of its values repeat")
        if column.required and match.source.filled < match.source.rows:
            empty = match.source.rows - match.source.filled
            missing = f"empty in {empty} of {match.source.rows} rows"
            if default := self.empty_stands_for.get(target):
                source.sql = f"coalesce({source.sql}, {default})"
                source.doubt(Certainty.MEDIUM, f"{missing}, which are taken for {default}")
            else:
                source.reasons.append(f"required, yet {missing}")
        return source

    def _write_meaning(
        self, source: Source, target: str, allowed: tuple[str, ...], profile: Profile
    ) -> None:
        meaning = read_meaning(self.contract.export, target, allowed, profile.counts)
        source.sql = meaning_sql(source.sql, meaning, allowed)
        if source.sql.startswith("case"):
            source.doubt(Certainty.MEDIUM, "what the words mean is a best guess: read them")
        if meaning.guessed:
            source.doubt(Certainty.LOW, f"only resembling: {_list(meaning.guessed)}")
        if meaning.unknown:
            source.doubt(
                Certainty.LOW,
                f"not understood, add them or their rows are quarantined: {_list(meaning.unknown)}",
            )


def _judge_name(source: Source, match: Match) -> None:
    if match.likeness < _NAMES_RESEMBLE:
        source.doubt(Certainty.LOW, "the name hardly says so")
    elif match.likeness < _NAMES_AGREE:
        source.doubt(Certainty.MEDIUM, "the names only resemble each other")
    if match.fit < _MOST:
        source.doubt(Certainty.LOW, f"only {match.fit:.0%} of the values fit")
    elif match.fit < _ALL:
        source.doubt(Certainty.MEDIUM, f"{1 - match.fit:.1%} of the values do not fit")
    if match.alternatives:
        source.reasons.append(f"or {_list(list(match.alternatives))}")


def _write_typed(source: Source, value: str, target: str, column: Column, profile: Profile) -> None:
    match column.type:
        case Type.TIME | Type.DATE:
            write_moment(source, value, column.type, profile)
        case Type.MONEY | Type.PRICE | Type.NUMBER:
            source.sql = _number(value, column, profile)
        case Type.INTEGER:
            source.sql = _integer(source, value, profile)
        case Type.ID | Type.TEXT if target == "currency" and profile.share("lower_case"):
            source.sql = f"upper({value})"
        case Type.ID | Type.TEXT if target == "domain":
            source.sql = _domain(source, value, profile)
        case Type.ID | Type.TEXT if target.endswith("zip_code") and profile.share("short_zip"):
            source.sql = f"zip_code({value}, 5)"
            source.reasons.append("leading zeros are put back")
        case Type.ID:
            source.sql = _identity(source, value, profile)


def write_moment(source: Source, value: str, kind: Type, profile: Profile) -> None:
    """Write how a column's days or times are read."""
    moments = profile.moments
    if moments is None or not moments.has_days:
        shown = _list(profile.examples)
        source.doubt(Certainty.LOW, f"no one format reads the values, such as {shown}")
        source.sql = value
    elif moments.is_undecided:
        formats = ", ".join(literal(format_) for format_ in moments.formats)
        source.sql = f"{UNDECIDED}({value}, {formats})"
        source.doubt(Certainty.OPEN, moments.reason)
    elif moments.is_epoch:
        source.sql = f"unix_time({value})"
    elif moments.formats:
        helper = "local_time" if kind is Type.TIME else "date_of"
        source.sql = f"{helper}({value}, {literal(moments.formats[0])})"
        if moments.reason and not moments.is_proven:
            source.doubt(Certainty.MEDIUM, moments.reason)
        elif moments.reason:
            source.reasons.append(moments.reason)


def _number(value: str, column: Column, profile: Profile) -> str:
    is_share = column.maximum == 1 and column.minimum == 0
    if profile.share("percent") > _MOST:
        return f"percent({value}) / 100" if is_share else f"percent({value})"
    if is_share and max((_size(text) for text in profile.counts), default=0.0) > 1:
        return f"money({value}) / 100"
    return f"money({value})"


def _size(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return 0.0


def _integer(source: Source, value: str, profile: Profile) -> str:
    if profile.share("duration") > _MOST:
        hours = f"coalesce(try_cast(regexp_extract({value}, '(?i)(\\d+)\\s*(h|std)', 1) as int), 0)"
        minutes = f"coalesce(try_cast(regexp_extract({value}, '(?i)(\\d+)\\s*m', 1) as int), 0)"
        source.doubt(Certainty.MEDIUM, "hours and minutes are taken from the text")
        return f"60 * {hours} + {minutes}"
    return value if profile.share("whole") > _MOST else f"cast(money({value}) as bigint)"


def _domain(source: Source, value: str, profile: Profile) -> str:
    if profile.share("url") + profile.share("domain") > _MOST and profile.share("url"):
        source.doubt(Certainty.MEDIUM, "the host of the address, without www")
        return f"regexp_extract(lower({value}), '^(https?://)?(www\\.)?([^/:?#]+)', 3)"
    return f"lower({value})"


def _identity(source: Source, value: str, profile: Profile) -> str:
    if profile.share("scientific"):
        source.doubt(Certainty.LOW, "values such as 1.23E+11 have lost digits: export as text")
    if profile.share("spreadsheet"):
        return f"trim({value}, '=''\"')"
    if profile.share("pointed") and profile.share("whole") > _ALL:
        return f"whole_number({value})"
    if profile.share("coded") > _ALL and _codes(profile) == len(profile.counts):
        source.doubt(Certainty.MEDIUM, "the code before the name")
        return f"split_part({value}, ' ', 1)"
    return value


def _codes(profile: Profile) -> int:
    return len({value.split(" ", 1)[0] for value in profile.counts})


def _list(words: list[str]) -> str:
    shown = ", ".join(f"{word!r}" for word in words[:8])
    return f"{shown} and {len(words) - 8} more" if len(words) > 8 else shown  # noqa: PLR2004
