"""Features of texts: TF-IDF, or sentence embeddings by a transformer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import DatasetError
from alcore.datasets.word_embeddings import cut
from alcore.extras import optional_imports
from alcore.projects.model.features.choice import ENCODER

_TFIDF: dict[str, Any] = {"sublinear_tf": True, "ngram_range": (1, 2), "dtype": np.float32}


def vectorizer(vocabulary: int) -> Any:
    """TF-IDF of words and pairs of words, rows of unit length, float32; not fitted.

    A word of a text weighs (1 + ln(times in the text)) * (1 + ln((1 + N) / (1 + texts that have it))).

    Args:
        vocabulary: how many words and pairs there are at the most, the most frequent first.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(**_TFIDF, max_features=vocabulary)


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
    found = model.encode(list(map(cut, texts)), normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(found, dtype=np.float32)
