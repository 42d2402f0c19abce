"""Categories by keywords."""

import pytest

from ml.sentiment.categories import KeywordCategories


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("My invoice has a double charge", "billing"),
        ("I want to cancel and terminate it", "cancellation"),
        ("The parcel was not delivered", "delivery"),
        ("Ich habe eine falsche Rechnung", "billing"),
        ("Il pacco della spedizione non c'è", "delivery"),
        ("The shower in the locker room is cold", "facilities"),
        ("I cannot log in, the app shows an error", "technical"),
        ("Hello", "other"),
        ("", "other"),
    ],
)
def test_most_keywords_win(text: str, category: str):
    model = KeywordCategories().fit()
    assert model.predict([text]).tolist() == [category]
    assert category in model.classes_
