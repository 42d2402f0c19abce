"""What ``map`` proposes for a system's file loads what the example, written by hand, loads."""

import csv
import importlib.util
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.exports.loading.trial import try_file
from orchestration.exports.organizations import load_organization
from orchestration.exports.proposing.proposal import propose
from orchestration.exports.proposing.writing import Identity, write_mapping
from orchestration.settings import PROJECT_ROOT

# What the values alone cannot tell: which of two names is the activity, what a credit memo is to a company.
BY_HAND = {("courtreserve", "bookings"): {"activity"}}


def as_csv(rows: Any) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


FILES: dict[str, Callable[[Any], bytes]] = {
    "courtreserve": lambda system: system.report(system.draw(1_000)).encode(),
    "netsuite": lambda system: as_csv(system.rows(system.draw(800))).encode("cp1252"),
    "odoo": lambda system: system.export(system.draw(400)).encode(),
    "playtomic": lambda system: (system.TITLES[-1] + system.export(system.draw(28, 200))).encode(),
    "quickbooks": lambda system: as_csv(system.rows(system.draw(300))).encode(),
}


def generator(name: str) -> Any:
    """Return the module that draws the system's files."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"test_{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "export"),
    [
        ("courtreserve", "bookings"),
        ("netsuite", "orders"),
        ("odoo", "orders"),
        ("odoo", "order_lines"),
        ("playtomic", "bookings"),
        ("quickbooks", "order_lines"),
    ],
)
def test_the_proposal_loads_what_the_example_loads(tmp_path: Path, name: str, export: str) -> None:
    example = load_organization(PROJECT_ROOT / "organizations" / "examples" / f"{name}.yml")
    file, mapping = tmp_path / "export.csv", tmp_path / "proposed.yml"
    file.write_bytes(FILES[name](generator(name)))
    identity = Identity(name, "Club", example.time_zone, example.currency)
    mapping.write_text(write_mapping(propose(file, export), identity, file), encoding="utf-8")
    day = date(2024, 12, 31)
    proposed = try_file(file, load_organization(mapping), export, day, 2_000)
    by_hand = try_file(file, example, export, day, 2_000)
    assert proposed.refusal == by_hand.refusal == ""
    counts = [(t.rows_good, t.rows_quarantined, t.rows_skipped) for t in (proposed, by_hand)]
    assert counts[0] == counts[1]
    columns = set(by_hand.sources) - BY_HAND.get((name, export), set())
    for column in columns:
        assert proposed.rows[column].to_pylist() == by_hand.rows[column].to_pylist(), column
