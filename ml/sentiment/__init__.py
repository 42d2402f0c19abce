"""What tickets say: how they are meant, and what they are about.

Trained on the organization's own scored tickets where there are enough, else by a lexicon in seven
languages that needs none; ``model_name`` says which (``linear_text``, ``calibrated_lexicon``,
``lexicon``, or ``transformer`` where a folder with one is named).

    train_sentiment(tickets, *, as_of, seed=0, transformer=None) -> (Training, Comparison)
    decide(registry, organization_id, version, comparison, *, as_of, seed=0) -> Decision
    score_tickets(model, tickets, record, *, as_of) -> DataFrame

``tickets`` are rows of ``fct_support_tickets`` of one organization (ticket_id, opened_at,
opened_date, subject, body, category, csat_score, nps_score). An asset is::

    training, comparison = train_sentiment(tickets, as_of=day, seed=0)
    version = registry.add("club", "sentiment", training)
    decision = decide(registry, "club", version, comparison, as_of=day)
    champion, record = registry.load("club", "sentiment", decision.champion)
    scores = score_tickets(champion, tickets, record, as_of=day)

``training.metrics`` and ``training.parameters`` are plain dictionaries; ``comparison.results()``
has the figures of all algorithms on the held-out tickets, with intervals.
"""

from ml.sentiment.model import TicketSentiment
from ml.sentiment.selection import Comparison, compare_algorithms
from ml.sentiment.training import decide, score_tickets, train_sentiment

__all__ = [
    "Comparison",
    "TicketSentiment",
    "compare_algorithms",
    "decide",
    "score_tickets",
    "train_sentiment",
]
