"""The same behaviour on both engines."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from orchestration.warehouse import Warehouse, WarehouseError

UTC = dt.UTC
SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("quantity", pa.int64()),
        pa.field("is_refund", pa.bool_()),
        pa.field("revenue", pa.decimal128(18, 2)),
        pa.field("weight", pa.decimal128(38, 10)),
        pa.field("ordered_at", pa.timestamp("us", "UTC")),
        pa.field("local_time", pa.timestamp("us")),
        pa.field("order_date", pa.date32()),
        pa.field("score", pa.float64()),
    ]
)
ROWS = pa.Table.from_pylist(
    [
        {
            "id": "naïve 'quoted'\n",
            "quantity": 2**62,
            "is_refund": True,
            "revenue": Decimal("-1234567890123456.78"),
            "weight": Decimal("0.0000000001"),
            "ordered_at": dt.datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            "local_time": dt.datetime(2024, 3, 31, 2, 30),
            "order_date": dt.date(1998, 1, 1),
            "score": 0.1,
        },
        {"id": "all null"},
    ],
    schema=SCHEMA,
)


@pytest.fixture
def orders(warehouse: Warehouse) -> Warehouse:
    """Return a warehouse with an empty table ``raw.orders`` of every type."""
    with warehouse.session() as session:
        session.create_schema("raw")
        session.create_table("raw", "orders", SCHEMA)
    return warehouse


def read(warehouse: Warehouse, sql: str, parameters: tuple[object, ...] = ()) -> pa.Table:
    with warehouse.session() as session:
        return session.query(sql, parameters)


def append(warehouse: Warehouse, *deliveries: pa.Table | pa.RecordBatchReader) -> None:
    with warehouse.session() as session:
        for delivery in deliveries:
            session.ingest("raw", "orders", delivery)


def test_every_type_comes_back_as_it_went_in(orders: Warehouse) -> None:
    with orders.session() as session:
        assert session.ingest("raw", "orders", ROWS) == 2
    back = read(orders, "select * from raw.orders order by id desc")
    assert back.to_pylist() == ROWS.to_pylist()
    assert back.schema.types == SCHEMA.types


def test_a_reader_is_ingested_batch_by_batch(orders: Warehouse) -> None:
    reader = pa.RecordBatchReader.from_batches(SCHEMA, iter(ROWS.to_batches() * 3))
    with orders.session() as session:
        assert session.ingest("raw", "orders", reader) == 6
    assert read(orders, "select count(*) as n from raw.orders")["n"].to_pylist() == [6]


def test_an_empty_delivery_is_no_error(orders: Warehouse) -> None:
    with orders.session() as session:
        assert session.ingest("raw", "orders", ROWS.slice(0, 0)) == 0


def test_columns_are_matched_by_name_and_missing_ones_are_null(orders: Warehouse) -> None:
    append(orders, pa.table({"score": [0.5], "id": ["a"]}))
    assert read(orders, "select id, score, quantity from raw.orders").to_pylist() == [
        {"id": "a", "score": 0.5, "quantity": None}
    ]


def test_narrower_types_are_widened_to_the_tables_own(orders: Warehouse) -> None:
    narrow = pa.table(
        {
            "id": pa.array(["a"], pa.large_string()),
            "quantity": pa.array([3], pa.int8()),
            "score": pa.array([2], pa.int64()),
            "revenue": pa.array([Decimal("1.5")], pa.decimal128(5, 1)),
        }
    )
    append(orders, narrow)
    back = read(orders, "select id, quantity, score, revenue from raw.orders").to_pylist()
    assert back == [{"id": "a", "quantity": 3, "score": 2.0, "revenue": Decimal("1.50")}]


@pytest.mark.parametrize(
    "data",
    [
        pa.table({"id": ["a"], "quantity": ["no number"]}),
        pa.table({"id": ["a"], "colour": ["red"]}),
        pa.table({"id": pa.array([None], pa.string())}),
        pa.table({"id": ["a"], "revenue": [Decimal("12345678901234567.00")]}),
    ],
    ids=["wrong type", "unknown column", "missing value", "too many digits"],
)
def test_rows_that_do_not_fit_are_refused_whole(orders: Warehouse, data: pa.Table) -> None:
    with pytest.raises(WarehouseError):
        append(orders, ROWS, data)
    with pytest.raises(WarehouseError):
        append(orders, ROWS, data.to_reader())
    assert read(orders, "select * from raw.orders").num_rows == 0


def test_an_exception_leaves_the_previous_state(orders: Warehouse) -> None:
    def fail_half_way() -> None:
        with orders.session() as session:
            session.execute("delete from raw.orders")
            session.create_schema("half_done")
            raise ZeroDivisionError

    append(orders, ROWS)
    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert read(orders, "select * from raw.orders").num_rows == 2
    schemas = "select 1 from information_schema.schemata where schema_name = 'half_done'"
    assert read(orders, schemas).num_rows == 0


def test_replacing_touches_the_named_rows_alone(orders: Warehouse) -> None:
    days = [dt.date(2024, 1, 1), dt.date(2024, 1, 2), None]
    before = pa.table({"id": ["a", "b", "c"], "order_date": days, "quantity": [1, 1, 1]})
    with orders.session() as session:
        session.create_index("raw", "orders", ["order_date", "quantity"])
        session.ingest("raw", "orders", before)
    for day in days[1:]:
        with orders.session() as session:
            new = pa.table({"id": ["new"], "order_date": pa.array([day], pa.date32())})
            written = session.replace("raw", "orders", {"order_date": day, "quantity": 1}, new)
            assert written == 1
    back = read(orders, "select id, quantity from raw.orders order by 1, 2").to_pylist()
    assert back == [
        {"id": "a", "quantity": 1},
        {"id": "new", "quantity": None},
        {"id": "new", "quantity": None},
    ]


def test_replacing_without_a_selection_is_refused(orders: Warehouse) -> None:
    with orders.session() as session, pytest.raises(ValueError, match="needs a column"):
        session.replace("raw", "orders", {}, ROWS)


def test_placeholders_take_python_values(warehouse: Warehouse) -> None:
    values = ("O'Hara", 7, Decimal("1.25"), dt.date(2024, 2, 29), True, None)
    casts = "$1::text, $2::bigint, $3::numeric(18, 2), $4::date, $5::boolean, $6::text"
    back = read(warehouse, f"select * from (select {casts}) as row(a, b, c, d, e, f)", values)
    assert tuple(back.to_pylist()[0].values()) == values


def test_sums_stay_exact_decimals(orders: Warehouse) -> None:
    append(orders, ROWS, ROWS)
    total = read(orders, "select sum(revenue) as revenue, sum(quantity) as n from raw.orders")
    assert total.schema.types == [pa.decimal128(38, 2), pa.decimal128(38, 0)]
    assert total.to_pylist() == [{"revenue": Decimal("-2469135780246913.56"), "n": 2**63}]


def test_sessions_work_in_utc(warehouse: Warehouse) -> None:
    midnight = "select cast(timestamptz '2024-01-01 23:30:00-05' as date) as day"
    assert read(warehouse, midnight)["day"].to_pylist() == [dt.date(2024, 1, 2)]


def test_names_keep_their_case_and_quotes(warehouse: Warehouse) -> None:
    data = pa.table({'Order "No"': [1]})
    with warehouse.session() as session:
        session.create_schema("My schema")
        session.create_table("My schema", "select", data.schema)
        session.create_table("My schema", "select", data.schema)
        session.ingest("My schema", "select", data)
        assert session.query('select * from "My schema"."select"').to_pydict() == data.to_pydict()


def test_an_existing_table_is_an_error_where_the_caller_says_so(orders: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="already exists"), orders.session() as session:
        session.create_table("raw", "orders", SCHEMA, if_not_exists=False)


def test_a_missing_table_is_named_in_one_line(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="nowhere") as missing, warehouse.session() as session:
        session.query("select * from nowhere")
    assert "\n" not in str(missing.value)


def test_a_lock_is_free_again_after_its_transaction(warehouse: Warehouse) -> None:
    for _ in range(2):
        with warehouse.session() as session:
            session.lock("daily load")


def test_what_was_committed_in_between_outlives_a_failure(warehouse):
    def fail_after_a_commit() -> None:
        with warehouse.session() as session:
            session.execute("create table kept (number integer)")
            session.execute("insert into kept values (1)")
            session.commit()
            session.execute("insert into kept values (2)")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_a_commit()
    with warehouse.session() as session:
        assert session.query("select number from kept")["number"].to_pylist() == [1]


def test_after_a_commit_the_time_zone_is_utc_still(warehouse):
    with warehouse.session() as session:
        session.commit()
        zone = session.query("select current_setting('TimeZone') as zone")["zone"][0].as_py()
    assert zone == "UTC"
