import pytest

from orchestration.exports.organizations import ReadOptions
from orchestration.exports.reading.column_kinds import column_kinds
from orchestration.exports.reading.headers import Header


def kinds(tmp_path, text, lines=1, **read):
    file = tmp_path / "file.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    first = text.splitlines()[0] if isinstance(text, str) else text.splitlines()[0].decode()
    delimiter = read.get("delimiter", ",")
    names = tuple(name.strip('\ufeff"') for name in first.split(delimiter))
    return column_kinds(file, Header(names, lines), ReadOptions.model_validate(read))


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "22"], "number"),
        (["1", "2.50", "-3e2"], "number"),
        (["1", "A2"], "text"),
        (["2024-05-01"], "date"),
        (["2024-05-01 10:00:00"], "time"),
        (["2024-05-01T10:00:00"], "time"),
        (["10:30:00"], "time of day"),
        (["2024-05-01 10:00:00+02:00"], "time"),
        (["true", "No"], "yes or no"),
        (["1,234.50", "12,5"], "number"),
        (["$5"], "text"),
        (["31/12/2024"], "text"),
        (["", "N/A"], None),
        (["", "7"], "number"),
    ],
)
def test_a_column_has_the_kind_that_all_its_values_have(tmp_path, values, kind):
    text = "a;b\n" + "".join(f"{value};x\n" for value in values)
    assert kinds(tmp_path, text, delimiter=";", nulls=["N/A"]) == [kind, "text"]


def test_a_few_odd_values_are_left_to_quarantine(tmp_path):
    assert kinds(tmp_path, "a,b\n" + "7,x\n" * 9 + "seven,x\n") == ["number", "text"]


def test_a_header_without_rows_tells_nothing(tmp_path):
    assert kinds(tmp_path, "a,b\n") == [None, None]


def test_rows_that_are_ragged_are_passed_over(tmp_path):
    assert kinds(tmp_path, "a,b\n1,x\nTotal\n2,y,z\n") == ["number", "text"]


def test_line_breaks_inside_quotes_are_values(tmp_path):
    assert kinds(tmp_path, 'a,b\n1,"x\ny"\n2,z\n') == ["number", "text"]


def test_bytes_that_are_no_text_make_a_column_of_text(tmp_path):
    assert kinds(tmp_path, b"a,b\n1,M\xfcller\n") == ["number", "text"]


def test_only_whole_lines_of_a_long_file_are_looked_at(tmp_path):
    assert kinds(tmp_path, "a,b\n" + "123456789,2024-05-01\n" * 10_000) == ["number", "date"]


def test_one_line_longer_than_the_sample_tells_nothing(tmp_path):
    assert kinds(tmp_path, "a,b\n1," + "x" * 100_000 + "\n") == [None, None]


def test_records_of_json_are_told_by_name(tmp_path):
    file = tmp_path / "file.json"
    file.write_text('{"a": 1, "b": "2024-05-01"}\n{"b": "2024-05-02", "c": null}\n')
    names = "a", "b", "c"
    read = ReadOptions.model_validate({"format": "json"})
    assert column_kinds(file, Header(names, 0, keys=names), read) == ["number", "date", None]


def test_broken_quotes_end_the_sample(tmp_path):
    assert kinds(tmp_path, 'a,b\n1,x\n2,"y"z\n') == ["number", "text"]
