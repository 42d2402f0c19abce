"""Why a file is not loaded: outcomes, not faults."""


class FileRefused(ValueError):  # noqa: N818 - an outcome, not a fault
    """A file cannot be loaded at all; the message says why and what to do."""


class FileStillChanging(Exception):  # noqa: N818 - an outcome, not a fault
    """A file was written to while it was read: the next run takes it."""


class FileUnavailable(Exception):  # noqa: N818 - an outcome, not a fault
    """A file cannot be had now, though its landing answers: the next run takes it."""
