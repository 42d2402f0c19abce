import pyarrow as pa

from orchestration.markdown import markdown


def test_a_table_is_written_as_markdown_with_each_value_in_its_own_cell():
    table = pa.table({"id": ["b1", None], "note": ["a|b", "two\nlines"]})
    assert markdown(table).splitlines() == [
        "| id | note |",
        "| --- | --- |",
        "| b1 | a\\|b |",
        "|  | two lines |",
    ]
