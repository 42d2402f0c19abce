import yaml

from orchestration.enrichment.census.tables import CENSUS_TABLES, DEMO_TABLES
from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse.ddl import column_type

SOURCES = PROJECT_ROOT / "dbt_project" / "models" / "staging" / "_census.yml"


def test_dbt_makes_the_tables_as_they_are_filled():
    (source,) = yaml.safe_load(SOURCES.read_text())["sources"]
    made = {
        (source["schema"], table["name"]): [
            (column["name"], column["data_type"]) for column in table["columns"]
        ]
        for table in source["tables"]
    }
    filled = {
        name: [(field.name, column_type(field.type)) for field in columns]
        for name, columns in (CENSUS_TABLES | DEMO_TABLES).items()
    }
    assert made == filled
