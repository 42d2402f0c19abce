"""Text of SQL: quoting, and rows of text as a relation."""

from collections.abc import Iterable, Sequence


def identifier(name: str) -> str:
    """Quote a name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text value."""
    return "'" + text.replace("'", "''") + "'"


def values(names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """Return a query that yields rows of text, of which there may be none.

    The first of the ``names`` is of a column that is never null.
    """
    # A row of typed nulls gives the columns their types, whatever the others hold.
    listed = [", ".join(["cast(null as varchar)"] * len(names))]
    listed += [", ".join("null" if v is None else literal(v) for v in row) for row in rows]
    rows_text = ", ".join(f"({row})" for row in listed)
    columns = ", ".join(map(identifier, names))
    return (
        f"select * from (values {rows_text}) as given ({columns}) "
        f"where {identifier(names[0])} is not null"
    )
