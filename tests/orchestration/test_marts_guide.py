import pytest

from orchestration.marts_guide import grain, marts, render

QUESTION = {"question": "Who bought?", "sql": "select customer_id\nfrom marts.sales\n"}


def model(name, schema="marts", subject="customers"):
    return {
        "resource_type": "model",
        "unique_id": f"model.{name}",
        "name": name,
        "schema": schema,
        "fqn": ["project", "marts", subject, name],
        "original_file_path": f"models/marts/{subject}/{name}.sql",
        "description": f"What {name} holds. And more. Grain: customer_id, month. The end.",
        "columns": {"revenue": {"data_type": "numeric(18, 2)", "description": "Net, currency."}},
        "config": {"meta": {"questions": [QUESTION]}},
    }


def grain_test(name, columns, kind="unique_grain"):
    return {
        "resource_type": "test",
        "attached_node": f"model.{name}",
        "test_metadata": {"name": kind, "kwargs": {"columns": columns}},
    }


@pytest.fixture
def manifest():
    """Return a manifest as dbt's: a mart with its tests and readers, and a model that is none."""
    nodes = {
        "test.references": grain_test("sales", ["customer_id"], kind="references"),
        "test.grain": grain_test("sales", ["customer_id", "month"]),
        "model.int_sales": model("int_sales", schema="staging"),
        "model.sales": model("sales"),
    }
    exposure = {
        "label": "Board",
        "owner": {"name": "Sales"},
        "depends_on": {"nodes": ["model.sales"]},
    }
    return {"nodes": nodes, "exposures": {"exposure.board": exposure}}


def test_marts_are_listed_by_subject_and_name(manifest):
    manifest["nodes"] |= {"a": model("returns"), "b": model("alarms", subject="engagement")}
    assert [m["name"] for m in marts(manifest)] == ["returns", "sales", "alarms"]


def test_a_row_is_what_the_test_of_uniqueness_says(manifest):
    assert grain(manifest, manifest["nodes"]["model.sales"]) == ["customer_id", "month"]


def test_a_mart_without_a_test_of_its_grain_is_refused_by_name(manifest):
    del manifest["nodes"]["test.grain"]
    with pytest.raises(ValueError, match=r"models/marts/customers/sales.sql says no grain"):
        render(manifest)


def test_a_chapter_tells_rows_readers_columns_and_questions(manifest):
    _, chapter = render(manifest).split("### sales\n")
    assert chapter.strip().splitlines() == [
        "What sales holds. And more. The end.",
        "",
        "One row per `customer_id`, `month`.",
        "",
        "Read by: Board (Sales).",
        "",
        "| column | type | meaning |",
        "| --- | --- | --- |",
        "| `revenue` | numeric(18, 2) | Net, currency. |",
        "",
        "**Who bought?**",
        "",
        "```sql",
        "select customer_id",
        "from marts.sales",
        "```",
    ]


def test_the_contents_link_each_mart_with_its_first_sentence(manifest):
    assert "| [sales](#sales) | customers | What sales holds. |" in render(manifest).splitlines()
