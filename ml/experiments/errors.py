"""What can be wrong with an experiment."""


class ExperimentError(ValueError):
    """A plan cannot be made as asked; the message says why and what to do."""
