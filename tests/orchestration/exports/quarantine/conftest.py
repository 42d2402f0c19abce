"""Orders, good and bad, in the form that the ``exports`` fixture delivers."""

BAD = "o1,c1,never,1,placed"


def good(count: int, start: int = 100) -> list[str]:
    return [f"o{n},c1,2024-05-01 10:00:00,{n}.50,placed" for n in range(start, start + count)]
