"""What the registry keeps of a training of the churn model."""

from datetime import date

import pandas as pd

from ml.churn import ChurnTraining
from ml.evaluation.classification import calibration
from ml.evaluation.plots import calibration_plot, gain_plot
from ml.registry import Card, Training

_PURPOSE = (
    "Probability that a customer buys nothing in the coming days (or, of a member, cancels), for "
    "choosing whom to approach. It does not say whether an approach would help."
)
_LIMITS = (
    "The season of the coming window is followed by half, and only where the year before is known.",
    "Factors tell what raises the score, not what causes customers to leave.",
    "Customers who never bought and are on no list of members are not scored.",
)


def training_of(training: ChurnTraining, features: pd.DataFrame, trained_as_of: date) -> Training:
    """Return a training with its model card: candidates side by side, calibration by tenths."""
    told, held_out = training.parameters, training.holdout
    name = told["model_name"]
    tables = {"Candidates": training.comparison.reset_index()}
    plots = {}
    if name in held_out:
        judged = held_out["churned"], held_out[name]
        tables["Calibration by tenths"] = calibration(*judged)
        plots = {"Calibration": calibration_plot(*judged), "Gain": gain_plot(*judged)}
    first = pd.Timestamp(told["first_cutoff"]).date()
    return Training(
        estimator=training.model,
        model_name=name,
        trained_as_of=trained_as_of,
        window=(first, pd.Timestamp(told["labels_close"]).date()),
        data_hash="",
        parameters=told,
        metrics=training.metrics,
        card=Card(
            purpose=_PURPOSE,
            samples={
                "customers and cutoffs": told["rows"],
                "customers": told["customers"],
                "held out": len(held_out),
            },
            exclusions={"who could not leave any more": len(features) - told["rows"]},
            held_out=(
                f"The window from {told['last_cutoff']}, which the candidates had not seen."
                if len(held_out)
                else "Too little data to hold any out: how good it is here is not known."
            ),
            tables=tables,
            plots=plots,
            limits=_LIMITS,
        ),
    )
