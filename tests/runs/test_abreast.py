"""Runs carried out side by side end as each would alone, and each can be steered for itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alcore.learners.torch import stacked
from alcore.loops.pool.simulate import Round
from alcore.runs.config import RunConfig
from alcore.runs.store.store import Store, StoreError
from alcore.runs.worker import execute as execution
from alcore.runs.worker import parallel
from alcore.runs.worker.execute import execute
from alcore.runs.worker.main import drain
from alcore.runs.worker.parallel import claim, execute_abreast
from alcore.storage.paths import log_path

PLAIN = RunConfig(
    dataset="digits",
    learner="mlp",
    strategy="margin",
    seed_labels=30,
    labels_per_round=10,
    rounds=3,
    epochs=10,
    device="cpu",
)
RACE = [
    PLAIN.model_copy(update={"strategy": strategy, "seed": seed})
    for seed in (0, 1, 2)
    for strategy in ("margin", "random")
]
# Three short runs show each behaviour; the whole race is for a machine with a GPU, where runs do share it.
TRIO = [one.model_copy(update={"epochs": 3}) for one in RACE[:3]]
races = pytest.mark.parametrize(
    "race", [pytest.param(TRIO, id="three"), pytest.param(RACE, id="six", marks=pytest.mark.gpu)]
)


@pytest.fixture(autouse=True)
def like_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are put side by side here too; in the arithmetic in which rounding asks no other question."""
    monkeypatch.setattr(parallel, "_on_gpu", lambda config: True)
    monkeypatch.setattr("alcore.learners.torch.training.has_fast_bfloat16", lambda: False)


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many networks each training was of."""
    plain, found = stacked.stack_module_state, []

    def counted(networks: Any) -> Any:
        found.append(len(networks))
        return plain(networks)

    monkeypatch.setattr(stacked, "stack_module_state", counted)
    return found


def submit(home: Path, configs: list[RunConfig]) -> None:
    with Store(home) as store:
        for config in configs:
            store.submit(config)


def alone(home: Path, config: RunConfig) -> list[Round]:
    home.mkdir(exist_ok=True)
    with Store(home) as store:
        store.claim(config)
        assert execute(store, config.run_id).state == "done"
        return store.rounds(config.run_id)


def same(found: list[Round], expected: list[Round]) -> None:
    assert [one.round for one in found] == [one.round for one in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.labeled, other.labeled)
        assert one.accuracy == pytest.approx(other.accuracy, abs=0.01)
        assert one.train_loss == pytest.approx(other.train_loss, rel=2e-3)
        assert set(one.seconds) == set(other.seconds) and one.measures.keys() == other.measures.keys()


def stored(home: Path, config: RunConfig) -> tuple[str, list[Round]]:
    with Store(home) as store:
        return store.run(config.run_id).state, store.rounds(config.run_id)


@contextmanager
def when(run: RunConfig, number: int, do: Callable[[Store], object]) -> Iterator[None]:
    """Within the block something is done as soon as a run has stored a round."""
    add_round = Store.add_round

    def noticed(store: Store, run_id: str, round_: Round, carried: bytes = b"") -> None:
        add_round(store, run_id, round_, carried)
        if (run_id, round_.round) == (run.run_id, number):
            do(store)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "add_round", noticed)
        yield


@races
def test_side_by_side_as_alone(home: Path, tmp_path: Path, sizes: list[int], race: list[RunConfig]) -> None:
    other = PLAIN.model_copy(update={"epochs": 2})
    submit(home, [*race, other])
    drain(home)
    # The race as one, round by round; what is trained otherwise by itself.
    assert sizes == [len(race)] * 4
    for config in (*race, other):
        state, rounds = stored(home, config)
        assert state == "done"
        same(rounds, alone(tmp_path / "alone", config))
    text = log_path(home, race[0].run_id).read_text()
    assert "round 3" in text and "done" in text and race[1].run_id not in text


def test_only_what_can_be_trained_as_one_is_taken_together(home: Path) -> None:
    dropout = PLAIN.model_copy(update={"learner": "dropout_cnn"})
    settling = PLAIN.model_copy(update={"converge": True})
    submit(home, [dropout, RACE[0], settling, RACE[1]])
    with Store(home) as store:
        taken = [[info.id for info in claim(store)] for _ in range(4)]
    assert taken == [[dropout.run_id], [RACE[0].run_id, RACE[1].run_id], [settling.run_id], []]


def test_without_a_gpu_it_is_one_at_a_time(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    submit(home, RACE[:2])
    with Store(home) as store:
        assert [len(claim(store)) for _ in range(3)] == [1, 1, 0]


@races
@pytest.mark.parametrize("asked", ["pause", pytest.param("request_cancel", marks=pytest.mark.gpu)])
def test_one_is_stopped_and_the_others_go_on(
    home: Path, tmp_path: Path, sizes: list[int], monkeypatch: pytest.MonkeyPatch, asked: str, race: list[RunConfig]
) -> None:
    monkeypatch.setattr(execution, "CANCEL_LOOK_SECONDS", 0.0)
    stopped, *others = race
    # While the last of the round stores, the others have: it is noticed in the training that they share.
    submit(home, race)
    with when(race[-1], 1, lambda store: getattr(store, asked)(stopped.run_id)):
        drain(home)
    state, rounds = stored(home, stopped)
    assert state == {"pause": "paused", "request_cancel": "cancelled"}[asked] and len(rounds) == 2
    assert sizes == [len(race)] * 3 + [len(others)]
    for config in others:
        state, rounds = stored(home, config)
        assert state == "done"
        same(rounds, alone(tmp_path / "alone", config))
    # It goes on by itself, and ends as if it had never stopped.
    submit(home, [stopped])
    drain(home)
    state, rounds = stored(home, stopped)
    assert state == "done"
    same(rounds, alone(tmp_path / "alone", stopped))


def test_where_all_are_stopped_nobody_waits_for_the_training(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "CANCEL_LOOK_SECONDS", 0.0)
    endless = [one.model_copy(update={"epochs": 1000, "seed_labels": 500}) for one in RACE]
    plain = stacked.stack_module_state

    def stop_all(networks: Any) -> Any:
        with Store(home) as store:
            for config in endless:
                store.pause(config.run_id)
        return plain(networks)

    monkeypatch.setattr(stacked, "stack_module_state", stop_all)
    submit(home, endless)
    drain(home)
    assert [stored(home, config) for config in endless] == [("paused", [])] * len(endless)


@races
def test_one_that_fails_leaves_the_others_alone(home: Path, race: list[RunConfig]) -> None:
    def burst(store: Store) -> None:
        raise ValueError("no more")

    submit(home, race)
    with when(race[1], 1, burst):
        drain(home)
    states = [stored(home, config)[0] for config in race]
    assert states == ["done", "failed"] + ["done"] * (len(race) - 2)
    assert "Traceback" in log_path(home, race[1].run_id).read_text()
    assert "Traceback" not in log_path(home, race[2].run_id).read_text()


def test_a_training_that_fails_is_a_sentence_in_each(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(networks: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(stacked, "stack_module_state", short)
    submit(home, RACE[:2])
    drain(home)
    with Store(home) as store:
        infos = [store.run(config.run_id) for config in RACE[:2]]
    assert all(info.state == "failed" and "memory ran out" in info.error for info in infos)


def test_an_end_that_cannot_be_written_down_stops_nobody_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finish = Store.finish

    def full(store: Store, run_id: str, state: Any, error: str = "") -> Any:
        if run_id == TRIO[0].run_id:
            store._release(run_id)
            raise StoreError("The disk is full.")
        return finish(store, run_id, state, error)

    monkeypatch.setattr(Store, "finish", full)
    submit(home, TRIO)
    with Store(home) as store:
        taken = [info.id for info in claim(store)]
        with pytest.raises(StoreError, match="The disk is full"):
            execute_abreast(store, taken)
    assert [stored(home, config)[0] for config in TRIO] == ["failed", "done", "done"]


@races
def test_killed_side_by_side_they_go_on_from_their_last_rounds(
    home: Path, tmp_path: Path, race: list[RunConfig]
) -> None:
    class Killed(BaseException):
        pass

    def kill(store: Store) -> None:
        raise Killed

    submit(home, race)
    # What a kill leaves behind: nothing written down, the locks gone.
    with pytest.MonkeyPatch.context() as patch, when(race[1], 1, kill), pytest.raises(Killed):
        patch.setattr(Store, "finish", lambda *_: None)
        drain(home)
    before = [stored(home, config) for config in race]
    assert [(state, len(rounds)) for state, rounds in before] == [("failed", 2)] * 2 + [("failed", 1)] * (len(race) - 2)
    submit(home, race)
    drain(home)
    for config in race:
        state, rounds = stored(home, config)
        assert state == "done"
        same(rounds, alone(tmp_path / "alone", config))
