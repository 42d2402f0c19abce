"""Which part of the code may import which: arrows point one way."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_ROOT

ROOMS_OF_EXPORTS = [
    *("", "landing", "reading", "mapping", "tables", "loading", "quarantine", "monitoring"),
    "proposing",
]
LAYERS = ["settings", "warehouse", "exports", "enrichment", "scoring", "assets", "definitions"]


def imported(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each module below a folder with each module that it imports, wherever it does."""
    for file in folder.rglob("*.py"):
        module = ".".join(file.relative_to(PROJECT_ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                for name in node.names:
                    yield module, f"{node.module}.{name.name}"
            elif isinstance(node, ast.Import):
                yield from ((module, name.name) for name in node.names)


def part(module: str, package: str, parts: list[str]) -> int | None:
    """Return the place of the part of a package that a module belongs to."""
    if not module.startswith(f"{package}."):
        return None
    name = module.removeprefix(f"{package}.").partition(".")[0]
    name = "" if "" in parts and name not in parts else name
    return parts.index(name) if name in parts else None


@pytest.mark.parametrize(
    ("package", "parts"),
    [("orchestration", LAYERS), ("orchestration.exports", ROOMS_OF_EXPORTS)],
)
def test_no_part_imports_one_that_comes_after_it(package: str, parts: list[str]) -> None:
    arrows = [
        (importer, module, part(importer, package, parts), part(module, package, parts))
        for importer, module in imported(PROJECT_ROOT / package.replace(".", "/"))
    ]
    between = [arrow for arrow in arrows if arrow[2] is not None and arrow[3] is not None]
    assert len(between) > 50
    assert [(i, m) for i, m, here, there in between if there > here] == []


def test_models_know_nothing_of_orchestration() -> None:
    arrows = list(imported(PROJECT_ROOT / "ml"))
    assert len(arrows) > 50
    assert [a for a in arrows if a[1].startswith(("orchestration", "dagster"))] == []
