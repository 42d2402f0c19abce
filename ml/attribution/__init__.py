"""Attribution: what each channel earned, learned from all journeys, those without a conversion too.

>>> markov = MarkovAttribution(order=1).fit(paths, conversions, revenue, nulls)
>>> markov.credits_      # one row per channel: conversions, revenue, removal effect
>>> shapley = ShapleyAttribution().fit(paths, conversions, revenue)
>>> shapley.credits_     # one row per channel: conversions, revenue, standard errors

``paths`` are texts such as ``email > phone > email``: the channels of a journey in the order of its
touches. Each stands with how many journeys that went this way converted, what they brought, and how
many did not convert. The credits of a model add up to all conversions and to all revenue.
"""

from ml.attribution.chain import AbsorbingChain
from ml.attribution.journeys import Journeys
from ml.attribution.markov import MarkovAttribution
from ml.attribution.shapley import ShapleyAttribution

__all__ = ["AbsorbingChain", "Journeys", "MarkovAttribution", "ShapleyAttribution"]
