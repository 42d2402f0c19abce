"""Learned classes of texts."""

import numpy as np
import pytest
from sklearn.base import clone

from ml.registry import artifact
from ml.sentiment.linear import LinearTextClassifier, different_texts
from tests.ml.sentiment.conftest import help_desk


@pytest.fixture(scope="module")
def fitted() -> LinearTextClassifier:
    known = help_desk(300)
    return LinearTextClassifier().fit(known["body"].to_numpy(object), known["said"])


def test_words_that_no_lexicon_has_are_learned(fitted: LinearTextClassifier):
    fresh = help_desk(200, seed=1)
    forecast = fitted.predict(fresh["body"].to_numpy(object))
    assert (forecast == fresh["said"]).mean() > 0.97


def test_probabilities_are_as_good_as_they_say():
    known, fresh = help_desk(1500), help_desk(500, seed=1)
    rng = np.random.default_rng(7)
    drawn = rng.choice(["negative", "neutral", "positive"], len(known))
    # A third of the labels is drawn anew: what the text says is right in 7 of 9 cases.
    noisy = known["said"].where(rng.random(len(known)) > 1 / 3, drawn)
    model = LinearTextClassifier().fit(known["body"].to_numpy(object), noisy)
    probability = model.predict_proba(fresh["body"].to_numpy(object))
    assert (model.classes_[probability.argmax(axis=1)] == fresh["said"]).mean() > 0.97
    assert probability.max(axis=1).mean() == pytest.approx(7 / 9, abs=0.03)


def test_the_same_texts_and_seed_give_the_same_model_to_the_byte(fitted: LinearTextClassifier):
    known = help_desk(300)
    again = clone(fitted).fit(known["body"].to_numpy(object), known["said"])
    assert artifact.dumps(again) == artifact.dumps(fitted)


def test_it_comes_back_from_the_registry_as_it_was(fitted: LinearTextClassifier):
    texts = help_desk(50, seed=2)["body"].to_numpy(object)
    loaded = artifact.loads(artifact.dumps(fitted))
    assert (loaded.predict_proba(texts) == fitted.predict_proba(texts)).all()


def test_two_classes_and_empty_texts_will_do():
    texts = np.array(["plim"] * 3 + ["", "florp", "woob", "zorp", "blarg", "quib", "7"], object)
    labels = np.array(["good"] * 6 + ["bad"] * 4)
    model = LinearTextClassifier().fit(texts, labels)
    assert model.predict_proba(["", "plim"]).sum(axis=1) == pytest.approx([1, 1])


def test_a_text_that_stands_often_counts_once_for_what_can_be_learned():
    texts = np.array(["same"] * 100 + ["other", "third", "fourth", "fifth"], object)
    labels = np.array(["a"] * 100 + ["b"] * 4)
    assert len(different_texts(texts, labels)) == 5
    with pytest.raises(ValueError, match="takes two of them with 4 texts each"):
        LinearTextClassifier().fit(texts, labels)
