"""Small pools as users have them: mixed columns, texts, words for labels."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


class OwnPool(NamedTuple):
    """A pool with its labels and a pipeline that fits it."""

    X: Any
    y: NDArray[Any]
    pipeline: Pipeline


def mixed_columns(n: int = 60) -> OwnPool:
    """Numbers and words in columns, under an index that is neither sorted nor unique."""
    rng = np.random.default_rng(5)
    colour = rng.choice(["red", "green", "blue"], n)
    size = rng.normal(size=n)
    weight = 100 * rng.normal(size=n)
    y = np.where(size + (colour == "red") + rng.normal(scale=0.3, size=n) > 0.3, "keep", "drop")
    X = pd.DataFrame({"colour": colour, "size": size, "weight": weight}, index=np.arange(n)[::-1] % 7)
    columns = ColumnTransformer(
        [
            ("words", OneHotEncoder(handle_unknown="ignore"), ["colour"]),
            ("numbers", StandardScaler(), ["size", "weight"]),
        ]
    )
    return OwnPool(X, y, make_pipeline(columns, LogisticRegression()))


def messages(n: int = 60) -> OwnPool:
    """Short texts of two kinds over a vocabulary of 3,000 words."""
    rng = np.random.default_rng(7)
    words = np.array([f"w{number}" for number in range(3000)])
    spam = rng.random(n) < 0.4
    texts = []
    for is_spam in spam:
        own = rng.integers(0, 40, 6) if is_spam else rng.integers(40, 80, 6)
        texts.append(" ".join(words[np.concatenate([own, rng.integers(80, 3000, rng.integers(4, 12))])]))
    return OwnPool(texts, np.where(spam, "spam", "ham"), make_pipeline(TfidfVectorizer(), LogisticRegression()))
