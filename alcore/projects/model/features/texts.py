"""Features of texts: TF-IDF, or static word embeddings."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.extras import optional_imports

# Of a text, for the embedding: its memory grows with the longest text of a batch.
LONGEST_TEXT = 10_000
_TFIDF: dict[str, Any] = {"sublinear_tf": True, "ngram_range": (1, 2), "dtype": np.float32}


def vectorizer(vocabulary: int) -> Any:
    """TF-IDF of words and pairs of words, rows of unit length, float32; not fitted.

    A word of a text weighs (1 + ln(times in the text)) * (1 + ln((1 + N) / (1 + texts that have it))).

    Args:
        vocabulary: how many words and pairs there are at the most, the most frequent first.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(**_TFIDF, max_features=vocabulary)


def wordllama(texts: Sequence[str]) -> NDArray[np.float32]:
    """Static word embeddings averaged over each text, rows of unit length; zeros where a text has no word.

    The weights lie in the package wordllama: nothing is downloaded. Of a text the first 10,000 characters are read.

    Args:
        texts: N of them.

    Returns:
        (N, 256).

    Raises:
        MissingExtraError: wordllama is not installed.

    Source: WordLlama, github.com/dleemiller/WordLlama (MIT).
    """
    from sklearn.preprocessing import normalize

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with optional_imports():
        import wordllama as package
    root.handlers[:] = handlers  # the package sets up logging for the whole process
    root.setLevel(level)
    model = package.WordLlama.load(cache_dir=Path(package.__file__).parent, disable_download=True)
    return normalize(model.embed([text[:LONGEST_TEXT] for text in texts])).astype(np.float32)
