"""A small grammar of what customers write: about a topic, in good, mixed or bad spirits."""

import numpy as np
import numpy.typing as npt

from orchestration.sample.draws import Integers

Texts = npt.NDArray[np.str_]

TOPICS: dict[str, tuple[str, ...]] = {
    "booking": ("my court reservation", "the waiting list", "the booking calendar", "my lesson"),
    "courts": ("the lighting on court 3", "the squash floor", "the nets", "the locker room"),
    "billing": ("my last invoice", "the card payment", "the monthly fee", "a double charge"),
    "staff": ("the front desk", "my coach", "the weekend team", "the trial session"),
    "delivery": ("the parcel with our order", "the delivery date", "the carrier", "the tracking"),
    "quality": ("the last case of balls", "the strings", "the club polos", "the ball baskets"),
    "ordering": ("the order form", "our reorder", "the price list", "the catalogue"),
}
"""What each category's texts are about."""

_GREETINGS = ("Hello, ", "Hi team, ", "Good morning, ", "", "", "To whom it may concern: ")
_BAD = (
    " has been a disappointment again",
    " went wrong and nobody called me back",
    " is simply not acceptable any more",
    " was a mess from start to finish",
    " is worse than it was a year ago",
    " failed for the second time this month",
    " made me angry, to be honest",
)
_MIXED = (
    " needs a second look, please",
    " does not match what I was told",
    " raised a question",
    " has to be changed for next week",
    " could be explained better",
    " is not quite what I expected",
    " should be checked when you have time",
)
_GOOD = (
    " was handled wonderfully",
    " is excellent, thank you",
    " turned out better than I had hoped",
    " made our week, really great work",
    " could not have been easier",
    " is a pleasure, as always",
    " was quick and friendly",
)
_BAD_ENDS = (
    ". I waited for days and got no answer.",
    ". If this goes on I will cancel.",
    ". I want my money back.",
    ". We are looking at other suppliers and clubs by now.",
    ". It is broken, slow and far too expensive for that.",
    ". Please fix this at once.",
)
_MIXED_ENDS = (
    ". Could you let me know by Friday?",
    ". What are my options?",
    ". No hurry, but I would like to understand it.",
    ". Please send me the details.",
    ". Thanks for looking into it.",
    ". Is there somebody I can talk to?",
)
_GOOD_ENDS = (
    ". Keep it up!",
    ". We will gladly recommend you.",
    ". Please pass my thanks on to everybody.",
    ". I am very happy with it.",
    ". See you next week!",
    ". One small thing: can I have a receipt?",
)
_VERDICTS = np.array([_BAD, _MIXED, _GOOD])
_ENDS = np.array([_BAD_ENDS, _MIXED_ENDS, _GOOD_ENDS])


def compose(
    rng: np.random.Generator, category: npt.NDArray[np.str_], sentiment: Integers
) -> tuple[Texts, Texts]:
    """Write a headline and a text about a topic of each category.

    Parameters
    ----------
    rng
        Source of randomness.
    category
        Keys of `TOPICS`, shape (texts,).
    sentiment
        -1 for bad, 0 for mixed, 1 for good spirits, shape (texts,).

    Returns
    -------
    headline, text
        Both of shape (texts,).
    """
    size, spirit = len(category), sentiment + 1
    number = np.searchsorted(sorted(TOPICS), category)
    topics = np.array([TOPICS[name] for name in sorted(TOPICS)])
    topic = topics[number, rng.integers(0, topics.shape[1], size)]
    greeting = np.array(_GREETINGS)[rng.integers(0, len(_GREETINGS), size)]
    verdict = _VERDICTS[spirit, rng.integers(0, _VERDICTS.shape[1], size)]
    end = _ENDS[spirit, rng.integers(0, _ENDS.shape[1], size)]
    headline = np.strings.capitalize(topic)
    opening = np.where(greeting == "", headline, np.strings.add(greeting, topic))
    return headline, np.strings.add(np.strings.add(opening, verdict), end)
