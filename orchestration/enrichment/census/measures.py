"""What is asked of each tract, and how the American Community Survey's numbers are to be read."""

from dataclasses import dataclass

# Stand in place of a number: too few observations, not available, not applicable; the last three
# in place of margins of error.
SENTINELS = (
    -666666666,
    -999999999,
    -888888888,
    -222222222,
    -333333333,
    -555555555,
)


@dataclass(frozen=True)
class Measure:
    """A number of a tract.

    Attributes
    ----------
    column : its name in ``raw.census_tract``
    variables : the survey's variables that it is the sum of
    is_whole : whether it is a whole number
    top_code : the value that stands for itself and all above it, where there is one
    """

    column: str
    variables: tuple[str, ...]
    is_whole: bool = True
    top_code: int | None = None


MEASURES = (
    Measure("population", ("B01003_001E",)),
    Measure("median_age", ("B01002_001E",), is_whole=False),
    Measure("households", ("B11001_001E",)),
    Measure("median_household_income", ("B19013_001E",), top_code=250_001),
    Measure("median_household_income_margin", ("B19013_001M",)),
    Measure("per_capita_income", ("B19301_001E",)),
    Measure("adults_25_and_over", ("B15003_001E",)),
    Measure("adults_with_degree", ("B15003_022E", "B15003_023E", "B15003_024E", "B15003_025E")),
    Measure("occupied_homes", ("B25003_001E",)),
    Measure("owner_occupied_homes", ("B25003_002E",)),
    Measure("median_home_value", ("B25077_001E",), top_code=2_000_001),
)


def top_coded(column: str) -> str:
    """Return the name of the flag of a column that has a top code."""
    return f"is_{column}_top_coded"
