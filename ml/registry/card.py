"""The model card: what a sceptical reader asks of a model, in Markdown."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from ml.registry.record import Record


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a model card tells beyond the record.

    Attributes
    ----------
    purpose : what the score means, and what it must not be used for
    samples : number of rows by what they served for, such as training, calibration, held out
    exclusions : number of rows left out, by reason
    held_out : which window the results are of, in words
    results : figures of the model beside baselines, as `compare_candidates` gives them
    tables : further tables by title (calibration, deciles, drift at training, ...)
    plots : PNG images by title
    limits : where not to trust it, one sentence each
    """

    purpose: str = ""
    samples: Mapping[str, int] = field(default_factory=dict)
    exclusions: Mapping[str, int] = field(default_factory=dict)
    held_out: str = ""
    results: pd.DataFrame = field(default_factory=pd.DataFrame)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    plots: Mapping[str, bytes] = field(default_factory=dict)
    limits: tuple[str, ...] = ()

    def files(self) -> dict[str, bytes]:
        """Return tables as CSV and plots as PNG by file name."""
        tables = {**({"results": self.results} if len(self.results) else {}), **self.tables}
        written = {f"{_slug(name)}.csv": _csv(table) for name, table in tables.items()}
        return written | {f"{_slug(name)}.png": plot for name, plot in self.plots.items()}


def render(record: "Record", card: Card) -> str:
    """Return the card as Markdown; plots lie beside it."""
    parts = [
        f"# {record.model} of {record.organization_id}: {record.model_name}",
        card.purpose,
        _facts(record),
        _section("Data", _rows("Rows", card.samples), _rows("Left out", card.exclusions)),
        _section("Results", card.held_out, markdown(_wide(card.results))),
        *(_section(title, markdown(table)) for title, table in card.tables.items()),
        *(_section(title, f"![{title}]({_slug(title)}.png)") for title in card.plots),
        _section("Limits", "\n".join(f"- {limit}" for limit in card.limits)),
        _section("Parameters", _rows("Setting", record.parameters)),
        _section("Made with", _rows("Package", record.packages)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def markdown(table: pd.DataFrame) -> str:
    """Return a table in Markdown; empty for a table without rows."""
    if not len(table):
        return ""
    lines = [list(map(str, table.columns)), ["---"] * len(table.columns)]
    lines += [[_cell(value) for value in row] for row in table.itertuples(index=False)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _facts(record: "Record") -> str:
    return markdown(
        pd.DataFrame(
            {
                "trained as of": [record.trained_as_of],
                "data from": [record.window_from],
                "to": [record.window_to],
                "data SHA-256": [record.data_hash[:16]],
            }
        )
    )


def _wide(results: pd.DataFrame) -> pd.DataFrame:
    """Turn one row per candidate and metric into one row per candidate."""
    if not {"candidate", "metric", "value", "low", "high"} <= set(results.columns):
        return results
    text = results.assign(
        cell=[
            f"{value:.4g} ({low:.4g} to {high:.4g})"
            for value, low, high in zip(
                results["value"], results["low"], results["high"], strict=True
            )
        ]
    )
    wide = text.pivot(index="candidate", columns="metric", values="cell")
    wide = wide.reindex(
        index=results["candidate"].unique(), columns=results["metric"].unique()
    ).fillna("")
    return wide.reset_index()


def _section(title: str, *parts: str) -> str:
    body = "\n\n".join(part for part in parts if part)
    return f"## {title}\n\n{body}" if body else ""


def _rows(label: str, values: Mapping[str, object]) -> str:
    return markdown(pd.DataFrame({label: list(values.keys()), "": list(values.values())}))


def _cell(value: object) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def _csv(table: pd.DataFrame) -> bytes:
    buffer = io.StringIO()
    table.to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue().encode()


def _slug(title: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in title.lower()).split())
