"""Arrow types that have no column type."""

import pyarrow as pa
import pytest

from orchestration.warehouse import WarehouseError, ddl


@pytest.mark.parametrize("arrow_type", [pa.list_(pa.int64()), pa.struct([]), pa.null()])
def test_nested_and_untyped_columns_are_refused(arrow_type: pa.DataType) -> None:
    with pytest.raises(WarehouseError, match="no column type for Arrow's"):
        ddl.column_type(arrow_type)
