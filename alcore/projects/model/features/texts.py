"""Features of texts: TF-IDF, static word embeddings, or sentence embeddings by a transformer."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import DatasetError
from alcore.extras import optional_imports
from alcore.projects.model.features.choice import ENCODER

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
    return normalize(model.embed(list(map(_cut, texts)))).astype(np.float32)


def sentence_embeddings(texts: Sequence[str], encoder: str = "") -> NDArray[np.float32]:
    """Embeddings of texts by a transformer, rows of unit length; of a text the first words, as many as the model reads.

    The package downloads a model once, from Hugging Face, and reads it from its cache afterwards.

    Args:
        texts: N of them.
        encoder: name of a model, or its folder; empty: `ENCODER`.

    Returns:
        (N, D), D of the model.

    Raises:
        MissingExtraError: sentence-transformers is not installed.
        DatasetError: the model cannot be loaded: there is none of this name, or it is not here and there is no network.

    Source: Reimers & Gurevych (2019).
    """
    with optional_imports():
        from sentence_transformers import SentenceTransformer
    name = encoder or ENCODER
    try:
        model = SentenceTransformer(name)
    except Exception as error:  # of several packages, of the network and of the disk
        why = " ".join(str(error).split())[:200] or type(error).__name__
        raise DatasetError(
            f"The model {name} of sentence-transformers could not be loaded ({why.rstrip('.')}). It is downloaded "
            "once, with a network; without one, copy a model's folder here and name it as the encoder, or choose the "
            "features tfidf or wordllama."
        ) from error
    found = model.encode(list(map(_cut, texts)), normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(found, dtype=np.float32)


def _cut(text: str) -> str:
    return text[:LONGEST_TEXT]
