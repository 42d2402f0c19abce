"""The CRM: calls, mails, meetings and complaints, and the offers to dormant customers."""

import numpy as np
import pandas as pd

from orchestration.sample.draws import NEVER, NOTHING, numbers
from orchestration.sample.lives import scatter
from orchestration.sample.service.wording import compose
from orchestration.sample.timetable import Timetable, changes

CONTACTS_PER_DAY = {
    "member": {"call": 0.0001, "email": 0.0003, "feedback": 0.0002, "complaint": 0.0002},
    "account": {
        "call": 0.005,
        "email": 0.008,
        "meeting": 0.002,
        "feedback": 0.0008,
        "support_ticket": 0.0005,
        "complaint": 0.0003,
    },
}
"""Contacts of each kind with a customer of average value."""

UNREST_COMPLAINTS_PER_DAY = 0.004
"""Complaints on top of the usual ones, per day of the time before dropping out."""

VALUE_TILT = 0.3
"""Change of the log rate of contacts per standard deviation of a customer's value."""

_SUBJECTS = {
    "call": np.array(["Check-in call", "Follow-up call", "Question about availability"]),
    "email": np.array(["Newsletter reply", "Schedule for next month", "Offer sent", "Thank you"]),
    "meeting": np.array(["Yearly review", "Plan for the season", "Visit on site"]),
    "support_ticket": np.array(["Help desk follow-up", "Return shipment"]),
}
_OFFER = "We would like to see you again"
_STAFF = np.array(["a.moreno", "b.osei", "c.lindqvist", "d.haddad"])
_TOPICS = {
    "member": np.array(["booking", "courts", "billing", "staff"]),
    "account": np.array(["delivery", "quality", "billing", "ordering"]),
}


def draw_interactions(
    rng: np.random.Generator, customers: pd.DataFrame, timetable: Timetable
) -> pd.DataFrame:
    """Draw the weekly export of interactions in canonical columns."""
    contacts = pd.concat(
        [
            _usual(rng, customers),
            _complaints_of_the_restless(rng, customers),
            _offers(rng, customers),
        ],
        ignore_index=True,
    ).sort_values(["day", "customer", "interaction_type"], kind="stable", ignore_index=True)
    size = len(contacts)
    day = contacts["day"].to_numpy()
    described = contacts["interaction_type"].isin(["feedback", "complaint"]).to_numpy()
    topic = np.empty(size, dtype="U10")
    for kind, topics in _TOPICS.items():
        of_kind = (customers["customer_type"].to_numpy() == kind)[contacts["customer"]]
        topic[of_kind] = rng.choice(topics, of_kind.sum())
    complaint = (contacts["interaction_type"] == "complaint").to_numpy()
    content = customers["contentment"].to_numpy()[contacts["customer"]]
    tone = np.digitize(content + rng.normal(0, 0.7, size), (-0.7, 0.5)) - 1
    headline, text = compose(rng, topic, np.where(complaint, -1, tone))
    noted = pd.DataFrame(
        {
            "interaction_id": numbers("I", size),
            "customer_id": customers["customer_id"].to_numpy()[contacts["customer"]],
            "interaction_type": contacts["interaction_type"],
            "subject": np.where(described, headline, contacts["subject"]),
            "description": np.where(described, text.astype(object), NOTHING),
            "status": "pending",
            "interaction_at": timetable.time(day, rng.integers(8 * 60, 19 * 60, size)),
            "created_by": rng.choice(_STAFF, size),
        }
    )
    outcome = rng.choice(["completed", "in_progress", "cancelled"], size, p=(0.91, 0.04, 0.05))
    settled = noted.assign(status=outcome)
    later = day + rng.integers(0, 6, size)
    return changes(timetable.weekly, ["interaction_id"], (noted, day), (settled, later))


def _usual(rng: np.random.Generator, customers: pd.DataFrame) -> pd.DataFrame:
    contacts = []
    tilt = np.exp(VALUE_TILT * customers["score"].to_numpy())
    for kind, rates in CONTACTS_PER_DAY.items():
        of_kind = (customers["customer_type"] == kind).to_numpy()
        for interaction_type, rate in rates.items():
            customer, day = scatter(
                rng,
                customers["acquired"].to_numpy(),
                customers["last_active"].to_numpy(),
                np.where(of_kind, rate * tilt, 0),
            )
            contacts.append(_contacts(rng, customer, day, interaction_type))
    return pd.concat(contacts, ignore_index=True)


def _complaints_of_the_restless(rng: np.random.Generator, customers: pd.DataFrame) -> pd.DataFrame:
    first, last = customers["unrest_from"].to_numpy(), customers["last_active"].to_numpy()
    customer, day = scatter(rng, first, last, UNREST_COMPLAINTS_PER_DAY)
    return _contacts(rng, customer, day, "complaint")


def _offers(rng: np.random.Generator, customers: pd.DataFrame) -> pd.DataFrame:
    """Note the offers to dormant customers, made by phone to accounts and by mail to members."""
    offered = customers[customers["offered"] & (customers["looked_at"] < NEVER)]
    kind = np.where(offered["customer_type"] == "account", "call", "email")
    day = offered["looked_at"].to_numpy()
    return _contacts(rng, offered.index.to_numpy(), day, kind).assign(subject=_OFFER)


def _contacts(
    rng: np.random.Generator, customer: np.ndarray, day: np.ndarray, kind: str | np.ndarray
) -> pd.DataFrame:
    frame = pd.DataFrame({"customer": customer, "day": day, "interaction_type": kind})
    subjects = _SUBJECTS.get(kind) if isinstance(kind, str) else None
    subject = "" if subjects is None else rng.choice(subjects, len(frame))
    return frame.assign(subject=subject).astype({"interaction_type": "str", "subject": "str"})
