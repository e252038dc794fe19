"""Static word embeddings of texts: numbers without a network, a download or a GPU."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alcore.extras import optional_imports

# Of a text: the memory of an embedding grows with the longest text of a batch.
LONGEST_TEXT = 10_000


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
    return normalize(model.embed(list(map(cut, texts)))).astype(np.float32)


def cut(text: str) -> str:
    """The beginning of a text that is embedded."""
    return text[:LONGEST_TEXT]
