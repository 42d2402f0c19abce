import gzip
import hashlib
import tracemalloc
from typing import Any

import pytest

from orchestration.exports.landing.spooling import Limits


def test_utf8_text_is_parsed_where_it_landed(fetched: Any) -> None:
    local, _ = fetched("a,b\n1,2\n")
    assert local.path.parts[-2:] == ("shop", "2024-05-01.csv")
    assert (local.lines, local.is_clean, local.damage) == (2, True, "")


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_other_encodings_become_utf8(fetched: Any, encoding: str) -> None:
    content = "Größe,b\n1,2\n".encode(encoding)
    local, _ = fetched(content, encoding=encoding)
    assert local.path.read_text().lstrip("\ufeff") == "Größe,b\n1,2\n"
    assert local.sha256 == hashlib.sha256(content).hexdigest()


def test_an_archive_is_hashed_as_it_landed_and_as_it_is_inside(fetched: Any) -> None:
    packed = gzip.compress(b"a,b\n1,2\n")
    local, _ = fetched(packed, ".gz")
    assert local.path.read_bytes() == b"a,b\n1,2\n"
    assert local.sha256 == hashlib.sha256(packed).hexdigest()
    assert local.content_sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()


def test_returns_of_old_macs_become_line_breaks(fetched: Any) -> None:
    local, _ = fetched('a,b\r"1\n2",3\r4,5')
    assert local.path.read_bytes() == b'a,b\n"1\n2",3\n4,5'
    assert (local.lines, local.is_clean) == (4, True)


def test_lone_returns_inside_lines_stay(fetched: Any) -> None:
    local, _ = fetched('a,b\r\n"1\r2",3\r\n')
    assert local.path.read_bytes() == b'a,b\r\n"1\r2",3\r\n'
    assert not local.is_clean


def test_blanks_become_tabs_and_the_source_stays_to_be_quoted(fetched: Any) -> None:
    local, _ = fetched(" 1   2 \n", delimiter="whitespace")
    assert local.path.read_bytes() == b"1\t2\n"
    assert local.text_path.read_bytes() == b" 1   2 \n"


def test_a_json_document_becomes_a_record_on_each_line(fetched: Any) -> None:
    local, _ = fetched('[\n{"a": 1},\n{"a":\n2}]', format="json")
    assert local.path.read_text() == '{"a": 1}\n{"a": 2}\n'
    assert (local.lines, local.text_path) == (2, local.path)


def test_newline_delimited_json_is_parsed_where_it_landed(fetched: Any) -> None:
    local, _ = fetched('{"a": 1}\n{"a": 2}\n', format="json")
    assert local.path.name == "2024-05-01.csv"


@pytest.mark.parametrize(
    ("content", "ending", "read", "complaint"),
    [
        (b"a,b\n1," + b"x" * 3_000_000, "", {}, "a line of more than 2,097,152 bytes"),
        (
            gzip.compress(b"a,b\n" * 1_000_000),
            ".gz",
            {"max_gigabytes": 0.002},
            "more than 0.002 GB",
        ),
        (b"\xff\xfea\0b", "", {"encoding": "utf-32"}, "is not utf-32 text"),
        (gzip.compress(b"a,b\n" * 100)[:-9], ".gz", {}, "cannot be decompressed"),
        (b"no archive", ".gz", {}, "cannot be decompressed"),
        (b'[{"a": 1}', "", {"format": "json"}, "broken JSON at line 1, column 10"),
        (
            b'[{"a": "' + b"x" * 5_000_000 + b'"}]',
            "",
            {"format": "json"},
            "a value is longer than 2,097,152",
        ),
    ],
    ids=["line", "content", "encoding", "cut off", "no archive", "json", "record"],
)
def test_what_cannot_be_taken_is_told_with_the_hash_of_the_whole_file(
    fetched: Any, content: bytes, ending: str, read: dict[str, Any], complaint: str
) -> None:
    local, _ = fetched(content, ending, Limits(record_bytes=2 << 20), **read)
    assert complaint in local.damage
    assert local.sha256 == hashlib.sha256(content).hexdigest()


def test_copies_leave_the_disk_some_room(fetched: Any) -> None:
    packed = gzip.compress(b"a,b\n1,2\n")
    local, _ = fetched(packed, ".gz", Limits(spare_disk_bytes=1 << 60))
    assert "needs more room than the disk" in local.damage


def test_an_archive_that_unpacks_to_a_thousand_times_its_size_takes_little_memory(
    fetched: Any,
) -> None:
    packed = gzip.compress(b"\0" * 100_000_000, 1)
    tracemalloc.start()
    try:
        local, _ = fetched(packed, ".gz", max_gigabytes=0.05)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "line of more than" in local.damage
    assert peak < 10_000_000
