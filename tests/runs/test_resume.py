"""Going on where a session was left: the same rounds, bit for bit, as one that never stopped."""

import io
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from alcore.datasets.catalogue import load_dataset
from alcore.datasets.dataset import Dataset
from alcore.learners.base import Learner
from alcore.learners.registry import make_learner
from alcore.learners.torch.checkpoint import CheckpointError, pack, unpack
from alcore.loops.pool.simulate import Round, run_rounds, start_session
from alcore.loops.session import Session

K, ROUNDS = 7, 4


@pytest.fixture(scope="module")
def data(session_home: Path) -> Dataset:
    return load_dataset("digits", seed=0, home=session_home)


def learner_of(name: str, **settings: bool) -> Learner:
    return make_learner(name, classes=10, seed=3, epochs=2, device="cpu", **settings)  # type: ignore[arg-type]


def session_of(data: Dataset, learner: Learner, strategy: str) -> Session:
    return start_session(
        data,
        learner,
        strategy,
        seed=3,
        seed_labels=20,
        pool_size=300,
        samples=2,
        candidates=100,
        calibration=5,
    )


def bits(rounds: list[Round]) -> list[tuple[object, ...]]:
    return [
        (
            one.round,
            one.labeled.tobytes(),
            one.accuracy,
            one.train_loss,
            b"" if one.batch is None else one.batch.indices.tobytes() + one.batch.scores.tobytes(),
            one.batch_probs_K_C.tobytes(),
        )
        for one in rounds
    ]


@pytest.mark.parametrize(
    ("name", "strategy", "settings", "stop"),
    [
        ("mlp", "margin", {}, 1),
        ("mlp", "bald", {}, 3),  # a committee that is carried on
        ("mlp", "qbc_kl", {"carry_on": False}, 2),
        ("cnn", "random", {}, 3),
        ("logistic", "bald", {}, 2),
        ("graph", "entropy", {}, 4),
        ("logistic", "probcover", {}, 2),  # a radius that is chosen once
        ("mlp", "probcover", {}, 2),
    ],
)
def test_both_ways_of_going_on_give_the_bits_of_a_run_that_never_stopped(
    data: Dataset, name: str, strategy: str, settings: dict[str, bool], stop: int
) -> None:
    whole, packed = [], []
    learner = learner_of(name, **settings)
    for round_ in run_rounds(session_of(data, learner, strategy), data, labels_per_round=lambda _: K, rounds=ROUNDS):
        whole.append(round_)
        packed.append(pack(learner))
    shape = data.x_pool.shape[1:]

    restored = learner_of(name, **settings)
    unpack(packed[stop - 1], restored, shape)
    kept = session_of(data, restored, strategy)
    trained = session_of(data, learner_of(name, **settings), strategy)
    for session in (kept, trained):
        for one in whole[:stop]:
            if one.batch is not None:
                session.follow(one.batch.indices, one.batch_labels, train=session is trained)
        rest = list(run_rounds(session, data, labels_per_round=lambda _: K, rounds=ROUNDS, first=stop))
        assert bits(rest) == bits(whole[stop:])


def test_dropout_in_training_is_a_stream_of_the_round() -> None:
    x = np.random.default_rng(0).integers(0, 256, (40, 1, 16, 16), dtype=np.uint8)
    y = np.arange(40) % 10
    probs = []
    for started in (1, 2):  # two processes, whose global generators differ
        torch.manual_seed(started)
        learner = learner_of("dropout_cnn")
        learner.fit(learner.prepare(x), y, rng=np.random.default_rng(5))
        probs.append(np.asarray(learner.predict_probs(learner.prepare(x))))
    np.testing.assert_array_equal(probs[0], probs[1])


class Evil:
    """What a pickle can do when it is loaded."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.mark,))


def test_a_malicious_file_is_refused_and_not_run(data: Dataset, tmp_path: Path) -> None:
    mark = tmp_path / "was run"
    learner = learner_of("mlp")
    learner.fit(learner.prepare(data.x_pool[:30]), data.y_pool[:30], rng=np.random.default_rng(0))
    saved = io.BytesIO()
    torch.save({**learner.state(), "optimiser": Evil(mark)}, saved)  # type: ignore[attr-defined]
    for content in (saved.getvalue(), pickle.dumps(Evil(mark))):
        with pytest.raises(CheckpointError):
            unpack(content, learner_of("mlp"), data.x_pool.shape[1:])
    assert not mark.exists()
    pickle.loads(pickle.dumps(Evil(mark)))
    assert mark.exists()  # it would have


def test_bytes_of_another_network_or_none_are_refused(data: Dataset) -> None:
    learner = learner_of("mlp")
    learner.fit(learner.prepare(data.x_pool[:30]), data.y_pool[:30], rng=np.random.default_rng(0))
    content = pack(learner)
    for wrong in (b"", content[: len(content) // 2], b"not a file of torch"):
        with pytest.raises(CheckpointError):
            unpack(wrong, learner_of("mlp"), data.x_pool.shape[1:])
    with pytest.raises(CheckpointError, match="size mismatch|Missing key"):
        unpack(content, learner_of("cnn"), data.x_pool.shape[1:])
