import hashlib
from datetime import date

import pytest

from orchestration.sample import generate_sample


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_arguments_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        generate_sample(tmp_path / name, customers=80, seed=5, days=70)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_another_seed_gives_other_data(tmp_path):
    for seed in (5, 6):
        generate_sample(tmp_path / str(seed), customers=80, seed=seed, days=70)
    assert digests(tmp_path / "5") != digests(tmp_path / "6")


def test_a_new_sample_replaces_the_old_one_and_nothing_else(tmp_path):
    neighbour = tmp_path / "landing" / "other_club" / "orders.csv"
    neighbour.parent.mkdir(parents=True)
    neighbour.write_text("order_id\n")
    generate_sample(tmp_path, customers=50, days=40)
    generate_sample(tmp_path, customers=50, days=10)
    generate_sample(tmp_path / "fresh", customers=50, days=10)
    fresh = digests(tmp_path / "fresh")
    assert {
        key: value for key, value in digests(tmp_path).items() if "fresh" not in key
    } == fresh | {"landing/other_club/orders.csv": hashlib.sha256(b"order_id\n").hexdigest()}


@pytest.mark.parametrize(("customers", "days"), [(1, 1), (1, 400), (2, 3), (7, 30), (2000, 20)])
def test_any_size_works(tmp_path, customers, days):
    summary = generate_sample(tmp_path, customers=customers, days=days)
    assert (summary.last_day - summary.first_day).days == days - 1
    assert summary.organizations["riverside_club"]["members"].rows >= 1
    listed = tmp_path / "landing" / "riverside_club" / "members" / f"members_{summary.last_day}.csv"
    assert len(listed.read_text().splitlines()) > 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"customers": 0}, "customers cannot be 0: give a whole number of 1 or more"),
        ({"seed": -1}, "seed cannot be -1: give a whole number of 0 or more"),
        ({"days": 0}, "days cannot be 0: give a whole number of 1 or more"),
        ({"first_day": date(9999, 12, 1), "days": 40}, "must end in the year 9999"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_written(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=message):
        generate_sample(tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()


def test_the_summary_counts_what_the_files_hold(sample):
    for export, summary in sample.exports.items():
        assert sample.value(f"select count(*) from {export}_files") == summary.rows
        assert len(list((sample.landing / export).iterdir())) == summary.files


def test_every_row_is_well_formed_messy_or_skipped(sample):
    for export, summary in sample.exports.items():
        well_formed = sample.value(f"select count(*) from {export}")
        left_out = summary.quarantined + summary.skipped
        assert well_formed + left_out == summary.rows
