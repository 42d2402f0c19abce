"""The contracts as dbt sees them: sources for the raw tables and properties of the staging models.

``python -m orchestration.exports.dbt_sources`` writes the file anew after a contract has changed.
"""

from pathlib import Path
from typing import Any

import yaml

from orchestration.exports.contracts import Contract, load_contracts
from orchestration.settings import PROJECT_ROOT

DBT_SOURCES = PROJECT_ROOT / "dbt_project" / "models" / "staging" / "_exports.yml"

_HEADER = (
    "# Made from orchestration/exports/contracts: python -m orchestration.exports.dbt_sources\n"
)

_METADATA = {
    "_export_date": ("date", "Day whose state the export describes, from the file's name."),
    "_file": ("text", "File in the landing zone that the row came from."),
    "_line": ("bigint", "Line of the file on which the row begins, from 1."),
    "_load_id": ("bigint", "Load that brought the row, as in ops.file_loads."),
    "_loaded_at": ("timestamptz", "When the row was loaded, UTC; load metadata, no business time."),
}


def _columns(contract: Contract) -> list[dict[str, Any]]:
    own = {name: (column.type.sql, column.description) for name, column in contract.columns.items()}
    organization = {"organization_id": ("text", "The tenant that the row belongs to.")}
    return [
        {"name": name, "data_type": data_type.replace("decimal", "numeric"), "description": text}
        for name, (data_type, text) in (organization | own | _METADATA).items()
    ]


def _staging_model(contract: Contract) -> dict[str, Any]:
    rows = "newest snapshot" if contract.delivery == "snapshot" else "latest version of each key"
    grain = ["organization_id", *contract.key]
    description = f"{contract.description} The {rows} as of the as-of date. Grain: "
    return {
        "name": f"stg_{contract.export}",
        "description": description + ", ".join(grain) + ".",
        "data_tests": [{"unique_grain": {"arguments": {"columns": grain}}}],
        "columns": _columns(contract),
    }


def render() -> str:
    """Return the YAML text that dbt reads."""
    contracts = load_contracts().values()
    removed = [
        {
            "name": f"removed_{contract.export}",
            "description": f"Keys of {contract.export} that a re-delivered file no longer holds.",
        }
        for contract in contracts
    ]
    document = {
        "version": 2,
        "sources": [
            {
                "name": "raw",
                "schema": "raw",
                "description": "Rows of the exports as loaded, every version of every key.",
                "tables": [
                    {
                        "name": "organizations",
                        "description": "Each organization's settings, from its file.",
                    },
                    {
                        "name": "organization_exports",
                        "description": "Which exports of an organization are full lists.",
                    },
                    *(
                        {"name": c.export, "description": c.description, "columns": _columns(c)}
                        for c in contracts
                    ),
                ],
            },
            {
                "name": "ops",
                "schema": "ops",
                "description": "What was loaded, when and from where.",
                "tables": [
                    {
                        "name": "file_loads",
                        "description": "Every load of every file with its row counts.",
                    },
                    *removed,
                ],
            },
        ],
        "models": [_staging_model(contract) for contract in contracts],
    }
    return _HEADER + yaml.safe_dump(document, sort_keys=False, width=110, allow_unicode=True)


def write(path: Path = DBT_SOURCES) -> None:
    """Write the file where dbt looks for it."""
    path.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    write()
