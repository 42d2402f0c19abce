"""The purchase process: how often customers buy while active, and when they silently leave.

A customer's past is summed up in three numbers, the sufficient statistics of every model here:
``frequency`` (repeat purchases), ``recency`` (time of the last purchase since the first) and
``age`` (time since the first purchase), in one unit of time throughout.
"""

from ml.purchase.beta_geometric import BetaGeometricNBD, ModifiedBetaGeometricNBD
from ml.purchase.gamma_gamma import GammaGamma
from ml.purchase.pareto import ParetoNBD
from ml.purchase.statistics import summarize

__all__ = ["BetaGeometricNBD", "GammaGamma", "ModifiedBetaGeometricNBD", "ParetoNBD", "summarize"]
