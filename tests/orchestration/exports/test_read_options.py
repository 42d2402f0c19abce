from typing import Any

import pytest
from pydantic import ValidationError

from orchestration.exports.read_options import ReadOptions


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"delimiter": ",,"}, "neither one ASCII character nor 'whitespace'"),
        ({"delimiter": '"'}, "cannot separate columns"),
        ({"delimiter": "'", "quote": "'"}, "delimiter and quote must differ"),
        ({"encoding": "utf-9"}, "is not a known encoding"),
        ({"header_contains": ["ID"], "skip_preamble": 3}, "excludes skip_preamble"),
        ({"header_contains": ["ID"], "header": False}, "excludes skip_preamble and header: false"),
        ({"records": "items"}, "needs format: json"),
        ({"format": "ndjson", "records": "items"}, "needs format: json"),
        ({"format": "json", "delimiter": ";"}, "delimiter says nothing of JSON"),
        ({"max_gigabytes": 0}, "greater than 0"),
        ({"delimitter": ";"}, "Extra inputs are not permitted"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        ReadOptions.model_validate(options)
