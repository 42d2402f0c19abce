"""The quarantine as an operator works with it: look, take it to a spreadsheet, mend, release."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestration.cli.quarantine import quarantine
from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse

HEADER = "order_id,customer_id,ordered_at,order_revenue,status\n"
GOOD = "".join(f"o{n},c1,2024-05-01,1.00,placed\n" for n in range(60))
BAD = "=1+1,\x1b[31mred,2024-05-01,1.00,paid\n" + "b2,[bold]c1,2024-05-01,1.00,paid\n"
ORGANIZATION = "organization_id: shop\nname: Shop\ntime_zone: UTC\ncurrency: GBP\n"
MENDED = "exports: {orders: {columns: {status: \"replace(status, 'paid', 'fulfilled')\"}}}\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return the settings of a shop with two bad orders in quarantine."""
    (tmp_path / "organizations").mkdir()
    (tmp_path / "organizations" / "shop.yml").write_text(ORGANIZATION)
    (tmp_path / "landing" / "shop" / "orders").mkdir(parents=True)
    file = tmp_path / "landing" / "shop" / "orders" / "orders_2024-05-01.csv"
    file.write_text(HEADER + GOOD + BAD)
    settings = Settings(
        warehouse_url=f"duckdb:///{tmp_path / 'warehouse.duckdb'}",
        landing_url=str(tmp_path / "landing"),
        organizations_dir=tmp_path / "organizations",
        data_dir=tmp_path / "data",
    )
    warehouse = open_warehouse(settings.warehouse_url, settings.data_dir)
    prepare(warehouse)
    ingest(
        warehouse,
        Landing(settings.landing_url),
        load_organizations(settings.organizations_dir),
        load_contracts()["orders"],
        date(2024, 5, 1),
        date(2024, 5, 1),
    ).raise_if_refused()
    return settings


@pytest.fixture
def cli(settings: Settings) -> Callable[..., Result]:
    """Return a function that runs a subcommand with the shop's settings."""
    environment = {
        "WAREHOUSE_URL": settings.warehouse_url,
        "LANDING_URL": settings.landing_url,
        "ORGANIZATIONS_DIR": str(settings.organizations_dir),
        "DATA_DIR": str(settings.data_dir),
    }
    return lambda *arguments: CliRunner(env=environment).invoke(quarantine, arguments)


def test_the_list_tells_what_is_wrong_with_counts_and_an_example(
    cli: Callable[..., Result],
) -> None:
    said = cli("list").output
    assert "shop orders, 2024-05-01: 2 rows" in said
    assert "status: is not one of placed, fulfilled, cancelled, returned" in said
    assert "line 62 of shop/orders/orders_2024-05-01.csv" in said
    assert "2 rows in quarantine" in said


def test_single_rows_are_shown_whole_but_cannot_steer_the_terminal(
    cli: Callable[..., Result],
) -> None:
    said = cli("list", "--rows").output
    assert "status: paid is not one of" in said
    assert "b2,[bold]c1,2024-05-01,1.00,paid" in said
    assert " [31mred" in said
    assert "\x1b" not in said


def test_a_selection_without_rows_says_so(cli: Callable[..., Result]) -> None:
    assert cli("list", "--reason", "no such reason").output == "No quarantined rows.\n"
    assert cli("list", "--since", "2024-05-02").output == "No quarantined rows.\n"


def test_an_export_holds_texts_lines_and_reasons_and_starts_no_formula(
    cli: Callable[..., Result], tmp_path: Path
) -> None:
    out = tmp_path / "bad.csv"
    assert cli("export", "--organization", "shop", "--out", str(out)).exit_code == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["line"] for row in rows] == ["62", "63"]
    assert rows[0]["raw_text"] == "'" + BAD.splitlines()[0]
    assert rows[0]["reasons"].startswith("status: paid is not one of")


def test_an_export_that_cannot_be_written_is_one_sentence(
    cli: Callable[..., Result], tmp_path: Path
) -> None:
    said = cli("export", "--out", str(tmp_path / "nowhere" / "bad.csv"))
    assert said.exit_code == 1
    assert "name another file with --out" in said.output


@pytest.mark.parametrize("is_landed", [True, False])
def test_a_release_after_the_mapping_is_mended_says_how_many_rows_left(
    cli: Callable[..., Result], settings: Settings, is_landed: bool
) -> None:
    assert "0 of 2 rows released, 2 stay." in cli("release").output
    (settings.organizations_dir / "shop.yml").write_text(ORGANIZATION + MENDED)
    if not is_landed:
        (Path(settings.landing_url) / "shop" / "orders" / "orders_2024-05-01.csv").unlink()
    said = cli("release").output
    assert "2 of 2 rows released, 0 stay." in said
    assert "customer-intelligence run" in said
    assert cli("list").output == "No quarantined rows.\n"


def test_an_embedded_warehouse_is_not_started_to_look(tmp_path: Path) -> None:
    environment = {"WAREHOUSE_URL": "", "DATA_DIR": str(tmp_path)}
    said = CliRunner(env=environment).invoke(quarantine, ["list"])
    assert said.exit_code == 1
    assert "warehouse start" in str(said.exception)
    assert not (tmp_path / "postgres").exists()
