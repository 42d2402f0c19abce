"""Headers of the field's systems, matched as a whole."""

from collections import Counter
from typing import Any

import pytest

from orchestration.exports.contracts import load_contracts
from orchestration.exports.proposing.meanings import read_meaning
from orchestration.exports.proposing.vocabulary import Vocabulary, tokens

SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Taxes,Total,Id\n"
    "#1001,a@x.org,paid,2024-03-01 10:00:00 -0400,fulfilled,USD,10.00,1.00,11.00,551\n"
    "#1002,b@x.org,paid,2024-03-02 10:00:00 -0400,,USD,12.00,1.00,13.00,552\n"
)
SAP = (
    "Verkaufsbeleg;Position;Auftraggeber;Belegdatum;Material;Bezeichnung;Auftragsmenge;Nettopreis\n"
    "4500001;10;10001;31.01.2024;M-1;Schraube;1,000;1.250,50\n"
    "4500001;20;10001;31.01.2024;M-2;Mutter;3,000;2,50\n"
)
SALESFORCE = (
    '"Opportunity ID","Opportunity Name","Stage","Amount","Probability (%)","Close Date",'
    '"Created Date","Lead ID"\n'
    '"0061","Big","Closed Won","1000","100","1/31/2024","12/15/2023","00Q1"\n'
    '"0062","Small","Negotiation/Review","50","75","2/29/2024","12/16/2023","00Q2"\n'
)
ZOHO = (
    "Lead Id,Lead Owner,Company,Email,Lead Status,Created Time\n"
    "z1,Bob,Acme,a@acme.com,Not Contacted,2024-03-01 10:00:00\n"
    "z2,Bob,Beta,b@beta.com,Junk Lead,2024-03-02 10:00:00\n"
)
FACTURES = (
    "Numéro de facture;Date de facture;Code client;Référence;Désignation;Qté;PU HT\n"
    "F1;31/01/2024;C1;R1;Chaise;2;10,50 €\nF2;01/02/2024;C2;R2;Table;1;1 110,00 €\n"
)
BELEGE = (
    "Belegnr.;Kundennr.;Kunde;Belegdatum;Artikelnr.;Bezeichnung;Menge;Einzelpreis\n"
    "RE-1;10023;Müller GmbH;31.01.2024;A-1;Schläger;2;1.249,90 €\n"
    "RE-2;10024;Maier AG;01.02.2024;A-2;Bälle;1;3,50 €\n"
)


@pytest.mark.parametrize(
    ("content", "export", "expected"),
    [
        (SHOPIFY, "orders", {"order_id": '"Id"', "customer_id": '"Email"',
                             "order_revenue": 'money("Subtotal")', "currency": '"Currency"'}),
        (SAP, "order_lines", {"order_id": '"Verkaufsbeleg"', "line_number": '"Position"',
                              "customer_id": '"Auftraggeber"', "product_id": '"Material"',
                              "ordered_at": "local_time(\"Belegdatum\", '%d.%m.%Y')",
                              "quantity": 'money("Auftragsmenge")',
                              "unit_price": 'money("Nettopreis")'}),
        (SALESFORCE, "deals", {"deal_id": '"Opportunity ID"', "lead_id": '"Lead ID"',
                               "deal_value": 'money("Amount")',
                               "close_probability": 'money("Probability (%)") / 100',
                               "closed_at": "local_time(\"Close Date\", '%m/%d/%Y')"}),
        (ZOHO, "leads", {"lead_id": '"Lead Id"', "company_name": '"Company"', "email": '"Email"',
                         "created_at": '"Created Time"'}),
        (FACTURES, "order_lines", {"order_id": '"Numéro de facture"', "product_id": '"Référence"',
                                   "product_name": '"Désignation"', "quantity": 'money("Qté")',
                                   "customer_id": '"Code client"', "unit_price": 'money("PU HT")'}),
        (BELEGE, "order_lines", {"order_id": '"Belegnr."', "customer_id": '"Kundennr."',
                                 "product_id": '"Artikelnr."'}),
    ],
    ids=["shopify", "sap", "salesforce", "zoho", "factures", "belege"],
)  # fmt: skip
def test_a_systems_names_are_understood(
    mapper: Any, content: str, export: str, expected: dict[str, str]
) -> None:
    columns = mapper.propose(content, export).columns
    assert {name: columns[name].sql for name in expected} == expected


def test_names_are_compared_without_case_accents_signs_and_plurals() -> None:
    assert tokens("Confirmation #") == tokens("confirmation Number")
    assert tokens("OrderDate") == tokens("order_date") == tokens("Order Dates")
    assert tokens("Numéro de facture") == tokens("FACTURE no")[::-1]


def test_a_telling_word_more_makes_it_another_thing() -> None:
    vocabulary = Vocabulary(load_contracts()["orders"])
    assert vocabulary.likeness("Customer", "customer_id") > 0.85
    assert vocabulary.likeness("Customer Discount", "customer_id") < 0.4
    assert vocabulary.likeness("Number of CDs", "order_id") < 0.4


def test_every_contract_has_names_for_its_columns() -> None:
    for contract in load_contracts().values():
        vocabulary = Vocabulary(contract)
        for column in contract.columns:
            assert vocabulary.likeness(column, column) == 1


@pytest.mark.parametrize(
    ("word", "value"),
    [("Checked in", "attended"), ("Cancelled by member", "cancelled"), ("Paid", "booked"),
     ("No Show", "no_show"), ("Storniert", "cancelled"), ("Finalizado", "attended")],
)  # fmt: skip
def test_a_systems_words_for_a_state_are_understood(word: str, value: str) -> None:
    allowed = load_contracts()["bookings"].columns["status"].allowed
    assert allowed is not None
    assert read_meaning("bookings", "status", allowed, Counter([word])).known == {word: value}
