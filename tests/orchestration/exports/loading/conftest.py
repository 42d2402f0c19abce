"""Orders, in the form that the ``exports`` fixture delivers."""

GOOD = "o1,c1,2024-05-01 10:00:00,10.00,placed"


def many(count: int, start: int = 100) -> list[str]:
    return [f"o{n},c1,2024-05-01 10:00:00,{n}.50,placed" for n in range(start, start + count)]
