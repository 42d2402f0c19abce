"""Models: data frames in, data frames and fitted estimators out. No Dagster, no SQL."""
