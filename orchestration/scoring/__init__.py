"""Trained models at work: what they read, when they are trained anew, what they write."""

from orchestration.scoring.segmentation import SEGMENTATION

# In the order in which they read each other.
SCORERS = [SEGMENTATION]
