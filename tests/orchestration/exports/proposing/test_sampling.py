"""Samples are text in the right encoding, from the whole of a file."""

import gzip
from pathlib import Path

import pytest

from orchestration.exports.proposing.sampling import take_sample

TEXT = "Name;Straße;Betrag\n" + "".join(f"Müller {n};Größe {n};{n},50 €\n" for n in range(200))


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
     ("utf-16-be", "utf-16-be"), ("cp1252", "cp1252")],
)  # fmt: skip
def test_an_encoding_is_recognised(tmp_path: Path, encoding: str, found: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(TEXT.encode(encoding))
    sample = take_sample(path)
    assert (sample.encoding, sample.head) == (found, TEXT)


def test_a_guessed_encoding_shows_the_words_that_it_makes(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(TEXT.encode("cp1252"))
    assert "Müller" in take_sample(path).doubt


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "export.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))
    assert take_sample(path).head == TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_of_a_large_file_whole_lines_from_beginning_to_end_are_taken(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "export.csv"
    lines = [f"{number};Müller;{number * 7}" for number in range(20_000)]
    path.write_bytes("\n".join(lines).encode(encoding))
    sample = take_sample(path, whole=20_000)
    taken = [line for text in (sample.head, *sample.stretches) for line in text.split("\n") if line]
    assert not sample.is_whole
    assert set(taken) <= set(lines)
    assert (taken[0], taken[-1]) == (lines[0], lines[-1])
    assert len(taken) < len(lines) / 2
