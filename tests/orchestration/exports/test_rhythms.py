import pytest

from orchestration.exports.rhythms import weekdays


@pytest.mark.parametrize(
    ("rhythm", "days"),
    [
        ("daily", (1, 2, 3, 4, 5, 6, 7)),
        ("weekdays", (1, 2, 3, 4, 5)),
        ("weekly:monday", (1,)),
        ("weekly:monday, thursday", (1, 4)),
        ("none", ()),
    ],
)
def test_a_rhythm_names_its_weekdays(rhythm, days):
    assert weekdays(rhythm) == days


@pytest.mark.parametrize("rhythm", ["", "Daily", "weekly", "weekly:", "weekly:mon", "daily:monday"])
def test_what_is_no_rhythm_is_told_with_those_that_are(rhythm):
    with pytest.raises(ValueError, match="is not daily, weekdays, none or such as weekly:monday"):
        weekdays(rhythm)
