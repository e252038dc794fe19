"""The SMS Spam Collection: short messages as word weights or word embeddings, spam or not."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from alcore.datasets.dataset import Dataset, DatasetError
from alcore.datasets.word_embeddings import wordllama
from alcore.extras import MissingExtraError, require

FILE = "SMSSpamCollection"
ADDRESS = "https://archive.ics.uci.edu/dataset/228/sms+spam+collection"
MESSAGES, SPAM = 5574, 747
MAX_BYTES = 5_000_000  # ten times the genuine file
CLASS_NAMES = ("ham", "spam")
TEST_SHARE = 0.25
# More of them make logistic regression no better (tried: 500 to all 7,500) and every round slower.
WORDS = 1000


def spam_problem(home: Path) -> str | None:
    """Why the messages cannot be loaded, in one sentence with the next step; None if they can."""
    try:
        messages(home)
    except DatasetError as error:
        return str(error)
    return None


def load_spam(home: Path, *, rng: np.random.Generator) -> Dataset:
    """A stratified quarter of the messages is the test set, the rest the pool.

    Each message is a row of TF-IDF weights, float32, of the 1,000 words most frequent in the pool: 17 MB.
    Labels have no part in it. Some 400 messages occur more than once, so that a few of the test set are in
    the pool too, as in what is published on these data.

    87 % of the messages are no spam: who never cries spam is right in 87 % of cases. Read balanced accuracy
    and the recall of spam beside the accuracy.

    Args:
        home: `ALCORE_HOME`, where the file SMSSpamCollection lies.
        rng: the split's stream.

    Raises:
        DatasetError: the file is missing or not whole; the sentence says where to get it.

    Source: Almeida, Hidalgo & Yamakami (2011); CC BY 4.0.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts, labels_N = messages(home)
    pool, test = split(labels_N, rng)
    words = TfidfVectorizer(max_features=WORDS, dtype=np.float32)
    x_pool = words.fit_transform([texts[row] for row in pool]).toarray()
    x_test = words.transform([texts[row] for row in test]).toarray()
    return Dataset("spam", x_pool, labels_N[pool], x_test, labels_N[test], CLASS_NAMES)


def load_spam_embedded(home: Path, *, rng: np.random.Generator) -> Dataset:
    """The same messages with the same split, each as the mean of its words' static embeddings: (5574, 256) numbers.

    Args:
        home: `ALCORE_HOME`, where the file SMSSpamCollection lies.
        rng: the split's stream.

    Raises:
        DatasetError: the file is missing or not whole, or wordllama is not installed.
    """
    if missing := _package_problem():
        raise DatasetError(missing)
    texts, labels_N = messages(home)
    pool, test = split(labels_N, rng)
    x_N_D = embedded(tuple(texts))
    return Dataset("spam_embedded", x_N_D[pool], labels_N[pool], x_N_D[test], labels_N[test], CLASS_NAMES)


def embedded_problem(home: Path) -> str | None:
    """Why the embedded messages cannot be loaded, as `spam_problem`."""
    return _package_problem() or spam_problem(home)


def _package_problem() -> str | None:
    try:
        require("wordllama")
    except MissingExtraError as error:
        return str(error)
    return None


@lru_cache(maxsize=1)
def embedded(texts: tuple[str, ...]) -> np.ndarray:
    """The (N, 256) embeddings of texts, read-only; kept for the seeds of a race, as they take seconds."""
    x_N_D = wordllama(texts)
    x_N_D.flags.writeable = False
    return x_N_D


def split(labels_N: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the pool and of the test set, a stratified quarter."""
    from sklearn.model_selection import train_test_split

    pool, test = train_test_split(
        np.arange(len(labels_N)), test_size=TEST_SHARE, stratify=labels_N, random_state=int(rng.integers(2**31))
    )
    return pool, test


def messages(home: Path) -> tuple[list[str], np.ndarray]:
    """The texts and their labels, 1 for spam; with or without a line of column names in the file.

    Raises:
        DatasetError: as `load_spam`.
    """
    path = home / FILE
    if not path.is_file():
        raise DatasetError(
            f"The SMS Spam Collection is not on this machine: get it from {ADDRESS} and unpack it, so that "
            f"the file {path} is there."
        )
    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            raise DatasetError(
                f"{path} is not the SMS Spam Collection: it has {size / 1e6:,.0f} MB. Get it anew from {ADDRESS}."
            )
        lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read ({error}): get it anew from {ADDRESS}.") from error
    pairs = [line.rstrip("\r").partition("\t") for line in lines]
    told = [(label, text) for label, _, text in pairs if label in CLASS_NAMES]
    labels_N = np.array([label == "spam" for label, _ in told], dtype=np.int64)
    if (len(told), labels_N.sum()) != (MESSAGES, SPAM) or len(lines) > MESSAGES + 1:
        raise DatasetError(
            f"{path} is not the whole SMS Spam Collection: it has {len(told):,} messages, {labels_N.sum():,} "
            f"of them spam, and should have {MESSAGES:,} and {SPAM:,}. Get it anew from {ADDRESS}."
        )
    return [text for _, text in told], labels_N
