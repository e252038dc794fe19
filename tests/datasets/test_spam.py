"""The SMS Spam Collection: its features against a weighting by hand, and files that are not it."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from alcore.datasets import sms_spam
from alcore.datasets.catalogue import DATASETS, DatasetError, fetch, load_dataset, problem
from alcore.datasets.sms_spam import FILE, MESSAGES, SPAM, WORDS
from alcore.learners.registry import make_learner
from alcore.loops.pool.simulate import simulate
from alcore.runs.presets import PRESETS

_OUTER_HOME = os.environ.get("ALCORE_HOME")


def made_up(count: int = MESSAGES, spam: int = SPAM) -> list[str]:
    """As many messages as the real ones: everyday words, and in spam one of three more."""
    rng = np.random.default_rng(0)
    everyday = np.array([f"word{number}" for number in range(60)])
    lines = []
    for number in range(count):
        label = "spam" if number < spam else "ham"
        own = rng.choice(["prize", "claim", "urgent"], 2 if label == "spam" else 0)
        lines.append(f"{label}\t{' '.join([*rng.choice(everyday, 5), *own])}")
    return lines


@pytest.fixture
def put(home: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        (home / FILE).write_text(text, encoding="utf-8")
        return home

    return write


def test_without_the_file_a_sentence_says_where_it_is(home: Path) -> None:
    said = str(problem("spam", home))
    assert "not on this machine: get it from https://archive.ics.uci.edu/" in said and str(home / FILE) in said
    for attempt in (fetch, lambda name, folder: load_dataset(name, seed=0, home=folder)):
        with pytest.raises(DatasetError, match="get it from"):
            attempt("spam", home)
    assert list(home.iterdir()) == []


def test_a_part_of_it_is_refused(put: Callable[[str], Path]) -> None:
    home = put("\n".join(made_up(5000, 700)))
    assert "it has 5,000 messages, 700 of them spam, and should have 5,574 and 747" in str(problem("spam", home))
    (home / FILE).write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in str(problem("spam", home))


@pytest.mark.parametrize("text", ["{}", "Label\tSMS\n{}\n"])
def test_weights_are_term_times_inverse_document_frequency(put: Callable[[str], Path], text: str) -> None:
    lines = made_up()
    data = load_dataset("spam", seed=0, home=put(text.format("\n".join(lines))))
    assert problem("spam", put("\r\n".join(lines))) is None
    assert len(data.y_pool) + len(data.y_test) == MESSAGES and len(data.y_test) == 1394
    assert data.y_pool.sum() + data.y_test.sum() == SPAM and data.y_test.sum() == 187
    assert data.class_names == ("ham", "spam") and data.x_pool.dtype == data.x_test.dtype == np.float32
    # Words in alphabetical order; a count times 1 + ln((1 + n) / (1 + n with it)), and rows of length 1.
    words = sorted({word for line in lines for word in line.split("\t")[1].split()})
    count = np.array([[line.split("\t")[1].split().count(word) for word in words] for line in lines])
    held = count > 0

    def weighed(frequency: np.ndarray) -> np.ndarray:
        weights = count * (1 + np.log((1 + len(data.y_pool)) / (1 + frequency)))
        return weights / np.linalg.norm(weights, axis=1, keepdims=True)

    frequency = (data.x_pool > 0).sum(axis=0)
    expected = {tuple(np.round(row, 4)) for row in weighed(frequency)}
    assert held.shape[1] == data.x_pool.shape[1] <= WORDS
    for x in (data.x_pool[:50], data.x_test[:50]):
        assert all(tuple(np.round(row.astype(float), 4)) in expected for row in x)


def test_the_split_is_the_seeds(put: Callable[[str], Path]) -> None:
    home = put("\n".join(made_up()))
    first, again, other = (load_dataset("spam", seed=seed, home=home) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.x_pool, again.x_pool)
    assert not np.array_equal(first.y_pool, other.y_pool)
    assert DATASETS["spam"].classes == first.classes
    assert DATASETS["kmnist"].classes == 10


def test_embedded_messages_have_the_split_of_the_others(
    put: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_hand(texts: tuple[str, ...]) -> np.ndarray:
        return np.array([[len(text), "prize" in text] for text in texts], dtype=np.float32)

    lines = made_up()
    home = put("\n".join(lines))
    monkeypatch.setattr(sms_spam, "wordllama", by_hand)
    embedded, plain = (load_dataset(name, seed=3, home=home) for name in ("spam_embedded", "spam"))
    np.testing.assert_array_equal(embedded.y_pool, plain.y_pool)
    np.testing.assert_array_equal(embedded.y_test, plain.y_test)
    told = Counter((len(text), float("prize" in text)) for text in (line.split("\t")[1] for line in lines))
    assert Counter(map(tuple, np.concatenate([embedded.x_pool, embedded.x_test]).tolist())) == told


def test_without_the_package_of_embeddings_a_sentence_says_how_to_get_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alcore.extras.find_spec", lambda name: None)
    assert "needs wordllama" in str(problem("spam_embedded", home))
    with pytest.raises(DatasetError, match="needs wordllama"):
        load_dataset("spam_embedded", seed=0, home=home)


def test_the_real_messages_need_few_labels_when_they_are_asked_for() -> None:
    home = Path(_OUTER_HOME or "missing")
    if problem("spam", home):
        pytest.skip("no SMS Spam Collection: set ALCORE_HOME to a folder that has it")
    config = PRESETS["spam"].config
    data = load_dataset("spam", seed=0, home=home)
    assert data.x_pool.shape == (4180, WORDS)
    found = {}
    for strategy in (config.strategy, "random"):
        learner = make_learner("logistic", classes=2, seed=0)
        rounds = simulate(
            data,
            learner,
            strategy,
            seed=0,
            seed_set=config.seed_set,
            seed_labels=config.seed_labels,
            labels_per_round=config.labels_per_round,
            rounds=config.rounds,
        )
        found[strategy] = list(rounds)[-1].measures["balanced_accuracy"]
    assert found["random"] < 0.8 < 0.85 < found[config.strategy]
