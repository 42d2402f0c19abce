"""The option for a transformer model, without one at hand."""

import importlib.util
from pathlib import Path

import pytest

from ml.sentiment.transformer import TransformerSentiment, sides


def test_a_folder_without_a_model_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="holds no transformer model"):
        TransformerSentiment(str(tmp_path)).fit()


@pytest.mark.skipif(
    importlib.util.find_spec("transformers") is not None, reason="transformers is installed"
)
def test_without_the_package_the_error_says_what_to_install(tmp_path: Path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ImportError, match="needs the packages transformers and torch"):
        TransformerSentiment(str(tmp_path)).fit()


def test_classes_are_recognised_by_their_names():
    assert sides(["LABEL", "x"][:0]).tolist() == []
    assert sides(["NEGATIVE", "POSITIVE"]).tolist() == [0, 2]
    stars = ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"]
    assert sides(stars).tolist() == [0, 0, 1, 2, 2]
    with pytest.raises(ValueError, match="LABEL_0 are no sentiments"):
        sides(["LABEL_0", "positive"])
