"""Small files in the shape of real systems, mapped without a hand's help."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from orchestration.exports.proposing.sampling import ProposalError
from orchestration.exports.proposing.sources import Certainty

AMBIGUOUS = "Order No,Customer,Order Date,Total\n1,a,03/04/2024,10.00\n2,b,05/04/2024,9.00\n"


def sources(mapper: Any, content: str, export: str) -> dict[str, str]:
    proposal = mapper.propose(content, export)
    return {name: source.sql for name, source in proposal.columns.items() if source.sql}


def test_group_headings_totals_and_footers_are_dropped_and_carried_down(mapper: Any) -> None:
    text = (
        "Sales by Customer Detail\nAcme\n\n"
        ",Date,Transaction Type,Num,Product/Service,Qty,Sales Price,Amount\n"
        "Abbott & Sons\n"
        ',01/31/2024,Invoice,1001,Widget,2,"1,500.00","3,000.00"\n'
        ",02/01/2024,Credit Memo,1002,Widget,-1,15.00,-15.00\n"
        'Total for Abbott & Sons,,,,,1,,"$2,985.00"\n'
        "Baker\n,02/02/2024,Invoice,1003,Gadget,1,5.00,5.00\nTotal for Baker,,,,,1,,$5.00\n"
        'TOTAL,,,,,2,,"$2,990.00"\n\n"Friday, Apr 05, 2024 10:23:15 AM - Accrual Basis"\n'
    )
    trial = mapper.load(text, "order_lines")
    assert (trial.rows_good, trial.rows_quarantined, trial.refusal) == (3, 0, "")
    rows = trial.rows.to_pylist()
    assert [row["customer_id"] for row in rows] == ["Abbott & Sons", "Abbott & Sons", "Baker"]
    assert rows[0]["ordered_at"] == datetime(2024, 1, 31, tzinfo=UTC)
    assert [row["unit_price"] for row in rows] == [Decimal(1500), Decimal(15), Decimal(5)]


def test_fields_on_the_first_line_of_an_order_are_carried_down_within_it(mapper: Any) -> None:
    text = (
        "Order Reference,Order Date,Customer,Order Lines/Product,Order Lines/Quantity,"
        "Order Lines/Unit Price\n"
        'S1,2024-03-01 10:00:00,Ana,Chair,1,"$ 32.000,00"\n,,,Table,2,"$ 1.500,50"\n'
        'S2,2024-03-02 10:00:00,,Lamp,3,"$ 10,00"\n,,,Chair,1,"$ 32.000,00"\n'
        'S3,2024-03-03 10:00:00,Bo,Lamp,1,"$ 10,00"\n'
    )
    rows = mapper.load(text, "order_lines").rows.to_pylist()
    assert [(r["order_id"], r["line_number"], r["customer_id"]) for r in rows] == [
        ("S1", 1, "Ana"), ("S1", 2, "Ana"), ("S2", 1, None), ("S2", 2, None), ("S3", 1, "Bo"),
    ]  # fmt: skip
    assert rows[0]["unit_price"] == Decimal(32000)


def test_the_same_file_as_orders_keeps_one_row_each_and_no_offers(mapper: Any) -> None:
    text = (
        "Order Reference,Order Date,Customer,Status,Total,Order Lines/Product\n"
        "S1,2024-03-01,Ana,Sales Order,10.00,Chair\n,,,,,Table\n"
        "S2,2024-03-02,Bo,Quotation,20.00,Lamp\n,,,,,Lamp\nS3,2024-03-02,Bo,Locked,5.00,Lamp\n"
    )
    trial = mapper.load(text, "orders")
    assert [row["order_id"] for row in trial.rows.to_pylist()] == ["S1", "S3"]
    assert (trial.rows_skipped, trial.refusal) == (3, "")


def test_a_preamble_a_dash_for_nothing_and_spanish_names(mapper: Any) -> None:
    text = (
        "Club;;;;;;;\nReservas;;;;;;;\n"
        "ID reserva;Fecha de creación;Inicio;Fin;Pista;ID cliente;Precio;Estado\n"
        "r1;25/03/2024 16:00;28/03/2024 19:00;28/03/2024 20:30;Pista 1;c1;1.306,00 €;Jugada\n"
        "r2;25/03/2024 16:00;28/03/2024 19:00;28/03/2024 20:00;-;c2;12,50 €;Cancelada\n"
        "r3;25/03/2024 16:00;28/03/2024 19:00;28/03/2024 20:00;-;-;-;Bloqueada\n"
    )
    trial = mapper.load(text, "bookings", "Europe/Madrid")
    assert (trial.rows_good, trial.rows_skipped, trial.refusal) == (2, 1, "")
    first, second = trial.rows.to_pylist()
    assert first["starts_at"] == datetime(2024, 3, 28, 18, tzinfo=UTC)
    assert (first["duration_minutes"], first["revenue"]) == (90, Decimal(1306))
    assert (first["status"], second["status"]) == ("attended", "cancelled")
    assert second["court_id"] is None


def test_labelled_prices_a_totals_row_line_breaks_and_duplicate_headers(mapper: Any) -> None:
    text = (
        "\ufeffConfirmation #,Name,Reservation Type,Start Date/Time,End Date/Time,Member #,Name,"
        "Status,Fee\r\n"
        '48,Open,Singles,6/14/2024 10:30 AM,6/14/2024 11:30 AM,10,"Lee, Ann\n(Guest)",Checked In,'
        "(Drop-in) $16.00\r\n"
        "49,Open,Singles,6/1/2024 9:30 PM,6/1/2024 11:00 PM,11,Bob,Cancelled By Member,\r\n"
        'Total,,,,,,,,"$16.00"\r\n'
    )
    trial = mapper.load(text, "bookings")
    rows = trial.rows.to_pylist()
    assert (trial.rows_good, trial.rows_skipped) == (2, 1)
    assert [(row["revenue"], row["status"]) for row in rows] == [(16, "attended"), (0, "cancelled")]


def test_names_and_years_are_made_of_their_parts(mapper: Any) -> None:
    text = (
        "Member #,First Name,Last Name,Email,Member Since,Membership Status,Zip Code,Date Of Birth\n"
        "1,Ann,Lee,ann@x.org,01/31/2020,Active,2139,05/17/1980\n"
        "2,Bob,Ray,bob@x.org,02/01/2021,Frozen,94107,01/02/1990\n"
    )
    first, second = mapper.load(text, "members").rows.to_pylist()
    assert (first["name"], first["birth_year"], first["home_zip_code"]) == (
        "Ann Lee",
        1980,
        "02139",
    )
    assert (second["status"], second["email"]) == ("paused", "bob@x.org")


def test_json_records_are_mapped_by_their_names(mapper: Any) -> None:
    records = [
        {
            "orderId": 1,
            "created_at": "2024-03-01T10:00:00Z",
            "total": 5.5,
            "customer": {"id": "c1"},
        },
        {"orderId": 2, "created_at": "2024-03-02T10:00:00Z", "total": 7, "customer": {"id": "c2"}},
    ]
    trial = mapper.load(json.dumps({"data": records}), "orders", name="export.json")
    assert [row["customer_id"] for row in trial.rows.to_pylist()] == ["c1", "c2"]


def test_an_open_order_of_days_is_refused_until_it_is_decided(mapper: Any) -> None:
    proposal = mapper.propose(AMBIGUOUS, "orders")
    assert proposal.columns["ordered_at"].certainty is Certainty.OPEN
    assert not proposal.is_complete
    trial = mapper.load(AMBIGUOUS, "orders")
    assert "days or months come first" in trial.refusal
    assert "'%d/%m/%Y' and '%m/%d/%Y'" in trial.refusal


def test_a_column_with_a_proven_order_decides_for_the_others(mapper: Any) -> None:
    text = "Order No,Customer,Order Date,Due,Total\n1,a,03/04/2024,25/04/2024,1\n2,b,05/04/2024,26/04/2024,2\n"
    source = mapper.propose(text, "orders").columns["ordered_at"]
    assert source.sql == "local_time(\"Order Date\", '%d/%m/%Y')"
    assert source.certainty is Certainty.MEDIUM
    assert "Due" in source.reasons[-1]


def test_a_state_that_means_nothing_known_is_named(mapper: Any) -> None:
    text = "Order No,Date,Total,Status\n" + "".join(
        f"{n},2024-03-0{n},1.00,{status}\n" for n, status in enumerate(["Paid", "Paid", "Xyzzy"], 1)
    )
    source = mapper.propose(text, "orders").columns["status"]
    assert source.certainty is Certainty.LOW
    assert "'Xyzzy'" in " ".join(source.reasons)


def test_a_required_column_that_is_not_there_is_said_to_be_missing(mapper: Any) -> None:
    proposal = mapper.propose("Order No,Customer\n1,a\n2,b\n", "orders")
    assert proposal.columns["ordered_at"].certainty is Certainty.MISSING
    assert not proposal.is_complete


def test_real_sales_are_mapped_as_their_example_does(mapper: Any, shared_data: Any) -> None:
    folder = shared_data / "landing"
    invoices = sorted((folder / "uk_retailer" / "order_lines").iterdir())[0].read_bytes()
    trial = mapper.load(invoices, "order_lines", "Europe/London")
    assert trial.refusal == ""
    assert set(trial.sources) == {
        "order_id", "customer_id", "ordered_at", "product_id", "product_name", "quantity",
        "unit_price", "country",
    }  # fmt: skip
    panel = (folder / "cdnow" / "orders" / "orders_1998-06-30.txt").read_bytes()
    trial = mapper.load(panel, "orders", "America/New_York")
    assert (trial.rows_good, trial.rows_quarantined, trial.refusal) == (69_659, 0, "")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is empty"),
        (
            "Dear customer,\n\nthank you for the order. It comes soon, and well.\nRegards\n",
            "No table",
        ),
        (b"PK\x03\x04" + b"\0" * 60, "workbook"),
        (b"%PDF-1.7\n%\xe2\xe3", "is a PDF"),
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (bytes(range(256)) * 20, "is not text"),
        ("Order No,Customer,Order Date,Total\n", "no rows"),
        ('{"error": ', "JSON"),
    ],
)
def test_what_is_no_table_is_said_in_one_sentence(mapper: Any, content: str, says: str) -> None:
    with pytest.raises(ProposalError, match=says):
        mapper.propose(content, "orders")


def test_an_unknown_export_is_named_with_the_known_ones(mapper: Any) -> None:
    with pytest.raises(ProposalError, match=r"sales is no export; known are .*orders"):
        mapper.propose(AMBIGUOUS, "sales")


def test_amounts_beside_debit_and_credit_are_in_doubt(mapper: Any) -> None:
    content = (
        "Order Number,Customer Number,Order Date,Amount,Side\n"
        "1,C1,2024-03-14,10.00,D\n2,C2,2024-03-15,4.00,C\n3,C1,2024-03-16,5.00,D\n"
    )
    revenue = mapper.propose(content, "orders").columns["order_revenue"]
    assert revenue.certainty is Certainty.LOW
    assert any("'Side'" in reason for reason in revenue.reasons)
