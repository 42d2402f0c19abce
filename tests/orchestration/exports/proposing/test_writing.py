"""Whatever a file's columns are called, the mapping is YAML that says the same."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.exports.proposing.proposal import propose
from orchestration.exports.proposing.writing import Identity, write_mapping

ODD_NAMES = [
    'Order: "No" #1',
    "It's the date",
    "Total\nnet",
    "=cmd|' /C calc'!A0",
    "yes",
    "\u2028x",
]


@pytest.mark.parametrize("odd", ODD_NAMES)
def test_odd_names_survive(mapper: Any, odd: str) -> None:
    quoted = '"' + odd.replace('"', '""') + '"'
    text = f"Order No,Order Date,Total,{quoted}\n1,2024-01-31,5,x\n2,2024-02-01,7,y\n"
    trial = mapper.load(text, "orders")
    assert (trial.rows_good, trial.refusal) == (2, "")


def test_an_odd_name_that_is_used_survives(mapper: Any) -> None:
    text = 'Order No,"Order Date: ""it\'s"" ( #x)",Total\n1,31.01.2024,5\n2,01.02.2024,7\n'
    trial = mapper.load(text, "orders")
    assert trial.sources["ordered_at"].startswith('local_time("Order Date: ')
    assert (trial.rows_good, trial.refusal) == (2, "")


def test_the_day_in_the_name_becomes_the_pattern(mapper: Any) -> None:
    path: Path = mapper.write("Order No,Date,Total\n1,2024-01-31,5\n", "Sales 20240131.csv")
    text = write_mapping(propose(path, "orders"), Identity("club", "No: 1 club"), path)
    written = yaml.safe_load(text)
    assert written["name"] == "No: 1 club"
    assert written["exports"]["orders"]["files"] == "orders/Sales {date}.csv"


def test_what_nobody_said_is_to_be_checked(mapper: Any) -> None:
    path = mapper.write("Order No,Date,Total\n1,2024-01-31,5\n")
    text = write_mapping(propose(path, "orders"), Identity("club", "Club"), path)
    assert text.count("TO CHECK") == 2
