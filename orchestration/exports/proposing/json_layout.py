"""JSON records as a table: their names are the header."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestration.exports.landing.json_documents import holds_lines, write_records
from orchestration.exports.proposing.layout import Layout, Record
from orchestration.exports.proposing.sampling import WHOLE, ProposalError, Sample
from orchestration.exports.reading.json_lines import NoRecord, values_by_name
from orchestration.exports.refusals import FileRefused

JSON = "json"


def is_json(sample: Sample) -> bool:
    """Whether a text begins like a JSON object or a list of them."""
    return bool(re.match(r'\s*(\{\s*"|\[\s*\{|\[\s*\])', sample.head))


def find_json_layout(sample: Sample) -> Layout:
    """Find the records of a JSON document, or of newline-delimited JSON.

    Raises
    ------
    ProposalError
        If it has no list of records, or is a document too large to be read whole.
    """
    texts = (sample.head, *sample.stretches)
    if holds_lines(sample.head):
        lines = [line for text in texts for line in text.splitlines()]
    elif sample.is_whole:
        lines = _records(sample.head)
    else:
        raise ProposalError(
            "The JSON document is too large to be looked at whole: give one with fewer records."
        )
    records: list[dict[str, str | None]] = []
    for line in lines:
        try:
            records.append(values_by_name(line))
        except NoRecord:
            continue  # loading will quarantine it
    names = list(dict.fromkeys(name for record in records for name in record))
    if not names:
        raise ProposalError("The JSON holds no record with names and values.")
    rows = [Record([record.get(name) or "" for name in names], 0) for record in records]
    return Layout(JSON, [], 0, names, rows, len(names))


def _records(document: str) -> list[str]:
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "document"), Path(folder, "records")
        source.write_text(document, encoding="utf-8")
        try:
            write_records(source, target, None, WHOLE)
        except FileRefused as refused:
            raise ProposalError(f"The JSON document cannot be read: it {refused}.") from refused
        return target.read_text(encoding="utf-8").splitlines()
