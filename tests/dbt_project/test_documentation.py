"""What every model says of itself, and the guide that is made of it."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from orchestration.marts_guide import MARTS_GUIDE, grain, marts, questions, render
from tests.dbt_project.pipeline import Pipeline

Node = dict[str, Any]

READ_BY_PEOPLE = {"star", "features", "scores", "marts"}
NUMERIC = ("bigint", "double", "integer", "numeric", "real", "smallint")
UNIT = re.compile(
    r"\b(currency|percent|log odds|number|share|ratio|score|probability|per|minutes|hours?|days?|weeks?|months?"
    r"|years?|kilograms|units?|lines?|from 1|-?\d+(\.\d+)? to -?\d+|-?\d+ \w+ to \d+|1 = \w+)\b",
    re.IGNORECASE,
)
GRAIN = re.compile(r"\bGrain: ([^.]*)\.")
IS_A_NUMBER_OF = re.compile(r"_count$")


@pytest.fixture(scope="module")
def manifest(open_pipeline: Callable[[str], AbstractContextManager[Pipeline]]) -> Node:
    """Return what dbt made of the project; a deprecation or any other warning is an error."""
    with open_pipeline("duckdb") as pipeline:
        pipeline.dbt("--warn-error", "--no-partial-parse", "parse")
        parsed: Node = json.loads((pipeline.target / "manifest.json").read_text())
        return parsed


@pytest.fixture(scope="module")
def models(manifest: Node) -> list[Node]:
    """Return the models that people read."""
    nodes = manifest["nodes"].values()
    read = [n for n in nodes if n["resource_type"] == "model" and n["schema"] in READ_BY_PEOPLE]
    assert {"dim_customer", "customer_features", "customer_metrics"} <= {n["name"] for n in read}
    return read


def columns(models: list[Node]) -> list[tuple[str, Node]]:
    return [
        (f"{model['name']}.{name}", column)
        for model in models
        for name, column in model["columns"].items()
    ]


def test_every_model_keeps_an_enforced_contract(models: list[Node]) -> None:
    assert [m["name"] for m in models if not m["config"]["contract"]["enforced"]] == []


def test_every_model_says_what_it_holds(models: list[Node]) -> None:
    assert [m["name"] for m in models if len(GRAIN.sub("", m["description"]).split()) < 2] == []


def test_every_model_says_what_a_row_is_and_tests_it(manifest: Node, models: list[Node]) -> None:
    said = {m["name"]: GRAIN.findall(" ".join(m["description"].split())) for m in models}
    assert said == {m["name"]: [", ".join(grain(manifest, m))] for m in models}


def test_every_column_says_what_it_means(models: list[Node]) -> None:
    assert [name for name, c in columns(models) if not c["description"].strip()] == []


def test_every_number_says_its_unit(models: list[Node]) -> None:
    numbers = [
        (n, c["description"]) for n, c in columns(models) if c["data_type"].startswith(NUMERIC)
    ]
    unclear = [n for n, text in numbers if not (IS_A_NUMBER_OF.search(n) or UNIT.search(text))]
    assert unclear == []


def test_every_mart_has_readers(manifest: Node) -> None:
    read = {node for e in manifest["exposures"].values() for node in e["depends_on"]["nodes"]}
    assert [m["name"] for m in marts(manifest) if m["unique_id"] not in read] == []


def test_every_exposure_says_who_reads_it_and_why(manifest: Node) -> None:
    for exposure in manifest["exposures"].values():
        assert exposure["label"], exposure["name"]
        assert exposure["owner"]["name"], exposure["name"]
        assert len(exposure["description"].split()) > 5, exposure["name"]


def test_every_mart_shows_three_questions_that_it_answers(manifest: Node) -> None:
    shown = {m["name"]: [asked["question"] for asked in questions(m)] for m in marts(manifest)}
    assert {mart for mart, asked in shown.items() if len(set(asked)) < 3} == set()
    assert [q for asked in shown.values() for q in asked if not q.endswith("?")] == []


def test_every_question_is_put_to_the_mart_that_shows_it(manifest: Node) -> None:
    for mart in marts(manifest):
        for asked in questions(mart):
            assert f"{mart['schema']}.{mart['name']}" in asked["sql"], asked["question"]


def test_the_guide_to_the_marts_tells_them_as_they_are(manifest: Node) -> None:
    is_current = MARTS_GUIDE.read_text(encoding="utf-8") == render(manifest)
    assert is_current, "The guide is older than the models: `make docs` writes it anew."
