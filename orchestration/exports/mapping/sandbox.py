"""A DuckDB of its own for one organization's files: it can reach nothing else."""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from orchestration.exports.read_options import ReadOptions
from orchestration.exports.sql import literal

HELPERS = (
    "money",
    "percent",
    "whole_number",
    "zip_code",
    "local_time",
    "unix_time",
    "date_of",
    "yes_no",
    "fill_down",
)

_MEMORY_LIMIT = "1GB"
_WITHOUT_SHIFTS = ("UTC", "Etc/UTC")
_MINUS_SIGN = 0x2212
_NO_BREAK_SPACES = "\u00a0\u202f\u2009"
_DATE, _TIME = r"\d{4}[-/]\d\d?[-/]\d\d?", r"\d\d?:\d\d(:\d\d(\.\d+)?)?"
_CURRENCY = r"[A-Z]{0,2}\p{Sc}|[A-Z]{3}|kr\.?|Rs\.?|zł"


def open_sandbox(
    paths: Iterable[Path], time_zone: str, read: ReadOptions, spill: Path
) -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB with the mapping helpers, which may read these paths alone.

    Times without an offset are in ``time_zone``. What does not fit into memory goes to ``spill``.
    """
    connection = duckdb.connect()
    connection.execute(f"set TimeZone = {literal(time_zone)}")
    for macro in _macros(time_zone, read.decimal):
        connection.execute(f"create macro {macro}")
    connection.execute(f"set memory_limit = {literal(_MEMORY_LIMIT)}")
    connection.execute(f"set temp_directory = {literal(str(spill))}")
    connection.execute(f"set allowed_paths = [{', '.join(literal(str(path)) for path in paths)}]")
    # The first lifts what an expression repeats out of the try that guards it: one bad value would
    # end the query. The second makes a join of a long list of values: rows lose the files' order.
    connection.execute("set disabled_optimizers = 'common_subexpressions,in_clause'")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def _macros(time_zone: str, decimal_mark: str) -> list[str]:
    """Define the helpers; a value that is not understood raises, lest it be taken for empty.

    DuckDB's ``error`` cannot stand inside ``try``; the cast of a text that begins with a question
    mark always fails.
    """
    return [*_time_macros(time_zone), *_money_macros(decimal_mark), *_text_macros(decimal_mark)]


def _time_macros(time_zone: str) -> list[str]:
    return [
        f"in_zone(t) as {_in_zone(time_zone)}",
        "local_time(x, format) as in_zone(strptime(x, format))",
        "date_of(x, format) as cast(strptime(x, format) as date)",
        # Most times have seconds and no offset, or a Z: telling them by their length is cheaper
        # than by the expression. The cast alone would pass over what follows a time, such as PM.
        rf"""moment(x) as case
            when length(x) = 19 and substr(x, 17, 1) = ':' then in_zone(cast(x as timestamp))
            when length(x) = 20 and suffix(x, 'Z') then cast(x as timestamptz)
            when regexp_full_match(x, '{_DATE}([T ]{_TIME})?') then in_zone(cast(x as timestamp))
            when regexp_full_match(x, '{_DATE}[T ]{_TIME}\s*(Z|z|UTC|GMT|[+-]\d\d(:?\d\d)?)')
            then cast(regexp_replace(regexp_replace(
                x, '\s*(z|UTC|GMT)$', 'Z'), '\s+(Z|[+-])', '\1') as timestamptz)
            else cast('?' || x as timestamptz) end""",
        r"""unix_time(x) as case
            when regexp_full_match(x, '\d{9,10}(\.\d*)?') then to_timestamp(cast(x as double))
            when regexp_full_match(x, '\d{12,13}') then make_timestamptz(1000 * cast(x as bigint))
            when regexp_full_match(x, '\d{15,16}') then make_timestamptz(cast(x as bigint))
            else cast('?' || x as timestamptz) end""",
    ]


def _in_zone(time_zone: str) -> str:
    if time_zone in _WITHOUT_SHIFTS:
        return "timezone('UTC', t)"
    zone = literal(time_zone)
    # A local hour that the clocks pass twice is meant the first time: with the offset of the day
    # before. An hour that they skip comes back as another one, whichever offset is tried; where it
    # is midnight, a date was meant, and the day begins when the skipped hour ends.
    first = f"(timezone({zone}, t - interval 24 hours) + interval 24 hours)"
    return f"""case
        when timezone({zone}, {first}) = t then {first}
        when timezone({zone}, timezone({zone}, t)) = t then timezone({zone}, t)
        when t = date_trunc('day', t) then timezone({zone}, t)
        when t is not null then cast('?' || t as timestamptz) end"""


def _money_macros(mark: str) -> list[str]:
    separator = "." if mark == "," else ","
    m, s = f"[{mark}]", f"[{separator}]"
    plain = rf"-?\d+({m}\d+)?"
    # India sets the marks of a lakh and a crore by twos: 1,23,456.
    grouped = rf"(\d{{1,3}}({s}\d{{3}})+|\d{{1,2}}({s}\d\d)+{s}\d{{3}})"
    number = rf"({grouped}({m}\d+)?|\d+({m}\d*)?|{m}\d+)"
    bare = literal(rf"\([^0-9()]*\)|[\s'\"\x{{2019}}{_NO_BREAK_SPACES}]|{_CURRENCY}")
    digits = f"replace(regexp_replace(b, '[^0-9{mark}]', '', 'g'), '{mark}', '.')"
    return [
        f"""amount_of(b) as case
            when regexp_full_match(b, '[+]?{number}') then cast({digits} as decimal(38, 6))
            when regexp_full_match(b, '-{number}|{number}-|[(]{number}[)]')
            then -cast({digits} as decimal(38, 6))
            else cast('?' || b as decimal(38, 6)) end""",
        f"""money(x) as case
            when regexp_full_match(x, '{plain}')
            then cast(replace(x, '{mark}', '.') as decimal(38, 6))
            else amount_of(
                regexp_replace(replace(x, chr({_MINUS_SIGN}), '-'), {bare}, '', 'g')) end""",
        r"percent(x) as money(regexp_replace(trim(x), '^%|%([)]?)$', '\1'))",
    ]


def _text_macros(mark: str) -> list[str]:
    return [
        rf"""whole_number(x) as case
            when regexp_full_match(x, '[+-]?\d+([{mark}]0*|[.,]0{{1,2}})?')
            then regexp_extract(x, '^[+]?(-?\d+)', 1)
            else cast(cast('?' || x as bigint) as varchar) end""",
        # Spreadsheets round a long id to 1.23E+11.
        r"""intact(x) as case
            when contains(x, '+') and regexp_full_match(x, '[+-]?\d([.,]\d+)?[eE][+]\d+')
            then cast(cast('?' || x as bigint) as varchar)
            else x end""",
        r"""zip_code(x, digits) as case
            when regexp_full_match(x, '\d+([.]0|-\d{4})?')
            then lpad(regexp_extract(x, '^\d+'),
                cast(greatest(digits, length(regexp_extract(x, '^\d+'))) as integer), '0')
                || regexp_extract(x, '-\d+$')
            else x end""",
        """yes_no(x) as case
            when lower(x) in ('yes', 'y', 'true', 't', '1', 'on', 'x') then true
            when lower(x) in ('no', 'n', 'false', 'f', '0', 'off') then false
            else cast('?' || x as boolean) end""",
    ]
