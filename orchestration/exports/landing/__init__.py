"""The landing zone: what has arrived, wherever it lies, and how a file comes here as text."""
