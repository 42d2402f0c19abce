"""Small tables as Markdown, for people who read them in Dagster's UI."""

import pyarrow as pa


def markdown(table: pa.Table) -> str:
    """Write a small table as Markdown."""
    lines = [table.column_names, ["---"] * table.num_columns]
    lines += [[_cell(value) for value in row.values()] for row in table.to_pylist()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    return "" if value is None else " ".join(str(value).split()).replace("|", "\\|")
