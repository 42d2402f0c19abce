"""Values that stand on the first line of a group alone."""

from typing import Any

SHOP = (
    "Name,Customer Number,Financial Status,Created at,Lineitem sku,Lineitem quantity,Lineitem price\n"
    "#1,C1,paid,2024-03-01 10:00:00,A,1,5.00\n"
    "#1,,,,B,2,6.00\n"
    "#2,,paid,2024-03-02 10:00:00,A,1,5.00\n"
    "#3,C3,paid,2024-03-03 10:00:00,C,3,7.00\n"
    "#3,,,,A,1,5.00\n"
)


def test_where_the_key_repeats_another_column_marks_the_first_lines(mapper: Any) -> None:
    customers = [row["customer_id"] for row in mapper.load(SHOP, "order_lines").rows.to_pylist()]
    assert customers == ["C1", "C1", None, "C3", "C3"]
