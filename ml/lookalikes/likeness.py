"""How much a company is like the best customers."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Flags, Floats, Integers
from ml.lookalikes.traits import TraitEncoder

_CHUNK = 20_000
_TOP_SHARE = 0.1


class BestCustomerLikeness(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """Ranks companies of which nobody knows whether they would be good, from good ones alone.

    A logistic regression of the best customers against the market, of whom some would be as good:
    positive and unlabelled examples. Both weigh the same, so that a probability of p says: such a
    company is p / (1 - p) times as common among the best as on the market. That ratio ranks
    companies like the probability of being one of the best, if the best customers known are like
    those still to be found. The penalty is chosen on held-out companies; where none beats knowing
    nothing by more than its standard error (Breiman et al. 1984), every company gets 0.5.

    Parameters
    ----------
    traits : see ``TraitEncoder``
    penalties : inverse strengths ``C`` to choose from, per best customer
    min_positives : fewer best customers tell nothing
    market_sample : companies of the market to learn from, at most
    n_folds, random_state : of the choice of penalty

    Attributes
    ----------
    encoder_ : fitted ``TraitEncoder``
    coef_, intercept_ : log-odds, of shape (columns,) and a number
    penalty_ : chosen ``C``, missing where nothing is known
    model_name_ : ``positive_unlabelled_logistic`` or ``no_profile``
    held_out_ : dict of figures on held-out companies: auc (best against market), recall_at_10 (best
        that rank with the top 10 % of the market), log_loss (0.693 is knowing nothing)

    Source: Elkan and Noto, "Learning classifiers from only positive and unlabeled data", KDD (2008)
    """

    def __init__(
        self,
        traits: Mapping[str, Sequence[str]],
        *,
        penalties: Sequence[float] = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
        min_positives: int = 10,
        market_sample: int = 20_000,
        n_folds: int = 5,
        random_state: int = 0,
    ) -> None:
        self.traits = traits
        self.penalties = penalties
        self.min_positives = min_positives
        self.market_sample = market_sample
        self.n_folds = n_folds
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: npt.ArrayLike) -> Self:
        """Learn what sets the best customers apart.

        Parameters
        ----------
        X : companies, a frame of shape (n, ...) with the columns of ``traits``
        y : whether each is one of the best customers, (n,); the others are the market

        Raises
        ------
        ValueError
            If X lacks a column, or y has another length.
        """
        from threadpoolctl import threadpool_limits  # noqa: PLC0415

        best = np.asarray(y, dtype=bool)
        if best.shape != (len(X),):
            raise ValueError(f"y has shape {best.shape}, X {len(X)} rows: they must agree")
        rng = np.random.default_rng(self.random_state)
        market = np.flatnonzero(~best)
        if len(market) > self.market_sample:
            market = np.sort(rng.choice(market, self.market_sample, replace=False))
        rows = np.concatenate([np.flatnonzero(best), market])
        self.encoder_ = TraitEncoder(self.traits).fit(X.iloc[rows])
        self.coef_: Floats = np.zeros(len(self.encoder_.center_))
        self.intercept_ = 0.0
        self.penalty_ = float("nan")
        self.model_name_ = "no_profile"
        self.held_out_: dict[str, float] = {}
        self.classes_ = np.array([0, 1])
        least = max(self.min_positives, self.n_folds)
        if len(self.coef_) and min(best.sum(), len(market)) >= least:
            # Threads add up in any order; one gives the same last digit every time.
            with threadpool_limits(limits=1):
                self._learn(self.encoder_.transform(X.iloc[rows]), best[rows], rng)
        return self

    def decision_function(self, X: pd.DataFrame) -> Floats:
        """Return log-odds, (n,): the intercept and the ``contributions`` of all traits."""
        log_odds: Floats = self.intercept_ + self.contributions(X).sum(axis=1)
        return log_odds

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Return the shares of the market and of the best among companies like these, (n, 2)."""
        from scipy.special import expit  # noqa: PLC0415 - slow to import

        share = expit(self.decision_function(X))
        return np.column_stack([1 - share, share])

    def predict(self, X: pd.DataFrame) -> Integers:
        """Return whether companies like these are commoner among the best, (n,)."""
        commoner: Integers = (self.decision_function(X) > 0).astype(np.int64)
        return commoner

    def contributions(self, X: pd.DataFrame) -> Floats:
        """Return what each trait adds to the log-odds, (n, traits): 0 where it is not known."""
        check_is_fitted(self, "coef_")
        of_trait = np.zeros((len(self.coef_), len(self.encoder_.names_)))
        of_trait[np.arange(len(self.coef_)), self.encoder_.trait_] = self.coef_
        parts = [
            self.encoder_.transform(X.iloc[start : start + _CHUNK]) @ of_trait
            for start in range(0, len(X), _CHUNK)
        ]
        return np.vstack([*parts, np.empty((0, of_trait.shape[1]))])

    def _learn(self, Z: Floats, best: Flags, rng: np.random.Generator) -> None:
        fold = _folds(best, self.n_folds, rng)
        nothing = np.full(len(best), np.log(2))
        losses, margins = nothing, np.zeros(len(best))
        for penalty in self.penalties:
            tried = _held_out(Z, best, fold, penalty)
            loss = np.logaddexp(0, np.where(best, -tried, tried))
            if _gain(losses, loss, best)[0] > 0:
                losses, margins, self.penalty_ = loss, tried, float(penalty)
        gain, error = _gain(nothing, losses, best)
        self.held_out_ = _figures(best, margins, float(np.log(2)) - gain)
        if gain <= error:
            self.penalty_ = float("nan")
            return
        self.coef_, self.intercept_ = _regress(Z, best, self.penalty_)
        self.model_name_ = "positive_unlabelled_logistic"


def _regress(Z: Floats, best: Flags, penalty: float) -> tuple[Floats, float]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import

    # Each side weighs as much as there are best customers, who are all that there is to know.
    weight = np.where(best, 1.0, best.sum() / max((~best).sum(), 1))
    model = LogisticRegression(C=penalty, tol=1e-6, max_iter=1000).fit(Z, best, weight)
    return model.coef_[0], float(model.intercept_[0])


def _held_out(Z: Floats, best: Flags, fold: Integers, penalty: float) -> Floats:
    margins = np.empty(len(best))
    for number in np.unique(fold).tolist():
        out = fold == number
        coef, intercept = _regress(Z[~out], best[~out], penalty)
        margins[out] = Z[out] @ coef + intercept
    return margins


def _folds(best: Flags, n_folds: int, rng: np.random.Generator) -> Integers:
    """Deal either side into folds of equal size."""
    fold = np.empty(len(best), dtype=np.int64)
    for side in (best, ~best):
        fold[side] = rng.permutation(np.arange(side.sum()) % n_folds)
    return fold


def _gain(before: Floats, after: Floats, best: Flags) -> tuple[float, float]:
    """Return how much lower the mean loss is, both sides weighing the same; and its error."""
    lower = before - after
    sides = lower[best], lower[~best]
    gain = float(np.mean([side.mean() for side in sides]))
    return gain, float(np.sqrt(sum(side.var() / len(side) for side in sides)) / 2)


def _figures(best: Flags, margins: Floats, log_loss: float) -> dict[str, Any]:
    from ml.evaluation.classification import roc_auc  # noqa: PLC0415 - imports scikit-learn

    border = np.quantile(margins[~best], 1 - _TOP_SHARE)
    return {
        "auc": roc_auc(best, margins),
        "recall_at_10": float((margins[best] > border).mean()),
        "log_loss": log_loss,
    }
