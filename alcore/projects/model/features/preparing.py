"""What features are made of, and how, for each kind of source."""

from typing import Any

import numpy as np
import scipy.sparse as sp

from alcore.datasets.dataset import DatasetError
from alcore.datasets.embeddings import EmbeddingSource
from alcore.datasets.images import ImageSource
from alcore.datasets.sources import Source
from alcore.datasets.tables.frame import TableSource
from alcore.datasets.texts import TextSource
from alcore.datasets.word_embeddings import wordllama
from alcore.loops.steps import OnStep, ignored
from alcore.projects.model.features.choice import FeatureChoice, Features
from alcore.projects.model.features.images import flat, hog_of, of_pixels, pixels_of
from alcore.projects.model.features.inputs import Prepared
from alcore.projects.model.features.tables import of_table, of_table_by_skrub, texts_of
from alcore.projects.model.features.texts import sentence_embeddings, vectorizer
from alcore.projects.model.network import GroupedNetwork


def prepared(source: Source, choice: FeatureChoice) -> Prepared:
    """What features are made of, and how.

    Raises:
        DatasetError: the method does not fit the source.
        MissingExtraError: what the method needs is not installed.
    """
    if isinstance(source, EmbeddingSource) and choice.method == "given":
        return Prepared(source.vectors_N_D)
    if isinstance(source, TableSource) and choice.method == "table":
        return of_table(source, choice)
    if isinstance(source, TableSource) and choice.method == "skrub":
        return of_table_by_skrub(source, choice)
    if isinstance(source, TableSource | TextSource) and choice.method in ("tfidf", "wordllama", "sentences"):
        texts = texts_of(source, choice)
        if choice.method == "tfidf":
            return Prepared(texts, vectorizer(choice.vocabulary))
        return Prepared(
            wordllama(texts) if choice.method == "wordllama" else sentence_embeddings(texts, choice.encoder)
        )
    if isinstance(source, ImageSource) and choice.method in ("pixels", "images"):
        pixels = pixels_of(source, choice.side)
        return of_pixels(pixels, choice.components) if choice.method == "pixels" else Prepared(flat(pixels))
    if isinstance(source, ImageSource) and choice.method == "hog":
        return Prepared(hog_of(source, choice.side))
    if isinstance(source, ImageSource) and choice.method == "cnn":
        return Prepared(flat(pixels_of(source, choice.side)), GroupedNetwork())
    raise unfit(source, choice)


def fitted(made: Prepared, name: str, on_step: OnStep = ignored) -> tuple[Any, Features]:
    """The fitted transformer (None without one) and the features.

    Args:
        made: of all items.
        name: of their file, for sentences.
        on_step: called with the share completed where the transformer is a network.

    Raises:
        DatasetError: no text has a word of two letters or more.
    """
    if made.transformer is None:
        return None, made.inputs
    try:
        with np.errstate(invalid="ignore"):  # the share of variance of a single image, which is not used
            steps = {"on_step": on_step} if isinstance(made.transformer, GroupedNetwork) else {}
            found = made.transformer.fit_transform(made.inputs, **steps)
    except ValueError as error:
        if "empty vocabulary" not in str(error):
            raise
        raise DatasetError(
            f"The texts of {name} have no word of two letters or more: choose other columns or features."
        ) from error
    dense = np.asarray if not sp.issparse(found) else sp.csr_matrix
    return made.transformer, dense(found, dtype=np.float32)


def unfit(source: Source, choice: FeatureChoice) -> DatasetError:
    """The sentence of a method that does not fit a source."""
    fitting = {
        TableSource: "table, skrub, tfidf, wordllama or sentences",
        TextSource: "tfidf, wordllama or sentences",
        ImageSource: "pixels, hog, cnn or images",
        EmbeddingSource: "given",
    }[type(source)]
    return DatasetError(f"Features {choice.method!r} cannot be made of {source.name}: choose {fitting}.")
