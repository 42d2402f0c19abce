"""Lines that stand for several rows, on their way in."""

from typing import Any

import pytest
import yaml

from orchestration.exports.landing.zone import Landing
from orchestration.exports.quarantine.listing import Selection
from orchestration.exports.quarantine.release import release
from orchestration.settings import PROJECT_ROOT

ANSWERS = {
    "files": "answers_{date}.csv",
    "repeat": {"question": "2"},
    "columns": {
        "response_id": "_source_line || '-' || question",
        "member_id": '"member"',
        "survey_name": "'autumn'",
        "question": "['play', 'pay'][question]",
        "response": '["Why do you play?", "Is it worth it?"][question]',
        "responded_at": "_export_date",
    },
    "keep": '"member" is not null',
}
PATHS = {
    "files": "paths_{date}.csv",
    "repeat": {"journey": '"journeys"', "touch": "len(string_split(\"path\", ' > '))"},
    "columns": {
        "event_id": "_source_line || '-' || journey || '-' || touch",
        "lead_id": "_source_line || '-' || journey",
        "channel": "string_split(\"path\", ' > ')[touch]",
        "event_type": "'click'",
        "event_at": "_export_date::timestamp + to_minutes(touch)",
    },
}
EVENTS = "select lead_id, channel, _line from raw.outreach_events order by _line"


def counts(exports: Any) -> list[tuple[int, ...]]:
    """Return rows read, loaded, quarantined and skipped."""
    return [row[2:] for row in exports.ledger()]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        ({}, "member,Why do you play?,Is it worth it?\nm1,for fun,yes\nm2,,no\n"),
        (
            {"delimiter": ";", "header_contains": ["member"], "encoding": "utf-16"},
            "Autumn\n\nmember;Why do you play?;Is it worth it?\r\nm1;for fun;yes\r\nm2;;no",
        ),
    ],
)
def test_a_line_of_columns_becomes_a_row_for_each(
    exports: Any, read: dict[str, Any], text: str
) -> None:
    exports.organize(survey_responses=ANSWERS | {"read": read})
    exports.deliver("answers_2024-05-01.csv", text.encode(read.get("encoding", "utf-8")))
    exports.load("survey_responses")
    rows = exports.rows(
        "select member_id, question, response from raw.survey_responses order by 1, 2 desc"
    )
    assert rows == [
        ("m1", "play", "for fun"), ("m1", "pay", "yes"), ("m2", "play", None), ("m2", "pay", "no"),
    ]  # fmt: skip
    assert counts(exports) == [(4, 4, 0, 0)]


def test_a_line_whose_number_stands_for_nothing_in_values_is_told_by_it(
    duckdb_exports: Any,
) -> None:
    duckdb_exports.organize(survey_responses=ANSWERS | {"read": {"nulls": ["1", "3"]}})
    duckdb_exports.deliver(
        "answers_2024-05-01.csv", "member,Why do you play?,Is it worth it?\nm1,3,yes\nm2,1,no\n"
    )
    duckdb_exports.load("survey_responses")
    assert duckdb_exports.rows(
        "select response_id, response from raw.survey_responses order by 1"
    ) == [("2-1", None), ("2-2", "yes"), ("3-1", None), ("3-2", "no")]


def test_a_path_becomes_the_touches_of_all_its_journeys(duckdb_exports: Any) -> None:
    duckdb_exports.organize(outreach_events=PATHS)
    duckdb_exports.deliver(
        "paths_2024-05-01.csv", '\ufeffpath,journeys\n"email > phone",2\nsocial,0\nvideo,1.0\n'
    )
    duckdb_exports.load("outreach_events")
    assert duckdb_exports.rows(EVENTS) == [
        ("2-1", "email", 2), ("2-1", "phone", 3), ("2-2", "email", 4), ("2-2", "phone", 5),
        ("4-1", "video", 7),
    ]  # fmt: skip
    assert counts(duckdb_exports) == [(6, 5, 0, 1)], "a path that nobody went is skipped"


def test_what_tells_no_number_of_rows_is_quarantined_once(duckdb_exports: Any) -> None:
    duckdb_exports.organize(outreach_events=PATHS)
    bad = ["many", "-1", "100001", "", "60000"]
    lines = [f"email > phone,{number}" for number in bad]
    duckdb_exports.deliver(
        "paths_2024-05-01.csv", "path,journeys\nemail,200\n" + "\n".join(lines) + "\n"
    )
    duckdb_exports.load("outreach_events")
    assert counts(duckdb_exports) == [(205, 200, 5, 0)]
    quarantined = duckdb_exports.quarantine()
    assert [text for _, text, _ in quarantined] == [
        f"{number},,,{line}" for number, line in enumerate(lines, 3)
    ]
    assert 'repeat.journey: "journeys" tells no number of rows of "journeys" = \'many\'' in (
        quarantined[0][2].splitlines()
    )


def test_a_broken_line_is_quarantined_for_what_is_wrong_with_it(duckdb_exports: Any) -> None:
    duckdb_exports.organize(survey_responses=ANSWERS)
    good = "".join(f'm{n},"for\nfun",yes\n' for n in range(40))
    duckdb_exports.deliver(
        "answers_2024-05-01.csv",
        f'member,Why do you play?,Is it worth it?\n{good}\nm41,yes\nm42,"for fun,no\n',
    )
    duckdb_exports.load("survey_responses")
    assert counts(duckdb_exports) == [(82, 80, 2, 0)]
    [(_, short, why), (_, cut_off, _)] = duckdb_exports.quarantine()
    assert (short, why) == ("83,,m41,yes", "the line has 4 values where the header has 5 columns")
    assert cut_off == '84,,m42,"for fun,no'


def test_a_key_that_repeats_stands_once(duckdb_exports: Any) -> None:
    columns = PATHS["columns"] | {"event_id": "_source_line || '-' || touch"}
    duckdb_exports.organize(outreach_events=PATHS | {"columns": columns})
    duckdb_exports.deliver("paths_2024-05-01.csv", "path,journeys\nemail > phone,2\n")
    duckdb_exports.load("outreach_events")
    assert duckdb_exports.rows(EVENTS) == [("2-2", "email", 4), ("2-2", "phone", 5)]
    assert [(line, text) for line, text, _ in duckdb_exports.quarantine()] == [
        (2, "2,1,1,email > phone,2"),
        (3, "2,1,2,email > phone,2"),
    ]


def test_rows_are_released_when_their_file_is_gone(duckdb_exports: Any) -> None:
    duckdb_exports.organize(outreach_events=PATHS)
    path = duckdb_exports.deliver(
        "paths_2024-05-01.csv", "path,journeys\nemail,50\nemail > fax,1\n"
    )
    duckdb_exports.load("outreach_events")
    path.unlink()
    channel = "replace(string_split(\"path\", ' > ')[touch], 'fax', 'phone')"
    mended = PATHS | {"columns": PATHS["columns"] | {"channel": channel}}
    organization = duckdb_exports.organize(outreach_events=mended)
    landing = Landing(str(duckdb_exports.folder))
    result = release(duckdb_exports.warehouse, landing, [organization], Selection())
    assert (result.rows_before, result.rows_left, result.obstacles) == (1, 0, [])
    assert ("3-1", "phone", 53) in duckdb_exports.rows(EVENTS)


def test_a_file_is_loaded_anew_when_it_repeats_otherwise(duckdb_exports: Any) -> None:
    duckdb_exports.deliver("paths_2024-05-01.csv", "path,journeys\nemail,2\n")
    for journeys, loaded in [('"journeys"', 2), ('"journeys"', 0), ("3", 3)]:
        repeat = PATHS["repeat"] | {"journey": journeys}
        duckdb_exports.organize(outreach_events=PATHS | {"repeat": repeat})
        assert duckdb_exports.load("outreach_events").rows_loaded == loaded
    assert duckdb_exports.rows("select count(*) from raw.outreach_events") == [(3,)]


@pytest.mark.parametrize(
    ("repeat", "text", "complaint"),
    [
        ({"n": '"journeys"'}, "path,journeys,n\nemail,1,1\n", "has a column n of its own"),
        (
            {"n": "1"},
            "path,_source_line\nemail,1\n",
            "which is what a record's line is called here",
        ),
        ({"n": "len(regexp_extract_all(path, '('))"}, "path\nemail\n", "cannot be read: Invalid"),
        ({"n": '"many"'}, "path,journeys\nemail,1\n", 'has no column many, which n: "many" needs'),
        ({"n": "unnest([1])"}, "path,journeys\nemail,1\n", "n: unnest([1])"),
        ({"n": "1"}, 'path,"jour\nneys"\nemail,1\n', "has a header of several lines"),
    ],
)
def test_a_file_that_cannot_be_repeated_is_refused(
    duckdb_exports: Any, repeat: dict[str, str], text: str, complaint: str
) -> None:
    columns = PATHS["columns"] | {"event_id": "n", "lead_id": "n", "channel": '"path"'}
    duckdb_exports.organize(
        outreach_events=PATHS
        | {"repeat": repeat, "columns": columns | {"event_at": "_export_date"}}
    )
    duckdb_exports.deliver("paths_2024-05-01.csv", text)
    assert complaint in duckdb_exports.load("outreach_events").refusals[0]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"repeat": {"_line": "2"}}, "repeat: '_line' is no name of a counter"),
        ({"read": {"format": "json"}}, "repeat needs delimited text with a header"),
        ({"read": {"header": False}}, "repeat needs delimited text with a header"),
    ],
)
def test_a_mapping_that_cannot_repeat_says_so(
    duckdb_exports: Any, change: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        duckdb_exports.organize(outreach_events=PATHS | change)


def test_an_empty_file_stands_for_nothing(duckdb_exports: Any) -> None:
    duckdb_exports.organize(outreach_events=PATHS)
    duckdb_exports.deliver("paths_2024-05-01.csv", "path,journeys\n")
    duckdb_exports.deliver("paths_2024-05-02.csv", "")
    assert duckdb_exports.load("outreach_events").refusals == []
    assert counts(duckdb_exports) == [(0, 0, 0, 0)] * 2


def test_counted_paths_of_several_files_add_up(duckdb_exports: Any) -> None:
    example = PROJECT_ROOT / "organizations" / "examples" / "conversion_paths.yml"
    duckdb_exports.organize(**yaml.safe_load(example.read_text())["exports"])
    header = "path,total_conversions,total_conversion_value,total_null\n"
    duckdb_exports.deliver("paths_2024-05-01.csv", f"{header}email > phone,3,10.00,2\n")
    duckdb_exports.deliver("paths_2024-06-01.csv", f"{header}social,1,7,0\nvideo,0,0,1\n")
    for export in ("outreach_events", "deals"):
        duckdb_exports.load(export)
    assert duckdb_exports.rows(
        "select count(distinct event_id), count(distinct lead_id) from raw.outreach_events"
    ) == [(12, 7)]
    assert duckdb_exports.rows(
        "select count(distinct deal_id), sum(deal_value) from raw.deals "
        "where (lead_id, _export_date) in (select lead_id, _export_date from raw.outreach_events)"
    ) == [(4, 17)]
