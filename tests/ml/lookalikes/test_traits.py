import numpy as np
import pandas as pd
import pytest

from ml.lookalikes.traits import TraitEncoder


def companies() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "industry": ["Golf", " golf", "Hotel", None, "Golf", "Hotel", "Rare"] * 3,
            "size": pd.array([1, 10, 100, None, 1000, 10, 5] * 3, dtype="Int64"),
        }
    )


def encoder(**options) -> TraitEncoder:
    return TraitEncoder({"industry": ("industry",), "size": ("size",)}, **options)


def test_columns_are_0_on_average():
    encoded = encoder().fit_transform(companies())
    np.testing.assert_allclose(encoded.mean(axis=0), 0, atol=1e-12)


def test_an_unknown_trait_says_neither_yes_nor_no():
    fitted = encoder().fit(companies())
    unknown = pd.DataFrame({"industry": [None, ""], "size": pd.array([None, None], dtype="Int64")})
    assert not fitted.transform(unknown).any()


def test_spellings_of_a_category_are_one_and_rare_ones_have_no_column():
    fitted = encoder().fit(companies())
    assert fitted.levels_ == {"industry": ["golf", "hotel"]}


def test_the_middle_of_a_figure_can_stand_out():
    fitted = encoder().fit(companies())
    of_size = fitted.trait_ == 1
    small, middle, large = fitted.transform(
        pd.DataFrame({"industry": None, "size": [1, 10, 1000]})
    )[:, of_size]
    line = small + (large - small) / 2
    assert np.abs(middle - line).max() > 0.5


def test_figures_beyond_those_seen_count_as_the_outermost():
    fitted = encoder().fit(companies())
    sizes = pd.DataFrame({"industry": None, "size": [1000, 10**9]})
    seen, beyond = fitted.transform(sizes)
    np.testing.assert_allclose(seen, beyond, atol=0.02)


def test_a_column_without_values_is_left_out():
    fitted = encoder().fit(companies().assign(size=np.nan, industry=None))
    assert fitted.transform(companies()).shape == (21, 0)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="no column size"):
        encoder().fit(companies()[["industry"]])
