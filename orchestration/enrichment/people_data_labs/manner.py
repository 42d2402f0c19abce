"""How to ask: how many calls at once, how patiently, and what counts as found."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Manner:
    """How to ask.

    Attributes
    ----------
    connections : calls under way at once
    tries : how often a request is sent that the provider fails at; a bulk is halved each time
    patience : seconds without any answer, or until the limit leaves room, after which to give up
    backoff : seconds to wait after a first failure; doubled by each further one in a row
    min_likelihood : matches below it count as not found, 0 to 10
    clock : tells when an answer came
    """

    connections: int
    tries: int
    patience: float
    backoff: float
    min_likelihood: int
    clock: Callable[[], datetime]
