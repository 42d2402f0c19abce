"""Fingerprints of training data."""

import hashlib

import numpy as np
import pandas as pd


def data_hash(*frames: pd.DataFrame) -> str:
    """Return the SHA-256 of the frames' rows in any order, their columns and types.

    Rows count as sets of values: the index and the order of rows do not matter, the order of
    columns and of frames does.
    """
    digest = hashlib.sha256()
    for frame in frames:
        types = [(str(name), str(kind)) for name, kind in frame.dtypes.items()]
        rows = pd.util.hash_pandas_object(frame, index=False).to_numpy(dtype=np.uint64)
        digest.update(repr((types, len(frame))).encode())
        digest.update(np.sort(rows).tobytes())
    return digest.hexdigest()
