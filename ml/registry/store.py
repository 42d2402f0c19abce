"""The registry itself: a folder of versions and of decisions about them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy.typing as npt

from ml.evaluation.comparison import Difference, compare
from ml.registry import artifact, history
from ml.registry.card import render
from ml.registry.errors import RegistryError
from ml.registry.files import locked, sha256, write_folder
from ml.registry.history import Decision
from ml.registry.record import Record, Training

_ESTIMATOR, _RECORD, _CARD, _HISTORY = "model.skops", "record.json", "card.md", "champion.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{12}")


class Registry:
    """Every version of every model of every organization.

    Parameters
    ----------
    folder : where they lie; made when the first version is added
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, organization_id: str, model: str, training: Training) -> str:
        """Keep a version and return its name; the same training again is the same version."""
        folder = self._folder(organization_id, model)
        record = Record.of(organization_id, model, training)
        contents = {
            _ESTIMATOR: artifact.dumps(training.estimator),
            _CARD: render(record, training.card).encode(),
            **training.card.files(),
        }
        files = {name: sha256(content) for name, content in sorted(contents.items())}
        written = replace(record, files=files).to_json()
        version = f"{training.trained_as_of.isoformat()}-{sha256(written)[:12]}"
        with locked(folder):
            if not self._is_intact(organization_id, model, version):
                write_folder(folder / version, {**contents, _RECORD: written})
        return version

    def load(self, organization_id: str, model: str, version: str) -> tuple[Any, Record]:
        """Return the fitted estimator of a version and its record.

        Raises
        ------
        RegistryError
            If it is missing, any of its files was altered, it belongs to another organization or
            model, or it holds types that are not trusted.
        """
        record, contents = self._read(organization_id, model, version)
        return artifact.loads(contents[_ESTIMATOR]), record

    def record(self, organization_id: str, model: str, version: str) -> Record:
        """Return a version's record, once all its files are found to be as they were written."""
        return self._read(organization_id, model, version)[0]

    def read_file(self, organization_id: str, model: str, version: str, name: str) -> bytes:
        """Return one of a version's files, such as ``card.md`` or a plot."""
        _, contents = self._read(organization_id, model, version)
        if name not in contents:
            raise RegistryError(f"{version} of {model} has no {name}, only {sorted(contents)}")
        return contents[name]

    def models(self) -> list[tuple[str, str]]:
        """Return organization and name of every model that has a version."""
        folders = sorted(self.folder.glob("*/*/"))
        pairs = [(folder.parent.name, folder.name) for folder in folders]
        return [pair for pair in pairs if self.versions(*pair)]

    def versions(self, organization_id: str, model: str) -> list[str]:
        """Return the names of all versions, by as-of date."""
        folder = self._folder(organization_id, model)
        found = folder.iterdir() if folder.is_dir() else ()
        return sorted(one.name for one in found if _VERSION.fullmatch(one.name))

    def champion(
        self, organization_id: str, model: str, *, as_of: date | None = None
    ) -> str | None:
        """Return the version that scores at the end of a day (by default of all); None if none."""
        return history.champion(self.decisions(organization_id, model), as_of)

    def incumbent(self, organization_id: str, model: str, *, as_of: date) -> str | None:
        """Return the champion that a challenger of a day has to beat; None if there is none."""
        return history.incumbent(self.decisions(organization_id, model), as_of)

    def decisions(self, organization_id: str, model: str) -> list[Decision]:
        """Return all decisions about champions, by as-of date."""
        return history.read(self._folder(organization_id, model) / _HISTORY)

    def promote(
        self, organization_id: str, model: str, version: str, *, as_of: date, reason: str
    ) -> Decision:
        """Make a version champion from a day on, whoever it was before."""
        self._read(organization_id, model, version)
        new = Decision(
            as_of=as_of, action="promoted", version=version, champion=version, reason=reason
        )
        return self._decide(organization_id, model, new)

    def keep(
        self, organization_id: str, model: str, version: str, *, as_of: date, reason: str
    ) -> Decision:
        """Note that a version does not become champion on a day, and why.

        Raises
        ------
        RegistryError
            If there is no champion to keep.
        """
        old = self._incumbent(organization_id, model, as_of)
        new = Decision(as_of=as_of, action="kept", version=version, champion=old, reason=reason)
        return self._decide(organization_id, model, new)

    def challenge(
        self,
        organization_id: str,
        model: str,
        version: str,
        *,
        as_of: date,
        metric: Callable[[npt.ArrayLike, npt.ArrayLike], float],
        actual: npt.ArrayLike,
        champion: npt.ArrayLike,
        challenger: npt.ArrayLike,
        lower_is_better: bool = True,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> Decision:
        """Promote a version if it beats the champion by more than noise on the held-out window.

        Parameters
        ----------
        organization_id, model, version : the challenger
        as_of : day of the comparison
        metric : figure of merit of (actual, forecast)
        actual, champion, challenger : outcomes and both forecasts of the same rows, (n,); neither
            model may have been fitted on these rows
        lower_is_better : whether the metric is a loss
        confidence : of the paired bootstrap interval that must lie wholly on the better side
        seed : of the bootstrap

        Raises
        ------
        RegistryError
            If there is no champion to challenge: use `promote`.
        """
        decisions = self.decisions(organization_id, model)
        old = self._incumbent(organization_id, model, as_of)
        self._read(organization_id, model, version)
        difference = compare(metric, actual, champion, challenger, confidence=confidence, seed=seed)
        name = getattr(metric, "__name__", "the metric")
        is_better = difference.is_lower() if lower_is_better else difference.is_higher()
        taken_back = history.was_rolled_back(decisions, version)
        is_promoted = is_better and version != old and not taken_back
        new = Decision(
            as_of=as_of,
            action="promoted" if is_promoted else "kept",
            version=version,
            champion=version if is_promoted else old,
            reason="the challenger was rolled back before"
            if taken_back
            else _reason(name, difference, is_better),
        )
        return self._decide(organization_id, model, new)

    def rollback(
        self, organization_id: str, model: str, *, as_of: date, reason: str = "rolled back"
    ) -> Decision:
        """Bring the champion before the present one back, from a day on.

        Raises
        ------
        RegistryError
            If there was none before, or it is no longer as it was written.
        """
        decisions = self.decisions(organization_id, model)
        now = history.champion(decisions, as_of)
        earlier = history.previous(decisions, as_of)
        if now is None or earlier is None:
            raise RegistryError(
                f"{model} of {organization_id} has no earlier champion on {as_of} to go back to"
            )
        self._read(organization_id, model, earlier)
        new = Decision(
            as_of=as_of, action="rolled_back", version=now, champion=earlier, reason=reason
        )
        return self._decide(organization_id, model, new)

    def _incumbent(self, organization_id: str, model: str, as_of: date) -> str:
        old = self.incumbent(organization_id, model, as_of=as_of)
        if old is None:
            raise RegistryError(
                f"{model} of {organization_id} has no champion before {as_of}: promote a version"
            )
        return old

    def _decide(self, organization_id: str, model: str, new: Decision) -> Decision:
        folder = self._folder(organization_id, model)
        with locked(folder):
            path = folder / _HISTORY
            history.write(path, history.add(history.read(path), new))
        return new

    def _is_intact(self, organization_id: str, model: str, version: str) -> bool:
        try:
            self._read(organization_id, model, version)
        except RegistryError:
            return False
        return True

    def _read(
        self, organization_id: str, model: str, version: str
    ) -> tuple[Record, dict[str, bytes]]:
        """Return a version's record and files, each checked against its hash."""
        where = f"version {version} of {model} of {organization_id}"
        folder = self._folder(organization_id, model) / version
        if not _VERSION.fullmatch(version) or not folder.is_dir():
            raise RegistryError(f"{where} is not in the registry {self.folder}")
        try:
            written = (folder / _RECORD).read_bytes()
            if sha256(written)[:12] != version[-12:]:
                raise RegistryError(f"{where} was altered: train it again, or roll back")
            record = Record.from_json(written, version)
            contents = {name: (folder / name).read_bytes() for name in record.files}
        except OSError as error:
            raise RegistryError(f"{where} is incomplete: {error}") from error
        altered = [name for name in contents if sha256(contents[name]) != record.files[name]]
        if altered:
            raise RegistryError(f"{where} was altered in {', '.join(altered)}: train it again")
        if (record.organization_id, record.model) != (organization_id, model):
            raise RegistryError(
                f"{where} belongs to {record.model} of {record.organization_id}: remove it here"
            )
        return record, contents

    def _folder(self, organization_id: str, model: str) -> Path:
        for name in (organization_id, model):
            if not _NAME.fullmatch(name):
                raise RegistryError(
                    f"{name!r} is no name for a folder: use letters, digits, _, . and -"
                )
        return self.folder / organization_id / model


def _reason(name: str, difference: Difference, is_better: bool) -> str:
    interval = f"{difference.estimate:+.4f} ({difference.low:+.4f} to {difference.high:+.4f})"
    verdict = "better by more than noise" if is_better else "not better by more than noise"
    return f"{name} of the challenger differs by {interval}: {verdict}"
