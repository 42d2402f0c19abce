"""From tickets to a champion and its scores."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml.registry import Registry
from ml.sentiment import TicketSentiment, decide, score_tickets, train_sentiment
from tests.ml.sentiment.conftest import DAY, help_desk


@pytest.fixture(scope="module")
def trained(tickets: pd.DataFrame):
    return train_sentiment(tickets, as_of=DAY)


def test_with_scores_enough_the_organizations_own_words_are_learned(trained, tickets):
    training, comparison = trained
    assert training.model_name == "linear_text"
    assert training.metrics["accuracy"] > 0.95
    results = comparison.results().set_index(["candidate", "metric"])["value"]
    assert results["lexicon", "accuracy"] < 0.7
    assert training.window == (tickets["opened_date"].min(), DAY)
    unscored = tickets[tickets["csat_score"].isna()]
    forecast = training.estimator.predict(unscored)["sentiment_label"]
    assert (forecast == unscored["said"]).mean() > 0.95


def test_each_algorithm_is_judged_on_tickets_after_those_it_learned_from(trained, tickets):
    _, comparison = trained
    scored = tickets[tickets["csat_score"].notna()]
    assert (
        comparison.tickets["ticket_id"].tolist()
        == scored["ticket_id"].tolist()[-len(comparison.tickets) :]
    )
    assert len(comparison.tickets) == len(scored) // 5


def test_tickets_opened_later_are_not_looked_at():
    known = help_desk(60)
    later = help_desk(5, seed=9).assign(
        ticket_id=lambda one: "L" + one["ticket_id"],
        opened_date=DAY + timedelta(days=1),
        opened_at=pd.Timestamp(DAY, tz="UTC") + pd.Timedelta(days=1, hours=9),
    )
    both, _ = train_sentiment(pd.concat([later, known]), as_of=DAY)
    assert both.data_hash == train_sentiment(known, as_of=DAY)[0].data_hash


@pytest.mark.parametrize(
    ("n", "scored", "algorithm"),
    [(0, 1.0, "lexicon"), (1, 1.0, "lexicon"), (60, 0.3, "lexicon"), (120, 0.0, "lexicon")],
)
def test_with_few_scores_the_lexicon_is_used_and_says_so(n: int, scored: float, algorithm: str):
    few = help_desk(n, scored=scored)
    training, comparison = train_sentiment(few, as_of=DAY)
    assert (training.model_name, training.metrics) == (algorithm, {})
    assert len(comparison.tickets) == 0
    assert "not known" in training.card.held_out
    assert len(training.estimator.predict(few)) == n


def test_some_scores_calibrate_the_lexicon():
    rng = np.random.default_rng(0)
    liked = rng.random(150) < 0.5
    body = [
        f"{'wonderful' if yes else 'awful'} {'day' if rng.random() < 0.5 else 'week'} {number}"
        for number, yes in enumerate(liked)
    ]
    stars = pd.array(np.where(liked, 5, 1), "Int64")
    training, _ = train_sentiment(help_desk(150, body=body, csat_score=stars), as_of=DAY)
    assert training.model_name == "calibrated_lexicon"
    assert training.metrics["accuracy"] == 1.0


def test_where_all_are_content_there_is_nothing_to_learn():
    training, _ = train_sentiment(help_desk(300, csat_score=5), as_of=DAY)
    assert training.model_name == "lexicon"


def test_a_ticket_without_text_has_no_sentiment_and_a_given_category_stays():
    some = help_desk(4, body=["", None, "wonderful invoice", "hello"])
    some["category"] = ["courts", None, None, None]
    scored = TicketSentiment().fit(some).predict(some)
    assert scored["sentiment_score"].isna().tolist() == [True, True, False, False]
    assert scored["sentiment_label"].isna().tolist() == [True, True, False, False]
    assert scored["category"].fillna("").tolist() == ["courts", "", "billing", "other"]
    assert scored["category_source"].fillna("").tolist() == ["given", "", "keywords", "keywords"]


def test_categories_are_learned_from_the_tickets_that_have_one(trained, tickets):
    training, comparison = trained
    assert comparison.categories == "learned"
    blank = tickets.assign(category=None)
    scored = training.estimator.predict(blank)
    assert (scored["category"] == tickets["about"]).mean() > 0.97
    assert set(scored["category_source"]) == {"learned"}


def test_categories_that_no_word_tells_are_left_to_keywords():
    drawn = np.random.default_rng(0).choice(["a", "b"], 300, p=[0.8, 0.2])
    _, comparison = train_sentiment(help_desk(300, scored=0.0, category=drawn), as_of=DAY)
    assert comparison.categories == "keywords"
    assert comparison.category_accuracy["the most frequent"] > 0.6


def test_the_champion_scores_every_ticket_known_at_the_day(trained, tickets, tmp_path: Path):
    registry = Registry(tmp_path)
    training, comparison = trained
    version = registry.add("club", "sentiment", training)
    decision = decide(registry, "club", version, comparison, as_of=DAY)
    champion, record = registry.load("club", "sentiment", decision.champion)
    before = DAY - timedelta(days=100)
    scores = score_tickets(champion, tickets, record, as_of=before)
    assert len(scores) == (tickets["opened_date"] <= before).sum()
    assert scores["ticket_id"].is_unique
    assert scores["sentiment_score"].between(-1, 1).all()
    assert set(scores["model_version"]) == {version}
    assert (scores["trained_as_of"] == DAY).all()
    assert (scores["scored_as_of"] == before).all()
    card = registry.read_file("club", "sentiment", version, "card.md").decode()
    assert "| linear_text |" in card
    assert "| lexicon |" in card
    assert "| score by the lexicon | 0." in card
    assert "(calibration_plot_of_negative.png)" in card


def test_a_cold_start_gives_way_to_a_model_that_has_learned(trained, tmp_path: Path):
    registry = Registry(tmp_path)
    first = DAY - timedelta(days=200)
    cold, nothing = train_sentiment(help_desk(0), as_of=first)
    version = registry.add("club", "sentiment", cold)
    assert decide(registry, "club", version, nothing, as_of=first).action == "promoted"
    training, comparison = trained
    version = registry.add("club", "sentiment", training)
    few = comparison.after(comparison.tickets["opened_date"].max() - timedelta(days=1))
    assert decide(registry, "club", version, few, as_of=DAY).action == "kept"
    decision = decide(registry, "club", version, comparison, as_of=DAY)
    assert (decision.action, decision.champion) == ("promoted", version)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda one: one.drop(columns="body"), "lack body"),
        (lambda one: pd.concat([one, one]), "stands twice"),
    ],
)
def test_tickets_that_are_none_are_refused(change, message: str):
    with pytest.raises(ValueError, match=message):
        train_sentiment(change(help_desk(3)), as_of=date(2024, 3, 31))


def test_an_unknown_algorithm_is_named():
    with pytest.raises(ValueError, match="'magic': use one of lexicon, calibrated_lexicon"):
        TicketSentiment("magic").fit(help_desk(3))
