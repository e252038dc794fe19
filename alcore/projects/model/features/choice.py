"""How a project's items become numbers: the choice, and the one that is made where none is."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal, TypeAlias

from alcore.datasets.images import ImageSource
from alcore.datasets.sources import Source
from alcore.datasets.tables.frame import TableSource
from alcore.datasets.tables.kinds import ColumnKind
from alcore.datasets.texts import TextSource

Method = Literal["table", "skrub", "tfidf", "wordllama", "sentences", "pixels", "hog", "cnn", "images", "given"]
Features: TypeAlias = Any  # a NumPy array or a SciPy CSR matrix

# Of 90 MB; 384 numbers a text.
ENCODER = "sentence-transformers/all-MiniLM-L6-v2"

# Method -> what makes the features, in a few words.
METHODS: dict[Method, str] = {
    "table": "scikit-learn's ColumnTransformer",
    "skrub": "skrub's TableVectorizer",
    "tfidf": "word weights (TF-IDF)",
    "wordllama": "WordLlama embeddings",
    "sentences": "sentence embeddings (sentence-transformers)",
    "pixels": "principal components of pixels",
    "hog": "histograms of oriented gradients",
    "cnn": "a CNN trained to tell groups of similar images apart",
    "images": "pixels",
    "given": "the embeddings as given",
}


@dataclass(frozen=True)
class FeatureChoice:
    """How items become numbers.

    Attributes:
        method: `table` or `skrub` (columns by their kinds, by scikit-learn's ColumnTransformer or skrub's
            TableVectorizer), `tfidf`, `wordllama` or `sentences` (texts, or columns of a table joined by spaces),
            `pixels`, `hog` or `cnn` (images), `images` (their pixels, for a network), `given` (embeddings as they are).
        columns: of a table; empty: all but those of ids and labels that hold something.
        kinds: (column, kind) of columns to be taken for another kind than the one found.
        vocabulary: words and pairs of words at the most, of TF-IDF.
        side: height and width that images are resized to, in pixels; for `hog` a multiple of 8, 16 or more.
        components: principal components at the most, of pixels.
        encoder: model of sentence-transformers, a name of Hugging Face's or a folder; empty: `ENCODER`.
    """

    method: Method
    columns: tuple[str, ...] = ()
    kinds: tuple[tuple[str, ColumnKind], ...] = ()
    vocabulary: int = 20_000
    side: int = 64
    components: int = 100
    encoder: str = ""


def default_choice(source: Source) -> FeatureChoice:
    """Features that need no settings: of a table by skrub where it is installed; no others need an optional package."""
    if isinstance(source, TableSource):
        return FeatureChoice(table_method())
    if isinstance(source, TextSource):
        return FeatureChoice("tfidf")
    return FeatureChoice("pixels" if isinstance(source, ImageSource) else "given")


def words_of_choice(choice: FeatureChoice) -> str:
    """What makes the features, in a few words."""
    return METHODS[choice.method]


def table_method() -> Method:
    """What makes features of tables here: skrub where it is installed, else scikit-learn."""
    return "skrub" if find_spec("skrub") else "table"
