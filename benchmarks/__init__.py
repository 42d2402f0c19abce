"""What the pipeline costs beside the bare engine doing the minimum, on generated data."""
