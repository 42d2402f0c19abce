"""Write CSV files for people, whose spreadsheets must not take a value for a formula.

A text that begins with ``=``, ``+``, ``-``, ``@`` (their full-width forms too), a tab, a carriage
return or a line feed gets an apostrophe in front, and so does one that begins with an apostrophe.
The original is therefore always what follows a leading apostrophe, if there is one.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_RISKY_START = r"^([=+\-@\t\r\n'\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}])"


def write_csv(table: pa.Table, path: Path) -> None:
    """Write a table with its column names; texts are neutralised, numbers stay as they are.

    The file is UTF-8 with a byte order mark, by which spreadsheets know the encoding.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with path.open("wb") as file:
        file.write(_BYTE_ORDER_MARK)
        pyarrow.csv.write_csv(neutralised(table), file)


def neutralised(table: pa.Table) -> pa.Table:
    """Return the table with an apostrophe before every text that a spreadsheet might run."""
    return pa.table(
        {
            name: _harmless(column) if pa.types.is_string(column.type) else column
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
    )


def _harmless(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(texts, _RISKY_START, r"'\1", max_replacements=1)
