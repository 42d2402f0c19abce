"""What the README promises to someone who brings exports of their own."""

import gzip
import re
import textwrap
from datetime import date
from decimal import Decimal
from pathlib import Path

from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.warehouse import Warehouse

README = (PROJECT_ROOT / "README.md").read_text()

FILE = """\
Corner shop
Sales of the day

Invoice;Date;Price;Customer;product_id;quantity
1001;31/03/2025 09:15;1.234,56 €;17850.0;café;2
1001;31/03/2025 09:15;-;17850.0;tea;1
Total;;1.234,56 €;;;
"""


def test_the_example_mapping_loads_the_file_that_it_describes(
    tmp_path: Path, duckdb: Warehouse
) -> None:
    [mapping] = re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL)
    (tmp_path / "shop.yml").write_text(textwrap.dedent(mapping))
    folder = tmp_path / "landing" / "shop" / "order_lines"
    folder.mkdir(parents=True)
    compressed = gzip.compress(FILE.encode("cp1252"))
    (folder / "order_lines_2025-03-31.csv.gz").write_bytes(compressed)
    prepare(duckdb)
    contract = load_contracts()["order_lines"].model_copy(update={"quarantine_limit": 1})
    result = ingest(
        duckdb,
        Landing(str(tmp_path / "landing")),
        load_organizations(tmp_path),
        contract,
        date(2025, 3, 31),
        date(2025, 3, 31),
    )
    assert (result.rows_loaded, result.rows_quarantined, result.rows_skipped) == (1, 1, 1)
    with duckdb.session() as session:
        [row] = session.query(
            "select order_id, customer_id, product_id, unit_price from raw.order_lines"
        ).to_pylist()
    assert row == {
        "order_id": "1001",
        "customer_id": "17850",
        "product_id": "café",
        "unit_price": Decimal("1234.56"),
    }


def test_every_setting_is_in_the_table() -> None:
    for name in Settings.model_fields:
        assert f"| `{name.upper()}` |" in README
