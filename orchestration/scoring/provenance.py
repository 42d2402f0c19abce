"""Which version made a row."""

import pandas as pd

from orchestration.scoring.champions import Reign


def with_provenance(rows: pd.DataFrame, reign: Reign) -> pd.DataFrame:
    """Return the rows with the name, version and date of the model that made them."""
    return rows.assign(
        model_name=reign.record.model_name,
        model_version=reign.version,
        trained_as_of=reign.record.trained_as_of,
    )
