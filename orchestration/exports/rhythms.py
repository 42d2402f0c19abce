"""Rhythms: the weekdays on which an organization says that its files are due."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RHYTHMS = {"daily": _WEEKDAYS, "weekdays": _WEEKDAYS[:5], "none": ()}


def weekdays(expected: str) -> tuple[int, ...]:
    """Return the ISO weekdays (Monday is 1) of a rhythm such as ``weekly:monday,thursday``.

    Raises
    ------
    ValueError
        If it is none of the rhythms that a mapping may name.
    """
    kind, _, listed = expected.partition(":")
    names = listed.replace(" ", "").split(",") if kind == "weekly" else _RHYTHMS.get(expected)
    if names is None or not set(names) <= set(_WEEKDAYS):
        raise ValueError(f"{expected!r} is not daily, weekdays, none or such as weekly:monday")
    return tuple(_WEEKDAYS.index(name) + 1 for name in names)
