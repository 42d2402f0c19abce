from typing import Any

from orchestration.exports.reading.quoting import quote_lines


def test_spans_of_lines_are_quoted_as_they_are(fetched: Any) -> None:
    local, read = fetched(b"a\nb1\nb2\r\n\nc\xff\0")
    quoted = list(quote_lines(local.text_path, [(2, 3), (5, 5)], read))
    assert quoted == [("b1\nb2", 3), ("c\\xff\\0", 5)]


def test_a_record_of_unknown_length_is_quoted_whole(fetched: Any) -> None:
    local, read = fetched('a,b\n1,2\n3,"4\n,""5\n"\n6,7\n')
    quoted = list(quote_lines(local.text_path, [(2, None), (3, None), (6, 6)], read))
    assert quoted == [("1,2", 2), ('3,"4\n,""5\n"', 5), ("6,7", 6)]
