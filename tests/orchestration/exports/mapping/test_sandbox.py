from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.exports.mapping.sandbox import open_sandbox
from orchestration.exports.read_options import ReadOptions
from orchestration.exports.sql import literal


@pytest.fixture
def london(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    (tmp_path / "allowed.csv").write_text("a\n1\n")
    with open_sandbox(
        [tmp_path / "allowed.csv"], "Europe/London", ReadOptions(), tmp_path
    ) as connection:
        yield connection


@pytest.fixture
def german(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_sandbox([], "Europe/Berlin", ReadOptions(decimal=","), tmp_path) as connection:
        yield connection


def value(connection: duckdb.DuckDBPyConnection, call: str, text: str) -> object:
    """Evaluate a helper on a text that DuckDB cannot fold away."""
    query = f"select {call} from (select {literal(text)} as x)"
    [(result,)] = connection.execute(query).fetchall()
    return result


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.5", "12.5"),
        ("-12.50", "-12.5"),
        ("$1,234.56", "1234.56"),
        ("(1,549.00)", "-1549"),
        ("(Drop-in) $16.00", "16"),
        ("1,234.56-", "-1234.56"),
        ("-£3", "-3"),
        ("US$ 5.00", "5"),
        ("1\u00a0234.50 EUR", "1234.5"),
        ("+7", "7"),
        (".5", "0.5"),
        ("₹1,23,45,678.90", "12345678.9"),
        ("\u22125.00", "-5"),
    ],
)
def test_money_understands_what_systems_print(
    london: duckdb.DuckDBPyConnection, text: str, amount: str
) -> None:
    assert value(london, "money(x)", text) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "amount"), [("32.000,00 EUR", "32000"), ("1,5", "1.5"), ("-1.234.567", "-1234567")]
)
def test_money_reads_a_decimal_comma_where_the_mapping_says_so(
    german: duckdb.DuckDBPyConnection, text: str, amount: str
) -> None:
    assert value(german, "money(x)", text) == Decimal(amount)


@pytest.mark.parametrize("text", ["twelve", "1.2.3", "1,23,45", "5 CR", "1.23E+11", "45 %", "EUR"])
def test_money_fails_on_what_it_does_not_understand(
    london: duckdb.DuckDBPyConnection, text: str
) -> None:
    with pytest.raises(duckdb.Error):
        value(london, "money(x)", text)


@pytest.mark.parametrize(
    ("text", "number"), [("17850.0", "17850"), ("007", "007"), ("-3", "-3"), ("+3.", "3")]
)
def test_whole_number_drops_an_empty_fraction(
    london: duckdb.DuckDBPyConnection, text: str, number: str
) -> None:
    assert value(london, "whole_number(x)", text) == number


@pytest.mark.parametrize("text", ["1.23E+11", "1.5", "1,000", "abc"])
def test_whole_number_fails_where_digits_would_be_lost(
    london: duckdb.DuckDBPyConnection, text: str
) -> None:
    with pytest.raises(duckdb.Error):
        value(london, "whole_number(x)", text)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-01-15 12:00", datetime(2024, 1, 15, 12, tzinfo=UTC)),
        ("2024-07-15 12:00", datetime(2024, 7, 15, 11, tzinfo=UTC)),
        ("2024-10-27 00:30", datetime(2024, 10, 26, 23, 30, tzinfo=UTC)),
        ("2024-10-27 01:30", datetime(2024, 10, 27, 0, 30, tzinfo=UTC)),  # twice: the first
        ("2024-10-27 02:00", datetime(2024, 10, 27, 2, tzinfo=UTC)),
        ("2024-03-31 02:00", datetime(2024, 3, 31, 1, tzinfo=UTC)),
    ],
)
def test_local_time_is_in_the_organizations_zone(
    london: duckdb.DuckDBPyConnection, text: str, utc: datetime
) -> None:
    assert value(london, "local_time(x, '%Y-%m-%d %H:%M')", text) == utc


def test_an_hour_that_the_clocks_skip_is_no_local_time(london: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error):
        value(london, "local_time(x, '%Y-%m-%d %H:%M')", "2024-03-31 01:30")


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-15 12:00:00",
        "2024-07-15T12:00:00",
        "2024-07-15T11:00:00Z",
        "2024-07-15 13:00:00+02",
        "2024-07-15 13:00:00.000+02:00",
        "2024-07-15 13:00+02",
        "2024-07-15 13:00:00 +0200",
        "2024-07-15 07:00 -04:00",
        "2024-07-15 11:00:00 UTC",
        "2024/7/15 11:00:00z",
    ],
)
def test_a_time_with_an_offset_needs_no_zone(london: duckdb.DuckDBPyConnection, text: str) -> None:
    assert value(london, "moment(x)", text) == datetime(2024, 7, 15, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-15 01:00:00 PM",
        "2024-07-15 12:00:00 EST",
        "2024-07-15 12:00:00 Europe/Paris",
        "2024-07-15 12:00 GMT+2",
        "15/07/2024",
        "epoch",
        "1721041200",
    ],
)
def test_a_time_that_is_not_written_by_the_standard_needs_a_format(
    london: duckdb.DuckDBPyConnection, text: str
) -> None:
    with pytest.raises(duckdb.Error):
        value(london, "moment(x)", text)


@pytest.mark.parametrize(
    "text", ["1721041200", "1721041200.0", "1721041200000", "1721041200000000"]
)
def test_unix_time_tells_its_unit_by_its_length(
    london: duckdb.DuckDBPyConnection, text: str
) -> None:
    assert value(london, "unix_time(x)", text) == datetime(2024, 7, 15, 11, tzinfo=UTC)


@pytest.mark.parametrize("text", ["1.72E+09", "2024-07-15", "20240715"])
def test_unix_time_fails_on_what_is_no_count(london: duckdb.DuckDBPyConnection, text: str) -> None:
    with pytest.raises(duckdb.Error):
        value(london, "unix_time(x)", text)


@pytest.mark.parametrize(
    ("text", "number"), [("45 %", "45"), ("4.5%", "4.5"), ("(3%)", "-3"), ("%7", "7"), ("12", "12")]
)
def test_percent_is_the_number_before_the_sign(
    london: duckdb.DuckDBPyConnection, text: str, number: str
) -> None:
    assert value(london, "percent(x)", text) == Decimal(number)


def test_a_percentage_with_a_sign_in_the_middle_is_none(london: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error):
        value(london, "percent(x)", "4%5")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2139", "02139"),
        ("2139.0", "02139"),
        ("501-1234", "00501-1234"),
        ("10001", "10001"),
        ("100011234", "100011234"),
        ("SW1A 1AA", "SW1A 1AA"),
    ],
)
def test_zip_codes_get_their_leading_zeros_back(
    london: duckdb.DuckDBPyConnection, text: str, code: str
) -> None:
    assert value(london, "zip_code(x, 5)", text) == code


def test_a_date_has_a_format(london: duckdb.DuckDBPyConnection) -> None:
    assert value(london, "date_of(x, '%d/%m/%Y')", "05/06/2024") == date(2024, 6, 5)
    with pytest.raises(duckdb.Error):
        value(london, "date_of(x, '%d/%m/%Y')", "05/13/2024")


def test_a_day_whose_midnight_is_skipped_begins_an_hour_later(tmp_path: Path) -> None:
    with open_sandbox([], "America/Sao_Paulo", ReadOptions(), tmp_path) as brazil:
        assert value(brazil, "moment(x)", "2018-11-04") == datetime(2018, 11, 4, 3, tzinfo=UTC)
        with pytest.raises(duckdb.Error):
            value(brazil, "moment(x)", "2018-11-04 00:30:00")


@pytest.mark.parametrize("text", ["1.23E+11", "4e+07", "-1,5E+3"])
def test_a_rounded_number_is_no_id(london: duckdb.DuckDBPyConnection, text: str) -> None:
    assert value(london, "intact(x)", "1E5") == "1E5"
    with pytest.raises(duckdb.Error):
        value(london, "intact(x)", text)


@pytest.mark.parametrize(("text", "flag"), [("Yes", True), ("0", False), ("TRUE", True)])
def test_yes_no_reads_the_usual_words(
    london: duckdb.DuckDBPyConnection, text: str, flag: bool
) -> None:
    assert value(london, "yes_no(x)", text) is flag


@pytest.mark.parametrize(
    "call", ["money(x)", "whole_number(x)", "yes_no(x)", "moment(x)", "unix_time(x)"]
)
def test_helpers_leave_nothing_as_nothing(london: duckdb.DuckDBPyConnection, call: str) -> None:
    [(result,)] = london.execute(f"select {call} from (select null::varchar as x)").fetchall()
    assert result is None


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/hostname')",
        "select * from read_text('/etc/hostname')",
        "attach '/tmp/other.db'",
        "copy (select 1) to '/tmp/out.csv'",
        "set enable_external_access = true",
        "set allowed_paths = ['/etc/hostname']",
        "install httpfs",
    ],
)
def test_the_sandbox_reaches_nothing_but_its_files(
    london: duckdb.DuckDBPyConnection, statement: str
) -> None:
    with pytest.raises(duckdb.Error):
        london.execute(statement)


def test_the_sandbox_reads_its_files(london: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    query = f"select * from read_csv('{tmp_path}/allowed.csv')"
    assert london.execute(query).fetchall() == [(1,)]
