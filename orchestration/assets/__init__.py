"""Assets: thin, they call the rooms and report what came of it."""

OWNER = "team:data"
# Runs that hold this pool wait for each other (dagster.yaml sets its limit).
POOL = "warehouse"
