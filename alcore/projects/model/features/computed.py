"""The features of all items of a source: computed once, and kept by a hash of what they are made of."""

import contextlib
import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from alcore.datasets.embeddings import EmbeddingSource
from alcore.datasets.sources import Source
from alcore.datasets.tables.frame import TableSource
from alcore.projects.model.features.choice import FeatureChoice, Features
from alcore.projects.model.features.kept import keep, kept_features
from alcore.projects.model.features.preparing import fitted, prepared, unfit
from alcore.projects.model.features.tables import columns_of

_WORDS = ".words.json"  # ending of a vocabulary's file
_VERSION = 1  # of what is computed: a new number leaves features of the old kind unused


def features_of(source: Source, choice: FeatureChoice, folder: Path | None = None) -> Features:
    """The features of all items of a source, in its order.

    Args:
        source: N items.
        choice: how they become numbers.
        folder: where they are kept, by a hash of the content they are made of and of the choice; a dense array is then
            mapped read-only. None: they are computed anew.

    Returns:
        (N, D): float32, dense or a CSR matrix with sorted indices; of `given` the vectors of the source.

    Raises:
        DatasetError: the method does not fit the source, or nothing can be made of its content.
        MissingExtraError: what the method needs is not installed.
    """
    if choice.method == "given":
        if not isinstance(source, EmbeddingSource):
            raise unfit(source, choice)
        return source.vectors_N_D
    if folder is None:
        return _computed(source, choice)[1]
    stem = _stem(source, choice, folder)
    kept = kept_features(stem)
    if kept is not None and kept.shape[0] == len(source):
        return kept
    transformer, features = _computed(source, choice)
    keep(stem, features)
    if choice.method == "tfidf":
        _keep_words(stem, transformer)
    return kept_features(stem) if isinstance(features, np.ndarray) else features


def vocabulary_of(source: Source, choice: FeatureChoice, folder: Path) -> dict[str, int]:
    """Column of each word and pair of words of the features `tfidf`, kept beside them.

    Raises:
        DatasetError: as `features_of`.
    """
    stem = _stem(source, choice, folder)
    path = stem.with_suffix(_WORDS)
    with contextlib.suppress(OSError, ValueError):
        return {word: column for column, word in enumerate(json.loads(path.read_text(encoding="utf-8")))}
    return _keep_words(stem, _computed(source, choice)[0])


def _keep_words(stem: Path, vectorizer: Any) -> dict[str, int]:
    columns = {word: int(column) for word, column in vectorizer.vocabulary_.items()}
    part = stem.with_suffix(f"{_WORDS}.{os.getpid()}")
    part.write_text(json.dumps(sorted(columns, key=columns.__getitem__), ensure_ascii=False), encoding="utf-8")
    part.replace(stem.with_suffix(_WORDS))
    return columns


def _stem(source: Source, choice: FeatureChoice, folder: Path) -> Path:
    """What files of features are called, without their endings: by what they are made of and how."""
    import sklearn

    content = source.digest(columns_of(source, choice)) if isinstance(source, TableSource) else source.digest
    # Without what is newer than features that were kept, where it says nothing.
    chosen = {name: value for name, value in asdict(choice).items() if name != "encoder" or value}
    described = json.dumps([_VERSION, sklearn.__version__, content, chosen])
    return folder / hashlib.blake2b(described.encode(), digest_size=16).hexdigest()


def _computed(source: Source, choice: FeatureChoice) -> tuple[Any, Features]:
    return fitted(prepared(source, choice), source.name)
