"""Canonical columns made of several columns of a file."""

from collections.abc import Mapping

from orchestration.exports.column_types import Type
from orchestration.exports.mapping.permissions import UNDECIDED
from orchestration.exports.proposing.matching import Match
from orchestration.exports.proposing.sources import (
    Certainty,
    Source,
    Writer,
    less_sure,
    write_moment,
)
from orchestration.exports.sql import literal


def derived(  # noqa: PLR0911 - one per column that can be made
    target: str, matches: Mapping[str, Match], writer: Writer
) -> Source | None:
    """Make a canonical column of the parts that the file has, if it can be made."""

    def value(part: str) -> str:
        return writer.reference(matches[part].source.name)

    def made(sql: str, reason: str, *parts: str) -> Source:
        uses = [matches[part].source.name for part in parts]
        return Source(sql, Certainty.MEDIUM, [reason], uses)

    has = matches.keys()
    match target:
        case "name" | "customer_name" if {"first_name", "last_name"} <= has:
            names = ("first_name", "last_name")
            return made(
                f"concat_ws(' ', {value(names[0])}, {value(names[1])})", "of two names", *names
            )
        case "unit_price" if {"line_amount", "quantity"} <= has:
            return made(
                f"money({value('line_amount')}) / nullif(money({value('quantity')}), 0)",
                "the line's amount by its quantity",
                "line_amount",
                "quantity",
            )
        case "unit_cost" if {"line_cost", "quantity"} <= has:
            return made(
                f"money({value('line_cost')}) / nullif(money({value('quantity')}), 0)",
                "the line's cost by its quantity",
                "line_cost",
                "quantity",
            )
        case "gross_margin" if {"order_revenue", "order_cost"} <= has:
            return made(
                f"money({value('order_revenue')}) - money({value('order_cost')})",
                "revenue less cost",
                "order_revenue",
                "order_cost",
            )
        case "birth_year" if "birth_date" in has:
            return _birth_year(matches["birth_date"], value("birth_date"))
        case "duration_minutes" if "starts_at" in has:
            return _duration(matches, writer)
    return None


def _birth_year(match: Match, value: str) -> Source:
    moments = match.source.moments
    day = (
        f"date_of({value}, {literal(moments.formats[0])})"
        if moments and moments.formats
        else f"cast({value} as date)"
    )
    return Source(f"year({day})", Certainty.MEDIUM, ["of the date of birth"], [match.source.name])


def _duration(matches: Mapping[str, Match], writer: Writer) -> Source | None:
    start = starts_at(matches, writer)
    if "ends_at" in matches and start is not None:
        end = Source(writer.reference(matches["ends_at"].source.name))
        write_moment(end, end.sql, Type.TIME, matches["ends_at"].source)
        uses = [*start.uses, matches["ends_at"].source.name]
        sql = f"date_diff('minute', {_as_time(start.sql)}, {_as_time(end.sql)})"
        return Source(sql, less_sure(start.certainty, end.certainty, Certainty.MEDIUM),
                      ["from start to end"], uses)  # fmt: skip
    if "end_time" in matches:
        end_ = starts_at({**matches, "start_time": matches["end_time"]}, writer)
        if start and end_:
            sql = f"date_diff('minute', {start.sql}, {end_.sql})"
            return Source(sql, Certainty.MEDIUM, ["from start to end"], end_.uses)
    return None


def _as_time(sql: str) -> str:
    return sql if "(" in sql else f"cast({sql} as timestamp)"


def starts_at(matches: Mapping[str, Match], writer: Writer, target: str = "starts_at") -> Source:
    """Return when something starts, its time of day from a column of its own if need be."""
    match = matches[target]
    source = writer.source(target, match)
    day, clock = match.source.moments, matches.get("start_time")
    if clock is None or day is None or day.has_times or day.is_epoch:
        return source
    times = clock.source.moments
    if times is None:
        return source
    both = f"{writer.reference(match.source.name)} || ' ' || {writer.reference(clock.source.name)}"
    formats = [f"{f} {times.formats[0]}" for f in day.formats or ("%Y-%m-%d",)]
    helper = UNDECIDED if day.is_undecided else "local_time"
    source.sql = f"{helper}({both}, {', '.join(map(literal, formats))})"
    source.uses.append(clock.source.name)
    return source
