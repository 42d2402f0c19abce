"""Sentiment by a transformer model that lies in a folder of this machine."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin

from ml.arrays import Floats, Integers, Texts
from ml.sentiment.labels import LABELS

_SIDES = {
    "negative": 0,
    "neg": 0,
    "very negative": 0,
    "1 star": 0,
    "2 stars": 0,
    "neutral": 1,
    "neu": 1,
    "3 stars": 1,
    "positive": 2,
    "pos": 2,
    "very positive": 2,
    "4 stars": 2,
    "5 stars": 2,
}
"""What classifiers call their classes, lower case, and the side that each stands for."""


class TransformerSentiment(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A fine-tuned sequence classifier, used as it is; nothing is fetched from anywhere.

    Parameters
    ----------
    path : folder with the model and its tokenizer, as ``save_pretrained`` writes it
    batch_size : texts at a time

    Attributes
    ----------
    classes_ : negative, neutral, positive
    sides_ : side of each of the model's classes, in the order of its outputs
    """

    def __init__(self, path: str, batch_size: int = 32) -> None:
        self.path = path
        self.batch_size = batch_size

    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Check that the model can be used; it learns nothing.

        Raises
        ------
        ImportError
            If the package ``transformers`` is not installed.
        FileNotFoundError
            If there is no model in the folder.
        ValueError
            If its classes are no sentiments.
        """
        _, model = self._load()
        names = [model.config.id2label[number] for number in range(model.config.num_labels)]
        self.sides_ = sides(names)
        self.classes_ = np.array(LABELS)
        return self

    def predict_proba(self, X: Texts) -> Floats:
        """Return the probability of negative, neutral and positive, (n, 3)."""
        import torch  # noqa: PLC0415 - slow to import, optional

        tokenizer, model = self._load()
        given = list(X)
        outputs = []
        with torch.inference_mode():
            for start in range(0, len(given), self.batch_size):
                batch = tokenizer(
                    given[start : start + self.batch_size],
                    padding=True,
                    truncation=True,
                    return_tensors="pt",
                )
                outputs.append(model(**batch).logits.softmax(dim=-1).double().numpy())
        known = np.concatenate([*outputs, np.empty((0, len(self.sides_)))])
        probability: Floats = known @ np.eye(len(LABELS))[self.sides_]
        return probability

    def predict(self, X: Texts) -> npt.NDArray[Any]:
        """Return the most probable label of each text, (n,)."""
        best: npt.NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return best

    def _load(self) -> tuple[Any, Any]:
        if not (Path(self.path) / "config.json").is_file():
            raise FileNotFoundError(
                f"{self.path} holds no transformer model: name the folder that save_pretrained "
                "wrote, with config.json in it"
            )
        try:
            from transformers import (  # noqa: PLC0415 - slow to import, optional
                AutoModelForSequenceClassification,
                AutoTokenizer,
            )
        except ImportError as error:
            raise ImportError(
                f"the transformer model in {self.path} needs the packages transformers and torch: "
                "install them, or leave the setting empty"
            ) from error
        tokenizer = AutoTokenizer.from_pretrained(self.path, local_files_only=True)
        model = AutoModelForSequenceClassification.from_pretrained(self.path, local_files_only=True)
        return tokenizer, model.eval()


def sides(names: Sequence[str]) -> Integers:
    """Return 0, 1 or 2 (negative, neutral, positive) for the name of each class.

    Raises
    ------
    ValueError
        If a name is unknown.
    """
    unknown = [name for name in names if name.lower() not in _SIDES]
    if unknown:
        raise ValueError(
            f"the transformer model's classes {', '.join(unknown)} are no sentiments: name them "
            "negative, neutral and positive in id2label of its config.json"
        )
    return np.array([_SIDES[name.lower()] for name in names], dtype=np.int64)
