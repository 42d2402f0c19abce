from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import pytest

from orchestration.exports.landing.zone import ExportFile, Landing
from orchestration.exports.loading.ingestion import Progress
from orchestration.exports.loading.results import DeliveryRefused, FileStatus
from tests.orchestration.exports.loading.conftest import GOOD, many


def test_canonical_files_load_without_a_mapping(exports: Any) -> None:
    exports.deliver_orders(GOOD, "o2,,2024-05-01T10:00:00Z,-3.5,returned")
    result = exports.load()
    nine = datetime(2024, 5, 1, 9, tzinfo=UTC)
    ten = datetime(2024, 5, 1, 10, tzinfo=UTC)
    path, day = "shop/orders/orders_2024-05-01.csv", date(2024, 5, 1)
    assert exports.orders() == [
        ("o1", "c1", nine, Decimal("10.00"), "placed", day, path, 2),
        ("o2", None, ten, Decimal("-3.50"), "returned", day, path, 3),
    ]
    assert (result.rows_read, result.rows_loaded) == (2, 2)
    assert result.preview["order_id"].to_pylist() == ["o1", "o2"]


def test_bad_rows_go_to_quarantine_with_every_reason_and_the_rest_loads(exports: Any) -> None:
    exports.deliver_orders(
        *many(60), "o1,c1,yesterday,lots,lost", ",c1,2024-05-01 10:00:00,1,placed"
    )
    result = exports.load()
    assert len(exports.orders()) == 60
    [first, second] = exports.quarantine()
    assert first[:2] == (62, "o1,c1,yesterday,lots,lost")
    assert first[2].splitlines() == [
        "ordered_at: (\"ordered_at\" = 'yesterday') cannot be understood as time".replace(
            "(", ""
        ).replace(")", ""),
        "order_revenue: \"order_revenue\" = 'lots' cannot be understood as money",
        "status: lost is not one of placed, fulfilled, cancelled, returned",
    ]
    assert second == (
        63,
        ",c1,2024-05-01 10:00:00,1,placed",
        "order_id: nothing where a value is required",
    )
    assert exports.ledger() == [("shop/orders/orders_2024-05-01.csv", "loaded", 62, 60, 2, 0)]
    assert (result.rows_read, result.rows_quarantined) == (62, 2)


def test_a_mapped_value_that_fails_names_column_expression_and_value(exports: Any) -> None:
    exports.organize(orders={"columns": {"order_revenue": 'money("Total")', "order_id": '"No"'}})
    rows = "".join(f"{n},2024-05-01 10:00:00,1\n" for n in range(30))
    exports.deliver(
        "orders/orders_2024-05-01.csv", f"No,ordered_at,Total\n{rows}x,2024-05-01 10:00:00,free\n"
    )
    exports.load()
    [(line, _, reasons)] = exports.quarantine()
    assert line == 32
    assert (
        reasons == 'order_revenue: "Total" = \'free\' is not understood by money("Total") as money'
    )


def test_a_mapping_that_yields_nothing_for_a_required_column_quarantines(exports: Any) -> None:
    exports.organize(orders={"columns": {"order_id": "nullif(order_id, 'none')"}})
    exports.deliver_orders(*many(30), "none,c1,2024-05-01 10:00:00,1,placed")
    exports.load()
    [(_, _, reasons)] = exports.quarantine()
    assert reasons == (
        "order_id: nothing where a value is required (nullif(order_id, 'none') of \"order_id\" = 'none')"
    )


def test_rows_that_keep_leaves_out_are_counted_as_skipped(exports: Any) -> None:
    exports.organize(orders={"keep": "order_id not like 'Total%'"})
    exports.deliver_orders(GOOD, "Total,,,10.00,", ",,,,")
    exports.load()
    assert exports.ledger()[0][2:] == (3, 1, 0, 2)


def test_a_second_run_changes_nothing(exports: Any) -> None:
    exports.deliver_orders(GOOD)
    exports.load()
    before = exports.rows("select * from raw.orders"), exports.rows("select * from ops.file_loads")
    result = exports.load()
    assert [file.status for file in result.files] == [FileStatus.UNCHANGED]
    assert result.load_ids == []
    after = exports.rows("select * from raw.orders"), exports.rows("select * from ops.file_loads")
    assert before == after


def test_a_redelivered_file_replaces_what_it_loaded_and_tells_which_keys_went(exports: Any) -> None:
    exports.deliver_orders(*many(30), "bad", GOOD)
    exports.load()
    exports.deliver_orders(GOOD.replace("10.00", "12.00"))
    exports.load()
    assert [(row[0], row[3]) for row in exports.orders()] == [("o1", Decimal("12.00"))]
    assert exports.quarantine() == []
    assert [row[1] for row in exports.ledger()] == ["superseded", "loaded"]
    removed = exports.rows(
        "select organization_id, order_id, removed_by_load_id from ops.removed_orders"
    )
    assert len(removed) == 30
    assert ("shop", "o100", 2) in removed


def test_a_changed_mapping_loads_its_files_anew(exports: Any) -> None:
    exports.deliver_orders(GOOD)
    exports.load()
    exports.organize(orders={"columns": {"order_id": "'web-' || order_id"}})
    exports.load()
    assert [row[0] for row in exports.orders()] == ["web-o1"]


def test_a_delivery_over_the_limit_is_refused_and_the_last_good_state_stays(exports: Any) -> None:
    exports.deliver_orders(GOOD)
    exports.load()
    before = exports.orders()
    exports.deliver_orders(*many(8), "o1,c1,never,1,placed", "o2,c1,never,1,placed")
    result = exports.load()
    assert exports.orders() == before
    assert exports.quarantine() == []
    assert exports.ledger()[0][1] == "loaded"
    assert exports.ledger()[1][1:] == ("refused", 10, 0, 2, 0)
    with pytest.raises(
        DeliveryRefused, match=r"2 of 10 rows \(20.0%\).*limit of 5% \(line 10: ordered_at"
    ):
        result.raise_if_refused()


def test_a_refused_delivery_is_judged_again_but_noted_once(exports: Any) -> None:
    exports.deliver_orders("o1,c1,never,1,placed")
    exports.load()
    noted = exports.rows("select * from ops.file_loads")
    assert exports.load().refusals
    assert exports.rows("select * from ops.file_loads") == noted
    exports.deliver_orders(GOOD)
    assert not exports.load().refusals
    assert [row[1] for row in exports.ledger()] == ["cleared", "loaded"]


def test_a_refused_delivery_does_not_hold_up_the_others(exports: Any) -> None:
    exports.deliver_orders("o1,c1,never,1,placed", day="2024-05-01")
    exports.deliver_orders(GOOD, day="2024-05-02")
    result = exports.load()
    assert [file.status for file in result.files] == [FileStatus.REFUSED, FileStatus.LOADED]
    assert len(exports.orders()) == 1


def test_all_parts_of_a_delivery_stand_or_fall_together(exports: Any) -> None:
    exports.organize(orders={"files": "orders/orders_{date}*.csv"})
    exports.deliver_orders(*many(10), part="_a")
    exports.deliver_orders("o1,c1,never,1,placed", part="_b")
    result = exports.load()
    assert [file.status for file in result.files] == [FileStatus.REFUSED] * 2
    assert exports.orders() == []


def test_of_rows_with_the_same_key_in_a_delivery_the_last_stands(exports: Any) -> None:
    exports.organize(orders={"files": "orders/orders_{date}*.csv"})
    again = GOOD.replace("10.00", "11.00"), GOOD.replace("10.00", "12.00")
    exports.deliver_orders(GOOD, again[0], part="_a")
    exports.deliver_orders(again[1], "o2,c1,2024-05-01 10:00:00,1,placed", part="_b")
    result = exports.load()
    assert [(row[0], row[3]) for row in exports.orders()] == [
        ("o1", Decimal(12)),
        ("o2", Decimal(1)),
    ]
    replaced = (
        "same key (order_id=o1) as line 2 of shop/orders/orders_2024-05-01_b.csv, which replaces it"
    )
    assert exports.quarantine() == [(2, GOOD, replaced), (3, again[0], replaced)]
    assert not result.refusals
    assert [row[2:] for row in exports.ledger()] == [(2, 0, 2, 0), (2, 2, 0, 0)]


def test_a_part_that_arrives_later_is_judged_with_the_earlier_ones(exports: Any) -> None:
    exports.organize(orders={"files": "orders/orders_{date}*.csv"})
    exports.deliver_orders(GOOD, part="_a")
    exports.load()
    exports.deliver_orders(GOOD.replace("10.00", "12.00"), part="_b")
    exports.load()
    assert [(row[3], row[6][-5:]) for row in exports.orders()] == [(Decimal(12), "b.csv")]


LINES = "order_id,ordered_at,product_id,quantity,unit_price\n"


def test_lines_without_a_number_are_counted_by_position_and_identical_ones_kept(
    exports: Any,
) -> None:
    line = "1,2024-05-01 10:00:00,p1,1,2.50\n"
    exports.deliver(
        "order_lines/order_lines_2024-05-01.csv", LINES + line + line.replace("1,", "2,", 1) + line
    )
    result = exports.load("order_lines")
    numbers = exports.rows("select order_id, line_number, _line from raw.order_lines order by 1, 2")
    assert numbers == [("1", 1, 2), ("1", 2, 4), ("2", 1, 3)]
    assert result.duplicate_lines == 1


def test_positions_count_within_their_file_when_many_are_read_together(exports: Any) -> None:
    line = "1,2024-05-01 10:00:00,p1,1,2.50\n"
    for day in range(1, 6):
        exports.deliver(f"order_lines/order_lines_2024-05-0{day}.csv", LINES + line * day)
    exports.load("order_lines")
    numbers = exports.rows(
        "select _export_date, line_number, _line from raw.order_lines order by 1, 2"
    )
    assert numbers == [
        (date(2024, 5, day), n, n + 1) for day in range(1, 6) for n in range(1, day + 1)
    ]


def test_positions_continue_over_the_parts_of_a_delivery(exports: Any) -> None:
    exports.organize(order_lines={"files": "lines_{date}*.csv"})
    line = "1,2024-05-01 10:00:00,p1,1,2.50\n"
    exports.deliver("lines_2024-05-01_a.csv", LINES + line * 2)
    exports.deliver("lines_2024-05-01_b.csv", LINES + line + line.replace("1,", "2,", 1))
    exports.load("order_lines")
    numbers = exports.rows("select order_id, line_number from raw.order_lines order by 1, 2")
    assert numbers == [("1", 1), ("1", 2), ("1", 3), ("2", 1)]


class LandingOfASlowWriter(Landing):
    """A landing whose files grow by a line while they are read."""

    def open(self, file: ExportFile) -> IO[bytes]:
        with Path(self.location(file)).open("a") as writer:
            writer.write("o2,c1,2024-05-01,1,placed\n")
        return super().open(file)


def test_a_file_that_is_still_being_written_waits_for_the_next_run(exports: Any) -> None:
    exports.deliver_orders(GOOD)
    result = exports.load(landing_type=LandingOfASlowWriter)
    assert [one.status for one in result.files] == [FileStatus.POSTPONED]
    assert "still being written" in result.files[0].message
    assert (exports.orders(), exports.ledger()) == ([], [])
    assert [one.status for one in exports.load().files] == [FileStatus.LOADED]
    assert len(exports.orders()) == 2


def test_a_file_that_changes_after_it_was_fetched_is_taken_back(exports: Any) -> None:
    class LandingOfALateWriter(Landing):
        looks = 0

        def is_unchanged(self, file: ExportFile) -> bool:
            self.looks += 1
            if self.looks > 1:
                Path(self.location(file)).write_text("cut off")
            return super().is_unchanged(file)

    exports.deliver_orders(GOOD)
    result = exports.load(landing_type=LandingOfALateWriter)
    assert [one.status for one in result.files] == [FileStatus.POSTPONED]
    assert (exports.orders(), exports.ledger()) == ([], [])


def test_organizations_do_not_see_each_others_files(exports: Any) -> None:
    exports.deliver_orders(GOOD)
    exports.load()
    exports.organize("other")
    exports.deliver_orders(GOOD)
    exports.load()
    owners = exports.rows("select organization_id, _file from raw.orders order by 1")
    assert owners == [
        ("other", "other/orders/orders_2024-05-01.csv"),
        ("shop", "shop/orders/orders_2024-05-01.csv"),
    ]


def test_a_crash_leaves_the_previous_state_and_the_next_run_repairs_it(exports: Any) -> None:
    class LandingThatDies(Landing):
        looks = 0

        def is_unchanged(self, file: ExportFile) -> bool:
            self.looks += 1
            if self.looks > 1:
                raise ConnectionError("the machine died")
            return super().is_unchanged(file)

    exports.deliver_orders(GOOD)
    exports.load()
    before = exports.orders(), exports.ledger()
    exports.deliver_orders(GOOD.replace("10.00", "12.00"))
    with pytest.raises(ConnectionError):
        exports.load(landing_type=LandingThatDies)
    assert (exports.orders(), exports.ledger()) == before
    exports.load()
    assert [row[3] for row in exports.orders()] == [Decimal(12)]


def test_progress_is_told_as_files_are_done(duckdb_exports: Any) -> None:
    duckdb_exports.deliver_orders(GOOD)
    told: list[Progress] = []
    duckdb_exports.load(on_progress=told.append)
    assert told == [Progress("orders", files_done=1, files_total=1, rows_loaded=1)]


def test_a_refusal_stays_noted_when_another_export_reads_the_same_file(exports: Any) -> None:
    one_file = {"files": "sales/sales_{date}.csv"}
    exports.organize(orders=one_file, order_lines=one_file)
    header = "order_id,ordered_at,order_revenue,product_id,quantity,unit_price\n"
    exports.deliver("sales/sales_2024-05-01.csv", f"{header}o1,2024-05-01 10:00:00,lots,tea,1,2\n")
    assert exports.load("orders").refusals
    assert not exports.load("order_lines").refusals
    assert exports.rows("select export, status from ops.file_loads order by export") == [
        ("order_lines", "loaded"),
        ("orders", "refused"),
    ]


def test_prices_keep_fractions_of_a_cent(exports: Any) -> None:
    header = "order_id,ordered_at,product_id,quantity,unit_price\n"
    exports.deliver(
        "order_lines/order_lines_2024-05-01.csv",
        f"{header}o1,2024-05-01 10:00:00,screw,10000,0.0125\n",
    )
    exports.load("order_lines")
    assert exports.rows("select unit_price from raw.order_lines") == [(Decimal("0.012500"),)]


def test_many_small_files_load_where_a_rule_lists_many_values(exports: Any) -> None:
    header = "interaction_id,customer_id,interaction_type,status,interaction_at\n"
    for day in range(1, 25):
        rows = [f"{day}-{n},c1,call,completed,2024-05-01 10:00:00\n" for n in range(1000)]
        exports.deliver(f"interactions/interactions_2024-05-{day:02}.csv", header + "".join(rows))
    result = exports.load("interactions")
    assert (result.rows_read, result.rows_loaded) == (24_000, 24_000)
