"""Trained models at work: what they read, when they are trained anew, what they write."""

from orchestration.scoring.attribution import ATTRIBUTION
from orchestration.scoring.churn import CHURN
from orchestration.scoring.experiments import EXPERIMENTS
from orchestration.scoring.identity import IDENTITY_LINKS
from orchestration.scoring.lifetime_value import LIFETIME_VALUE
from orchestration.scoring.lookalikes import LOOKALIKES
from orchestration.scoring.segmentation import SEGMENTATION
from orchestration.scoring.sentiment import SENTIMENT

# In the order in which they read each other.
SCORERS = [
    SENTIMENT,
    SEGMENTATION,
    LIFETIME_VALUE,
    CHURN,
    LOOKALIKES,
    ATTRIBUTION,
    EXPERIMENTS,
    IDENTITY_LINKS,
]
