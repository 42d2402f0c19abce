"""Gamma-Gamma: what a customer spends per purchase.

Purchases of a customer vary as Gamma(p, nu), and nu varies between customers as Gamma(q, v).
Spending is taken to be independent of how often they buy.

Source: Fader, Hardie and Lee, "RFM and CLV", Journal of Marketing Research 42 (2005).
"""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats
from ml.purchase.likelihood import standard_errors

COLUMNS = ["frequency", "monetary"]


class GammaGamma(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Mean value of a purchase, shrunk towards that of all customers where purchases are few.

    Attributes
    ----------
    parameters_ : dict with p, q and v
    standard_errors_ : dict of the same names
    log_likelihood_ : of the repeat buyers seen in ``fit``
    population_mean_ : expected value of a purchase of a customer of whom nothing is known; of the
        repeat buyers' purchases where q <= 1 leaves the model without a mean
    """

    def fit(self, X: Any, y: object = None) -> Self:
        """Estimate from customers with at least one repeat purchase of positive mean value.

        Parameters
        ----------
        X : frame with frequency and monetary, or array of shape (n, 2) in that order

        Raises
        ------
        ValueError
            If fewer than two such customers are given.
        """
        from scipy.optimize import minimize  # noqa: PLC0415 - slow to import
        from scipy.special import digamma, gammaln  # noqa: PLC0415

        frequency, monetary = _read(X)
        used = (frequency > 0) & (monetary > 0)
        if used.sum() < 2:  # noqa: PLR2004 - a spread needs two
            raise ValueError(
                "GammaGamma needs two customers with a repeat purchase of positive value; "
                f"{int(used.sum())} of {len(used)} have one"
            )
        x, z = frequency[used], monetary[used]
        # In units of the mean, the search starts near the optimum whatever the currency.
        unit = float(z.mean())
        m = z / unit

        def loss(logarithms: Floats) -> tuple[float, Floats]:
            p, q, v = parameters = np.exp(logarithms)
            total = p * x + q
            spent = np.log(v + m * x)
            value = (
                gammaln(total)
                - gammaln(p * x)
                - gammaln(q)
                + q * np.log(v)
                + (p * x - 1) * np.log(m)
                + p * x * np.log(x)
                - total * spent
            )
            by_p = x * (digamma(total) - digamma(p * x) + np.log(m * x) - spent)
            by_q = digamma(total) - digamma(q) + np.log(v) - spent
            by_v = q / v - total / (v + m * x)
            gradient = np.array([by_p, by_q, by_v]).mean(axis=1) * parameters
            return -float(value.mean()), -gradient

        found = minimize(
            loss,
            np.log([2.0, 3.0, 2.0]),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-12.0, 12.0)] * 3,
            options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7},
        )
        scale = np.array([1.0, 1.0, unit])
        estimates = np.exp(found.x) * scale
        errors = estimates * standard_errors(loss, found.x, len(x))
        self.parameters_ = dict(zip("pqv", estimates.tolist(), strict=True))
        self.standard_errors_ = dict(zip("pqv", errors.tolist(), strict=True))
        self.log_likelihood_ = -float(found.fun) * len(x) - len(x) * np.log(unit)
        p, q, v = estimates
        self.population_mean_ = p * v / (q - 1) if q > 1 else float((x * z).sum() / x.sum())
        return self

    def predict(self, X: Any) -> Floats:
        """Return the expected value of each customer's next purchase, (n,).

        Customers without a repeat purchase, or whose mean value is not positive, are expected to
        spend like everyone.
        """
        check_is_fitted(self, "parameters_")
        frequency, monetary = _read(X)
        p, q, v = self.parameters_.values()
        known = (frequency > 0) & (monetary > 0)
        x, z = np.where(known, frequency, 0.0), np.where(known, monetary, 0.0)
        total = p * x + q - 1
        with np.errstate(divide="ignore", invalid="ignore"):
            expected = p * (v + x * z) / total
        return np.where(known & (total > 0), expected, self.population_mean_)

    def sample(self, X: Any, purchases: Floats, rng: np.random.Generator) -> Floats:
        """Draw what customers spend in drawn numbers of purchases, both of shape (n, draws)."""
        check_is_fitted(self, "parameters_")
        frequency, monetary = _read(X)
        p, q, v = self.parameters_.values()
        known = (frequency > 0) & (monetary > 0)
        x, z = np.where(known, frequency, 0.0), np.where(known, monetary, 0.0)
        shape = (p * x + q)[:, None]
        nu = rng.standard_gamma(shape, purchases.shape) / (v + x * z)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            spent = rng.standard_gamma(p * purchases) / nu
        return np.where(purchases > 0, spent, 0.0)


def _read(X: Any) -> tuple[Floats, Floats]:
    if isinstance(X, pd.DataFrame):
        missing = [name for name in COLUMNS if name not in X]
        if missing:
            raise ValueError(f"X has no column {', '.join(missing)}; it needs {', '.join(COLUMNS)}")
        X = X[COLUMNS]
    values = np.asarray(X, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != len(COLUMNS):  # noqa: PLR2004 - a matrix
        raise ValueError(f"X has shape {values.shape}; it needs (customers, {len(COLUMNS)})")
    return values[:, 0], np.nan_to_num(values[:, 1], nan=0.0)
