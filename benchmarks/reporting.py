"""What the benchmark prints."""

from rich.table import Table

from benchmarks.measuring import Measure


def report(engine: str, rows: int, steps: dict[str, Measure]) -> Table:
    """Lay the measures beside each other, with the ratios that the pipeline is held to."""
    table = Table(title=f"{engine}: {rows:,} transactions", title_justify="left")
    for column in ("step", "seconds", "rows per second", "peak MB", "ratio"):
        table.add_column(column, justify="left" if column == "step" else "right")
    seconds = {name: step.seconds for name, step in steps.items()}
    full, day = seconds["load"] + seconds["build"], seconds["load a day"] + seconds["build a day"]
    read = seconds["by hand: read"]
    validated = seconds["load"] + seconds["Great Expectations"]
    ratios = {
        "load": f"{seconds['load'] / read:.2f} x read",
        "Great Expectations": f"{validated / read:.2f} with load",
        "build": f"{seconds['build'] / seconds['by hand: tables']:.2f} x by hand",
        "build a day": f"{seconds['build a day'] / seconds['build']:.3f} x build",
        "load a day": f"{day / full:.3f} x all",
    }
    for name, step in steps.items():
        per_second = "" if name.endswith("a day") else f"{rows / step.seconds:,.0f}"
        table.add_row(
            name,
            f"{step.seconds:.2f}",
            per_second,
            f"{step.peak_megabytes:,.0f}",
            ratios.get(name, ""),
        )
    return table


def report_rooms(engine: str, rooms: dict[str, dict[str, float]]) -> Table:
    """Lay the seconds of each room's tables beside each other; dbt's start is in none of them."""
    table = Table(title=f"{engine}: seconds by room", title_justify="left")
    for column in ("room", "by hand", "build", "ratio", "build a day", "of the build"):
        table.add_column(column, justify="left" if column == "room" else "right")
    made, built, day = rooms["by hand"], rooms["build"], rooms["build a day"]
    for room in sorted(built, key=lambda room: -built[room]):
        by_hand_seconds = made.get(room)
        table.add_row(
            room,
            "" if by_hand_seconds is None else f"{by_hand_seconds:.2f}",
            f"{built[room]:.2f}",
            "" if by_hand_seconds is None else f"{built[room] / by_hand_seconds:.2f}",
            f"{day.get(room, 0):.2f}",
            f"{day.get(room, 0) / built[room]:.3f}" if built[room] else "",
        )
    return table


def report_figures(engine: str, figures: dict[str, float]) -> Table:
    """List what each step took, and ratios of them."""
    table = Table(title=engine, title_justify="left")
    table.add_column("step")
    table.add_column("seconds, or ratio", justify="right")
    for step, figure in figures.items():
        table.add_row(step, f"{figure:.2f}")
    return table


def report_costs(title: str, steps: dict[str, Measure], bare: Measure) -> Table:
    """List what a bare step took, each of ours beside it, and ours together."""
    table = Table(title=title, title_justify="left")
    for column in ("step", "seconds", "processor seconds", "peak MB", "x bare"):
        table.add_column(column, justify="left" if column == "step" else "right")
    together = Measure(
        sum(step.seconds for step in steps.values()),
        sum(step.processor_seconds for step in steps.values()),
        max(step.peak_megabytes for step in steps.values()),
    )
    for name, step in {"bare": bare, **steps, "together": together}.items():
        table.add_row(
            name,
            f"{step.seconds:.1f}",
            f"{step.processor_seconds:.1f}",
            f"{step.peak_megabytes:,.0f}",
            f"{step.processor_seconds / bare.processor_seconds:.2f}",
        )
    return table
