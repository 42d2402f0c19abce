"""The guide to the marts for people who read them in a BI tool, written from dbt's manifest.

``python -m orchestration.marts_guide`` writes the file anew after a model's YAML has changed.
"""

import json
import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from orchestration.assets.manifest import DBT_PROJECT_DIR, prepare_manifest
from orchestration.markdown import markdown
from orchestration.settings import Settings

MARTS_GUIDE = DBT_PROJECT_DIR / "models" / "marts" / "README.md"

_INTRODUCTION = """\
# The marts

<!-- Made from the models' YAML by `make docs`: edit that. -->

What a BI tool reads in the schemas `marts` and `scores`. Customers are told apart by
`organization_id`, `customer_type` and `customer_id`. Amounts are in the organization's currency.
Attributes of customers, products and days are in the schema `star`: `dim_customer` (`is_current`
for today's), `dim_product`, `dim_date`. Every query below runs as it stands; where there are
several organizations, filter by `organization_id`.
"""

Node = Mapping[str, Any]


def marts(manifest: Node) -> list[Node]:
    """Return the models that stand in the schemas ``marts`` and ``scores``, by subject and name.

    Parameters
    ----------
    manifest
        dbt's manifest, as ``dbt parse`` writes it.
    """
    models = (n for n in manifest["nodes"].values() if n["resource_type"] == "model")
    return sorted(
        (model for model in models if model["schema"] in ("marts", "scores")),
        key=lambda model: (_subject(model), model["name"]),
    )


def grain(manifest: Node, model: Node) -> list[str]:
    """Return the columns that tell the model's rows apart, as its test of uniqueness holds them.

    Parameters
    ----------
    manifest
        dbt's manifest.
    model
        One of its models.

    Raises
    ------
    ValueError
        If the model has no test ``unique_grain``.
    """
    for node in manifest["nodes"].values():
        if node.get("attached_node") != model["unique_id"] or node["resource_type"] != "test":
            continue
        if node["test_metadata"]["name"] == "unique_grain":
            columns: list[str] = node["test_metadata"]["kwargs"]["columns"]
            return columns
    raise ValueError(
        f"{model['original_file_path']} says no grain: give the model the data test unique_grain."
    )


def questions(model: Node) -> list[dict[str, str]]:
    """Return the example questions of a model, each with ``question`` and ``sql``."""
    asked: list[dict[str, str]] = model["config"]["meta"].get("questions", [])
    return asked


def render(manifest: Node) -> str:
    """Return the guide as Markdown.

    Parameters
    ----------
    manifest
        dbt's manifest.

    Raises
    ------
    ValueError
        If a mart says no grain.
    """
    parts = [_INTRODUCTION, _contents(marts(manifest))]
    for subject, models in groupby(marts(manifest), key=_subject):
        parts.append(f"## {subject.capitalize()}\n")
        parts += [_chapter(manifest, model) for model in models]
    return "\n".join(parts)


def write(settings: Settings, path: Path = MARTS_GUIDE) -> None:
    """Write the guide of the project as it is now.

    Parameters
    ----------
    settings
        Say where dbt keeps its manifest.
    path
        The file to write.
    """
    manifest = json.loads(prepare_manifest(settings).read_text(encoding="utf-8"))
    path.write_text(render(manifest), encoding="utf-8")


def _contents(models: Iterable[Node]) -> str:
    rows = [
        {
            "mart": f"[{model['name']}](#{model['name']})",
            "subject": _subject(model),
            "holds": _what_it_holds(model).partition(". ")[0].rstrip(".") + ".",
        }
        for model in models
    ]
    return markdown(pa.Table.from_pylist(rows)) + "\n"


def _chapter(manifest: Node, model: Node) -> str:
    columns = [
        {"column": f"`{name}`", "type": column["data_type"], "meaning": column["description"]}
        for name, column in model["columns"].items()
    ]
    paragraphs = [
        f"### {model['name']}",
        _what_it_holds(model),
        f"One row per {', '.join(f'`{column}`' for column in grain(manifest, model))}.",
        *_readers(manifest, model),
        markdown(pa.Table.from_pylist(columns)),
        *(
            f"**{asked['question']}**\n\n```sql\n{asked['sql'].strip()}\n```"
            for asked in questions(model)
        ),
    ]
    return "\n\n".join(paragraphs) + "\n"


def _readers(manifest: Node, model: Node) -> list[str]:
    labels = [
        f"{exposure['label']} ({exposure['owner']['name']})"
        for exposure in manifest["exposures"].values()
        if model["unique_id"] in exposure["depends_on"]["nodes"]
    ]
    return [f"Read by: {', '.join(sorted(labels))}."] if labels else []


def _subject(model: Node) -> str:
    """Return the model's folder."""
    subject: str = model["fqn"][-2]
    return subject


def _what_it_holds(model: Node) -> str:
    """Return the description without the grain, which the guide tells from its test."""
    description: str = model["description"]
    return " ".join(re.sub(r"\bGrain: [^.]*\.", "", description).split())


if __name__ == "__main__":
    write(Settings())
