import json
from pathlib import Path

import pytest

from orchestration.exports.landing.json_documents import holds_lines, write_records
from orchestration.exports.refusals import FileRefused


def records(folder: Path, text: str, path: str | None = None) -> list[str]:
    source, target = folder / "document", folder / "records"
    source.write_text(text)
    write_records(source, target, path, max_record=3_000_000)
    return target.read_text().splitlines()


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ('[{"a": 1}, {"a": 2.50}]', None, ['{"a": 1}', '{"a": 2.50}']),
        ('{"n": 2, "items": [{"a": 1}], "tags": ["x"]}', None, ['{"a": 1}']),
        ('{"a": 1, "tags": ["x"]}', None, ['{"a": 1, "tags": ["x"]}']),
        ('{"data": {"items": [{"a": 1}], "more": {"b": [2]}}}', "data.items", ['{"a": 1}']),
        ('{"items": [], "next": null}', "items", []),
        ('{"items": [{"a": 1}], "items": [{"a": 2}]}', "items", ['{"a": 1}', '{"a": 2}']),
        ('[1, "x", [2]]', None, ["1", '"x"', "[2]"]),
        ("\ufeff [ ] \n", None, []),
        ("", None, []),
        ("  \n", None, []),
    ],
)
def test_the_records_of_a_document_stand_on_a_line_each(
    tmp_path: Path, text: str, path: str | None, expected: list[str]
) -> None:
    assert records(tmp_path, text, path) == expected


def test_a_record_keeps_its_values_on_one_line(tmp_path: Path) -> None:
    pretty = '[{\n  "a": "two\nlines \\" and \\\\",\r\n  "b": [1,\n2]\n}]'
    [line] = records(tmp_path, pretty)
    assert json.loads(line) == {"a": 'two\nlines " and \\', "b": [1, 2]}


def test_records_across_the_borders_of_what_is_read_at_once_are_whole(tmp_path: Path) -> None:
    wanted = [{"n": n, "text": "é" * (n % 997)} for n in range(5_000)]
    found = records(tmp_path, json.dumps({"items": wanted}, ensure_ascii=False))
    assert [json.loads(line) for line in found] == wanted


@pytest.mark.parametrize(
    ("text", "path", "complaint"),
    [
        ('[{"a": 1}', None, "line 1, column 10 .it ends in the middle"),
        ('[{"a": 1},\n{"a" 2}]', None, "line 2, column 6 .Expecting ':'"),
        ('[{"a": 1}] x', None, "line 1, column 12 .more text follows its end"),
        ("[1 2]", None, "line 1, column 4 ., should stand here"),
        ('{"a": 1, b: 2}', None, "a name in quotes should stand here"),
        ("[" * 100_000, None, "nested too deeply|ends in the middle"),
        ('{"a": [{"x": 1}], "b": [{"y": 1}]}', None, "several lists of records .a, b.: name one"),
        ('{"a": [{"x": 1}]}', "b", "holds no 'b' where read.records"),
        ('{"a": 1}', "a.b", "holds no 'b'"),
        ("17", None, "no list of records"),
        ("order_id,name\n1,Ann\n", None, "begins with 'o': if it is delimited text, leave out"),
    ],
)
def test_a_document_without_whole_records_is_refused(
    tmp_path: Path, text: str, path: str | None, complaint: str
) -> None:
    with pytest.raises(FileRefused, match=complaint):
        records(tmp_path, text, path)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('{"a": 1}\n{"a": 2}\n', True),
        ('\n{"a": 1}\r\n\r\n{"broken', True),
        ('{"a": 1}\n', False),
        ('{"items": [\n{"a": 1},\n', False),
        ("{\n", False),
        ('[{"a": 1},\n{"a": 2}]', False),
        ("", False),
    ],
)
def test_newline_delimited_json_is_told_by_its_first_lines(head: str, expected: bool) -> None:
    assert holds_lines(head) is expected
