import pytest
import yaml

from orchestration.enrichment.tables import ANSWERS, prepare
from orchestration.enrichment.typed import read_answers
from orchestration.settings import PROJECT_ROOT

SOURCES = PROJECT_ROOT / "dbt_project" / "models" / "staging" / "_enrichment.yml"


@pytest.mark.parametrize(
    "table",
    [
        "enrichment_answers",
        "enrichment_demo_answers",
        "enrichment_person",
        "enrichment_company",
    ],
)
def test_dbt_knows_each_column_by_its_name(duckdb, table):
    prepare(duckdb)
    read_answers(duckdb)
    (raw,) = yaml.safe_load(SOURCES.read_text())["sources"]
    told = {one["name"]: [column["name"] for column in one["columns"]] for one in raw["tables"]}
    with duckdb.session() as session:
        columns = session.query(f"select * from raw.{table}").schema.names
    assert told[table] == columns


def test_tables_are_made_once(warehouse):
    prepare(warehouse)
    prepare(warehouse)
    with warehouse.session() as session:
        assert session.query("select * from raw.enrichment_answers").schema.names == ANSWERS.names
