"""Learned classes of texts: a linear machine on words and letters, with honest probabilities."""

from collections.abc import Iterator
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin

from ml.arrays import Flags, Floats, Texts
from ml.sentiment.features import TextFeatures


class LinearTextClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Linear support vector machines on `TextFeatures`, one class against the rest, calibrated.

    Margins that each text gets from machines fitted without it (repeated texts stay together) teach
    a logistic regression how probable a class is at a margin.

    Sources: Joachims, "Text Categorization with Support Vector Machines", ECML (1998); Platt,
    "Probabilistic Outputs for Support Vector Machines" (1999).

    Parameters
    ----------
    C : inverse strength of regularisation
    min_count : texts in which a sequence of words or letters must stand
    lexicon_weight : scale of the lexicon's features
    folds : machines that calibrate
    random_state : seed of folds and solver

    Attributes
    ----------
    classes_ : labels, sorted
    features_, machine_, calibrator_ : the fitted parts
    """

    def __init__(
        self,
        C: float = 0.15,
        min_count: int = 2,
        lexicon_weight: float = 0.7,
        folds: int = 4,
        random_state: int = 0,
    ) -> None:
        self.C = C
        self.min_count = min_count
        self.lexicon_weight = lexicon_weight
        self.folds = folds
        self.random_state = random_state

    def fit(self, X: Texts, y: npt.ArrayLike) -> Self:
        """Learn from labelled texts.

        Parameters
        ----------
        X : texts, (n,)
        y : their labels, (n,)

        Raises
        ------
        ValueError
            If there are fewer than two classes, or one has fewer texts than there are folds.
        """
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import

        labels = np.asarray(y)
        self.classes_ = np.unique(labels)
        counts = different_texts(X, labels)["label"].value_counts()
        if len(counts) < 2 or len(counts) < len(self.classes_) or counts.min() < self.folds:  # noqa: PLR2004
            raise ValueError(
                f"learning classes of texts takes two of them with {self.folds} texts each, got "
                f"{counts.to_dict()}"
            )
        self.features_ = TextFeatures(self.min_count, self.lexicon_weight)
        matrix = self.features_.fit_transform(X)
        margins = np.empty((len(labels), len(self.classes_)))
        for train, test in self._split(X, labels):
            machine = self._fit_machine(matrix[train], labels[train])
            margins[test] = self._margins(machine, matrix[test])
        self.calibrator_ = LogisticRegression(solver="newton-cholesky").fit(margins, labels)
        self.machine_ = self._fit_machine(matrix, labels)
        return self

    def predict_proba(self, X: Texts) -> Floats:
        """Return the probability of each class, (n, classes)."""
        margins = self._margins(self.machine_, self.features_.transform(X))
        probability: Floats = self.calibrator_.predict_proba(margins)
        return probability

    def predict(self, X: Texts) -> npt.NDArray[Any]:
        """Return the most probable class of each text, (n,)."""
        best: npt.NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return best

    def _split(self, X: Texts, labels: npt.NDArray[Any]) -> Iterator[tuple[Flags, Flags]]:
        from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - slow to import

        texts = different_texts(X, labels)
        folds = StratifiedKFold(self.folds, shuffle=True, random_state=self.random_state)
        for _, test in folds.split(texts, texts["label"]):
            is_test = np.isin(np.asarray(X, dtype=object), texts["text"].to_numpy(object)[test])
            yield ~is_test, is_test

    def _fit_machine(self, matrix: Any, labels: npt.NDArray[Any]) -> Any:
        from sklearn.svm import LinearSVC  # noqa: PLC0415 - slow to import

        return LinearSVC(C=self.C, random_state=self.random_state).fit(matrix, labels)

    def _margins(self, machine: Any, matrix: Any) -> Floats:
        """Return a margin for each class; for one that a fold has not seen the lowest there is."""
        found = machine.decision_function(matrix)
        known = np.column_stack([-found, found]) if found.ndim == 1 else found
        margins = np.full((len(known), len(self.classes_)), known.min(initial=0.0))
        margins[:, np.searchsorted(self.classes_, machine.classes_)] = known
        return margins


def different_texts(X: Texts, y: npt.ArrayLike) -> pd.DataFrame:
    """Return each text once, with the rarest of its labels: ``text`` and ``label``."""
    frame = pd.DataFrame({"text": np.asarray(X, dtype=object), "label": np.asarray(y)})
    frame["count"] = frame.groupby("label")["label"].transform("size")
    rarest_first = frame.sort_values(["count", "label"], kind="stable")
    return rarest_first.drop_duplicates("text")[["text", "label"]].sort_index()
