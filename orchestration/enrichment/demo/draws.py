"""Draws that a text decides: the same question has the same made-up answer at any time."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

Thing = TypeVar("Thing")


def share(*of: str) -> float:
    """Return a number from 0 to below 1 that ``of`` decides."""
    digest = blake2b("\x1f".join(of).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def pick(things: Sequence[Thing], *of: str) -> Thing:
    """Return one of ``things`` that ``of`` decides."""
    return things[int(share(*of) * len(things))]
