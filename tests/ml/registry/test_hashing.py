"""Fingerprints of data."""

import pandas as pd

from ml.registry import data_hash

FRAME = pd.DataFrame({"customer_id": ["a", "b", None], "value": [1.0, None, 3.0]})


def test_the_order_of_rows_and_their_index_do_not_matter():
    assert data_hash(FRAME) == data_hash(FRAME.iloc[[2, 0, 1]])


def test_values_names_types_and_repeated_rows_do():
    others = [
        FRAME.assign(value=[1.0, None, 3.01]),
        FRAME.rename(columns={"value": "revenue"}),
        FRAME.assign(value=FRAME["value"].astype("float32")),
        pd.concat([FRAME, FRAME.iloc[:1]]),
        FRAME.iloc[:2],
    ]
    assert len({data_hash(one) for one in [FRAME, *others]}) == 6
    assert data_hash(FRAME, others[0]) != data_hash(others[0], FRAME)
