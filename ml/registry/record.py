"""What is known of a version besides the estimator itself."""

import importlib.metadata
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from ml.registry.card import Card

_PACKAGES = ("numpy", "pandas", "scikit-learn", "scipy", "skops")


@dataclass(frozen=True, kw_only=True)
class Training:
    """A fitted estimator and how it came about.

    Attributes
    ----------
    estimator : the fitted estimator
    model_name : the algorithm, as scored rows name it
    trained_as_of : as-of date of the training
    window : first and last day of the data that it saw, labels included
    data_hash : fingerprint of that data, see `data_hash`
    parameters : settings and seed
    metrics : figures of merit on the held-out window
    card : what the model card tells beyond that
    """

    estimator: Any
    model_name: str
    trained_as_of: date
    window: tuple[date, date]
    data_hash: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    card: Card = field(default_factory=Card)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What ``record.json`` holds. ``files`` are the SHA-256 of the version's other files."""

    organization_id: str
    model: str
    model_name: str
    trained_as_of: date
    window_from: date
    window_to: date
    data_hash: str
    parameters: Mapping[str, Any]
    metrics: Mapping[str, float | None]
    packages: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)
    version: str = ""

    @classmethod
    def of(cls, organization_id: str, model: str, training: Training) -> "Record":
        """Return the record of a training, without its files yet."""
        return cls(
            organization_id=organization_id,
            model=model,
            model_name=training.model_name,
            trained_as_of=training.trained_as_of,
            window_from=training.window[0],
            window_to=training.window[1],
            data_hash=training.data_hash,
            parameters=training.parameters,
            metrics=training.metrics,
            packages={name: importlib.metadata.version(name) for name in _PACKAGES},
        )

    @classmethod
    def from_json(cls, text: bytes, version: str) -> "Record":
        """Read what `to_json` wrote."""
        values = json.loads(text)
        for name in ("trained_as_of", "window_from", "window_to"):
            values[name] = date.fromisoformat(values[name])
        return cls(**values, version=version)

    def to_json(self) -> bytes:
        """Return the record as JSON: the same bytes for the same record, without the version."""
        values = asdict(replace(self, version=""))
        del values["version"]
        plain = _plain(values)
        return (json.dumps(plain, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _plain(value: Any) -> Any:
    """Return a value in JSON's own types: no dates, numbers of numpy, nan or infinity."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(inner) for inner in (sorted(value) if isinstance(value, set) else value)]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
