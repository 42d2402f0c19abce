from pathlib import Path

import pytest

from orchestration.exports.contracts import load_contracts
from orchestration.exports.organizations import OrganizationError, load_organizations
from orchestration.settings import PROJECT_ROOT

SHOP = """
organization_id: shop
name: Shop
time_zone: Europe/London
currency: GBP
exports:
  orders:
    files: "orders_{date}.csv"
    read: {delimiter: ";"}
    columns: {order_id: '"No"'}
"""


def write(folder: Path, text: str, name: str = "shop.yml") -> Path:
    (folder / name).write_text(text)
    return folder


def test_the_examples_are_valid() -> None:
    organizations = load_organizations(PROJECT_ROOT / "organizations" / "examples")
    systems = {"courtreserve", "netsuite", "odoo", "playtomic", "quickbooks"}
    assert {one.organization_id for one in organizations} >= systems | {"cdnow", "uk_retailer"}


def test_an_organization_without_exports_delivers_every_export_under_its_default_name(
    tmp_path: Path,
) -> None:
    [shop] = load_organizations(write(tmp_path, SHOP.partition("exports:")[0]))
    assert set(shop.exports) == set(load_contracts())
    assert shop.exports["members"].files == "members/members_{date}.csv"
    assert shop.exports["members"].delivery == "snapshot"


def test_an_organization_with_exports_delivers_only_these(tmp_path: Path) -> None:
    [shop] = load_organizations(write(tmp_path, SHOP))
    assert list(shop.exports) == ["orders"]
    assert shop.exports["orders"].delivery == "changes"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("organization_id: shop", "organization_id: ../shop", "organization_id"),
        ("Europe/London", "Europe/Londn", "'Europe/Londn' is not a time zone"),
        ("currency: GBP", "currency: pounds", "currency"),
        ("  orders:", "  oders:", "exports.oders is not a known export"),
        (
            "orders_{date}.csv",
            "../other/orders_{date}.csv",
            "inside the organization's landing folder",
        ),
        ("orders_{date}.csv", "/orders_{date}.csv", "inside the organization's landing folder"),
        ("orders_{date}.csv", "orders.csv", "must hold {date} once"),
        ('delimiter: ";"', 'delimiter: ";;"', "neither one ASCII character"),
        ('delimiter: ";"', "encoding: klingon", "'klingon' is not a known encoding"),
        ('delimiter: ";"', "format: xlsx", "exports.orders.read.format"),
        ("order_id:", "number:", "'number' is no column of the export"),
        ("name: Shop", "nmae: Shop", "nmae"),
        ("name: Shop", "name: [Shop", "shop.yml"),
        ("name: Shop", "name: Shop\nnon_product_ids: '('", "is not a regular expression"),
    ],
)
def test_a_faulty_file_is_refused_with_the_file_and_the_field(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    with pytest.raises(OrganizationError, match=r"shop\.yml") as caught:
        load_organizations(write(tmp_path, SHOP.replace(old, new)))
    assert complaint in str(caught.value)


def test_two_files_cannot_speak_for_one_organization(tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    with pytest.raises(OrganizationError, match=r"change it in shop2\.yml"):
        load_organizations(write(tmp_path, SHOP, "shop2.yml"))


def test_an_empty_folder_says_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(OrganizationError, match="add one YAML file per organization"):
        load_organizations(tmp_path)


def test_the_fingerprint_follows_the_meaning_of_the_mapping_alone(tmp_path: Path) -> None:
    contract = load_contracts()["orders"]
    [shop] = load_organizations(write(tmp_path, SHOP))
    [other] = load_organizations(write(tmp_path, SHOP.replace('"No"', '"Number"')))
    [moved] = load_organizations(write(tmp_path, SHOP.replace("orders_{date}", "o_{date}")))
    described = contract.model_copy(update={"description": "Said better."})
    own = shop.exports["orders"].fingerprint(contract, shop.time_zone)
    assert own == moved.exports["orders"].fingerprint(described, shop.time_zone)
    assert own != other.exports["orders"].fingerprint(contract, shop.time_zone)
    assert own != shop.exports["orders"].fingerprint(contract, "Europe/Paris")
