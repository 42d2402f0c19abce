"""``customer-intelligence sample-size``: how many people an A/B test needs, and for how long."""

# ruff: noqa: PLC0415 - a command imports what it needs when called, so that --help is quick.

import click


@click.command("sample-size")
@click.option("--baseline", type=float, required=True, help="The control's value, such as 0.10.")
@click.option(
    "--minimum-effect",
    type=float,
    default=0.20,
    show_default=True,
    help="Smallest relative effect worth knowing: 0.2 is 10 % against 12 %.",
)
@click.option(
    "--metric-type",
    type=click.Choice(["proportion", "mean", "ratio"]),
    default="proportion",
    show_default=True,
)
@click.option(
    "--sd",
    type=float,
    help="Standard deviation of a mean; of a ratio, that of each person's numerator less the "
    "baseline times the denominator, over the mean denominator.",
)
@click.option("--alpha", default=0.05, show_default=True, help="Error rate of the whole test.")
@click.option("--power", default=0.80, show_default=True, help="Of finding that effect.")
@click.option("--groups", default=2, show_default=True, help="Groups, the control among them.")
@click.option("--ratio", default=1.0, show_default=True, help="People per variant for one control.")
@click.option("--people-per-day", type=float, help="Assigned to all groups together.")
def sample_size(  # noqa: PLR0917 - one parameter per option
    baseline: float,
    minimum_effect: float,
    metric_type: str,
    sd: float | None,
    alpha: float,
    power: float,
    groups: int,
    ratio: float,
    people_per_day: float | None,
) -> None:
    """Plan an A/B test whose results may be looked at every day."""
    if metric_type == "proportion" and sd is not None:
        raise click.UsageError("A proportion tells its own standard deviation: leave --sd out.")
    if metric_type != "proportion" and sd is None:
        raise click.UsageError(f"A {metric_type} needs its standard deviation: give --sd.")
    from ml.experiments import plan

    planned = plan(
        baseline,
        minimum_effect,
        standard_deviation=sd,
        confidence_level=1 - alpha,
        power=power,
        groups=groups,
        ratio=ratio,
        people_per_day=people_per_day,
    )
    after = baseline * (1 + minimum_effect)
    click.echo(
        f"To find {after:,.4g} against {baseline:,.4g} in {100 * power:.4g} % of tests, and a "
        f"difference where there is none in {100 * alpha:.4g} % at most:"
    )
    click.echo(f"  {planned.control:>12,} people in the control group")
    variants = "the variant" if groups == 2 else f"each of {groups - 1} variants"  # noqa: PLR2004
    click.echo(f"  {planned.variant:>12,} people in {variants}")
    click.echo(f"  {planned.total:>12,} people in all")
    if planned.days:
        days = "day" if planned.days == 1 else "days"
        click.echo(f"  {planned.days:>12,} {days} at {people_per_day:,.0f} people a day")
    click.echo(
        "Results may be looked at every day. Who looks once, at the end, needs "
        f"{planned.control_one_look:,} and {planned.variant_one_look:,}."
    )
