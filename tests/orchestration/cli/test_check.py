"""``check`` and ``map``, as an operator meets them."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from orchestration.cli.commands import main

SHOP = """
organization_id: shop
name: Shop
time_zone: Europe/London
currency: GBP
exports:
  orders:
    files: "orders/orders_{date}.csv"
    columns: {order_id: '"No"'}
"""
ORDERS = "No,ordered_at,order_revenue,note\n1,2024-05-01,5.00,x\n2,2024-05-02,6.00,y\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with an organization and a landed file."""
    organizations, folder = tmp_path / "organizations", tmp_path / "landing" / "shop" / "orders"
    organizations.mkdir()
    folder.mkdir(parents=True)
    (organizations / "shop.yml").write_text(SHOP)
    (folder / "orders_2024-05-03.csv").write_text(ORDERS)
    monkeypatch.setenv("ORGANIZATIONS_DIR", str(organizations))
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_landed_file_finds_its_mapping_by_its_path(shop: Path) -> None:
    result = run("check", shop / "landing" / "shop" / "orders" / "orders_2024-05-03.csv")
    assert result.exit_code == 0, result.output
    assert "orders_2024-05-03.csv as orders of shop" in result.output
    assert "Not used: note" in result.output
    assert "2 rows read: 2 would load" in result.output
    assert result.output.rstrip().endswith("It would load.")


def test_a_file_that_would_be_refused_exits_with_1_and_says_why(shop: Path) -> None:
    file = shop / "anywhere.csv"
    file.write_text(ORDERS.replace("5.00", "five"))
    result = run("check", file, "--organization", "shop", "--export", "orders")
    assert result.exit_code == 1
    assert "1 go to quarantine" in result.output
    assert "line 2: order_revenue: " in result.output
    assert "is refused: 1 of 2 rows" in result.output


def test_a_file_of_nobody_asks_for_its_mapping(shop: Path) -> None:
    (shop / "organizations" / "other.yml").write_text(SHOP.replace("shop", "other"))
    file = shop / "anywhere.csv"
    file.write_text(ORDERS)
    result = run("check", file)
    assert result.exit_code == 1
    assert "give --organization (one of other, shop)" in result.output


def test_an_unknown_organization_is_named_with_the_known_ones(shop: Path) -> None:
    file = shop / "anywhere.csv"
    file.write_text(ORDERS)
    assert "it has shop" in run("check", file, "--organization", "club").output


def test_what_map_writes_is_taken_by_check(shop: Path) -> None:
    file, mapping = shop / "sales_2024-05-03.csv", shop / "new.yml"
    file.write_text("Order No;Order Date;Net Amount\n1;31.01.2024;1.234,50\n2;01.02.2024;7,00\n")
    mapped = run(
        "map", file, "--export", "orders", "--time-zone", "Europe/Berlin", "--out", mapping
    )
    assert mapped.exit_code == 0, mapped.output
    assert "high: order_id, ordered_at, order_revenue" in mapped.output
    written = yaml.safe_load(mapping.read_text())
    assert written["time_zone"] == "Europe/Berlin"
    assert written["exports"]["orders"]["read"] == {"delimiter": ";", "decimal": ","}
    checked = run("check", file, "--mapping", mapping)
    assert checked.exit_code == 0, checked.output
    assert "order_revenue=1234.50" in checked.output


def test_map_takes_zone_and_currency_from_the_organization(shop: Path) -> None:
    file = shop / "sales.csv"
    file.write_text("Order No,Order Date,Total\n1,2024-01-31,5\n2,2024-02-01,7\n")
    result = run("map", file, "--export", "orders", "--organization", "shop")
    assert (
        "time_zone: 'Europe/London'" in result.output or "time_zone: Europe/London" in result.output
    )
    assert "currency: GBP" in result.output


def test_map_overwrites_nothing(shop: Path) -> None:
    file = shop / "organizations" / "shop.yml"
    result = run("map", file, "--export", "orders", "--out", file)
    assert result.exit_code == 2
    assert file.read_text() == SHOP


def test_map_says_in_one_sentence_that_a_file_is_no_table(shop: Path) -> None:
    file = shop / "letter.csv"
    file.write_text("Dear customer\n\nthank you\n")
    result = run("map", file, "--export", "orders")
    assert result.exit_code == 1
    assert result.output.startswith("Error: No table was found")
