from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.exports.reading.json_lines import JsonReader, NoRecord, names_of, values_by_name
from orchestration.exports.refusals import FileRefused


def test_numbers_keep_their_spelling_and_nested_values_are_found_by_dots() -> None:
    line = (
        '{"id": 12345678901234567890123, "price": 17850.0, "rate": 1.230, "big": 1.23E+11, '
        '"ok": true, "none": null, "address": {"city": "Köln", "geo": {"lat": 1.50}}, "empty": {}, '
        '"tags": ["a", 2.50, null, {"b": false}]}\n'
    )
    assert values_by_name(line) == {
        "id": "12345678901234567890123",
        "price": "17850.0",
        "rate": "1.230",
        "big": "1.23E+11",
        "ok": "true",
        "none": None,
        "address.city": "Köln",
        "address.geo.lat": "1.50",
        "empty": "{}",
        "tags": '["a", 2.50, null, {"b": false}]',
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": 1', "broken JSON at column 8"),
        ("[1]", "no JSON object"),
        ('{"a": 1, "a": 2}', "holds a twice"),
        ('{"a.b": 1, "a": {"b": 2}}', "holds a.b twice"),
        ('{"a": "\\u0000"}', "no text"),
        ('{"a": "\\ud800"}', "no text"),
        ('{"a": "\udcff"}', "no text"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_line_that_holds_no_record_tells_why(line: str, reason: str) -> None:
    with pytest.raises(NoRecord, match=reason):
        values_by_name(line)


def test_columns_are_all_names_that_any_record_has(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text('{"a": 1}\nbroken\n\n{"b": {"c": 2}, "a": 3}\n')
    assert names_of(path) == ("a", "b.c")


def test_data_in_the_place_of_names_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("{" + ", ".join(f'"m{n}": {n}' for n in range(2_001)) + "}\n")
    with pytest.raises(FileRefused, match="more than 2,000 different names"):
        names_of(path)


def test_bad_lines_are_given_up_alone(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text('{"a": 1}\n[]\n\n{"b": "x"}\n')
    names = [("a", pa.string()), ("b", pa.string())]
    schema = pa.schema([*names, ("_line", pa.int64()), ("_last_line", pa.int64())])
    reader = JsonReader(path, ("a", "b"), schema, max_rejects=9)
    rows = [tuple(row.values()) for row in reader.batches().read_all().to_pylist()]
    assert rows == [("1", None, 1, 1), (None, "x", 4, 4)]
    assert reader.rejects.lines == [2]
