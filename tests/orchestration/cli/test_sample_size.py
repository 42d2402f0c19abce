import pytest
from click.testing import CliRunner, Result

from orchestration.cli.commands import main


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["sample-size", *arguments])


def test_a_plan_tells_people_per_group_and_days() -> None:
    told = call("--baseline", "0.10", "--groups", "3", "--ratio", "0.5", "--people-per-day", "500")
    assert told.exit_code == 0
    assert "in the control group" in told.output
    assert "in each of 2 variants" in told.output
    assert "days at 500 people a day" in told.output


def test_whoever_looks_once_is_told_the_usual_sample() -> None:
    assert "needs 3,835 and 3,835" in call("--baseline", "0.10", "--minimum-effect", "0.2").output
    mean = call("--baseline", "10", "--metric-type", "mean", "--sd", "10")
    assert "needs 394 and 394" in mean.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--baseline", "10", "--metric-type", "ratio"], "A ratio needs its standard deviation"),
        (["--baseline", "0.1", "--sd", "1"], "leave --sd out"),
        (["--baseline", "0.9"], "cannot change by +20%"),
        (["--baseline", "0.1", "--alpha", "0"], "confidence level"),
        (["--baseline", "0.1", "--groups", "1"], "two groups"),
    ],
)
def test_a_plan_that_cannot_be_made_says_why(arguments: list[str], told: str) -> None:
    refused = call(*arguments)
    assert refused.exit_code != 0
    assert told in refused.output
