import numpy as np

from orchestration.sample.service.wording import TOPICS, compose

CATEGORIES = np.array(list(TOPICS))


def written(sentiment, size=4000):
    rng = np.random.default_rng(2)
    category = CATEGORIES[np.arange(size) % len(CATEGORIES)]
    return category, *compose(rng, category, np.full(size, sentiment))


def test_texts_vary():
    *_, texts = written(-1)
    assert len(set(texts)) > 2000


def test_a_text_is_about_its_category():
    category, headline, texts = written(1)
    topics = {name: {topic.capitalize() for topic in TOPICS[name]} for name in TOPICS}
    assert all(title in topics[name] for name, title in zip(category, headline, strict=True))
    assert all(title.lower() in text.lower() for title, text in zip(headline, texts, strict=True))


def test_no_text_of_one_spirit_is_one_of_another():
    bad, mixed, good = (set(written(sentiment)[2]) for sentiment in (-1, 0, 1))
    assert len(bad | mixed | good) == len(bad) + len(mixed) + len(good)
