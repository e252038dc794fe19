"""Stored runs that stop and go on: paused, killed, forked, changed; bits as of one that did not."""

import io
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import torch

from alcore.loops.pool.simulate import Round
from alcore.runs.config import ConfigError, RunConfig
from alcore.runs.store import checkpoints
from alcore.runs.store.store import RunInfo, Store, StoreError
from alcore.runs.worker.execute import execute
from alcore.storage.paths import log_path
from tests.runs.test_resume import Evil, bits

# A committee of networks that are carried on: all that a round can leave behind.
CONFIG = RunConfig(
    dataset="digits",
    learner="mlp",
    strategy="bald",
    samples=2,
    candidates=50,
    seed_labels=20,
    labels_per_round=5,
    rounds=4,
    epochs=2,
    calibration=5,
    device="cpu",
)
# Without torch.
PLAIN = CONFIG.model_copy(update={"learner": "logistic", "strategy": "margin", "candidates": None})


Whole = Callable[[RunConfig], list[tuple[object, ...]]]


class Killed(BaseException):
    """Nothing is written down after it, as after a kill."""


def carry_out(home: Path, run_id: str, on_round: Callable[[Round], None] | None = None) -> RunInfo:
    with Store(home) as store:
        store.claim_run(run_id)
        return execute(store, run_id, on_round=on_round)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """The bits of a config's rounds, never stopped, in a home of its own."""

    @cache
    def carried_out(config: RunConfig) -> list[tuple[object, ...]]:
        with Store(tmp_path_factory.mktemp("whole")) as store:
            store.claim(config)
            assert execute(store, config.run_id).state == "done"
            return bits(store.rounds(config.run_id))

    return carried_out


def after(number: int, do: Callable[[], object]) -> Callable[[Round], None]:
    def on_round(round_: Round) -> None:
        if round_.round == number:
            do()

    return on_round


def kill(home: Path, config: RunConfig, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Carry out a run and lose its process after this round was stored."""

    def die() -> None:
        raise Killed

    with Store(home) as store, monkeypatch.context() as patch:
        store.claim(config)
        patch.setattr(Store, "finish", lambda *_: None)
        with pytest.raises(Killed):
            execute(store, config.run_id, on_round=after(number, die))


def test_a_killed_run_is_resumed_to_the_same_bits(home: Path, monkeypatch: pytest.MonkeyPatch, whole: Whole) -> None:
    kill(home, CONFIG, 2, monkeypatch)
    with Store(home) as store:
        dead = store.run(CONFIG.run_id)
        assert dead.state == "failed" and dead.resumable and "Resume it to go on" in dead.error
        assert checkpoints.load_checkpoint(home, CONFIG.run_id, 2)
        assert not checkpoints.load_checkpoint(home, CONFIG.run_id, 1)  # the newest alone is kept
        assert store.resume(CONFIG.run_id).state == "queued"
    seen: list[int] = []
    info = carry_out(home, CONFIG.run_id, lambda round_: seen.append(round_.round))
    assert (info.state, info.error, seen) == ("done", "", [3, 4])
    with Store(home) as store:
        assert bits(store.rounds(CONFIG.run_id)) == whole(CONFIG)
    assert "trained again" not in log_path(home, CONFIG.run_id).read_text()
    assert not (home / "checkpoints" / CONFIG.run_id).exists()


@pytest.mark.parametrize("damage", ["none", "half", "evil"])
def test_without_its_checkpoint_it_is_trained_again_to_the_same_bits(
    home: Path, monkeypatch: pytest.MonkeyPatch, whole: Whole, damage: str
) -> None:
    kill(home, CONFIG, 1, monkeypatch)
    path = home / "checkpoints" / CONFIG.run_id / "1.checkpoint"
    mark = home / "was run"
    if damage == "none":
        path.unlink()
    elif damage == "half":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        evil = io.BytesIO()
        torch.save({"network": Evil(mark)}, evil)
        checkpoints.save_checkpoint(home, CONFIG.run_id, 1, evil.getvalue())
    assert carry_out(home, CONFIG.run_id).state == "done"
    with Store(home) as store:
        assert bits(store.rounds(CONFIG.run_id)) == whole(CONFIG)
    assert "trained again" in log_path(home, CONFIG.run_id).read_text() and not mark.exists()


def test_killed_between_the_last_round_and_the_end(home: Path, monkeypatch: pytest.MonkeyPatch, whole: Whole) -> None:
    kill(home, PLAIN, 4, monkeypatch)
    assert carry_out(home, PLAIN.run_id).state == "done"
    with Store(home) as store:
        assert bits(store.rounds(PLAIN.run_id)) == whole(PLAIN)


def test_pause_and_resume(home: Path, whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    # The rounds to come may all fit between two looks.
    monkeypatch.setattr("alcore.runs.worker.execute.CANCEL_LOOK_SECONDS", 0.0)

    def pause() -> None:
        with Store(home) as page:
            assert page.pause(PLAIN.run_id).pause_asked

    with Store(home) as store:
        assert store.submit(PLAIN).state == "queued"
        assert store.pause(PLAIN.run_id).state == "paused"
        assert store.waiting() == 0 and store.claim_next() is None
    info = carry_out(home, PLAIN.run_id, after(1, pause))
    assert (info.state, info.error, info.pause_asked) == ("paused", "", False)
    assert info.rounds_done == 2
    with Store(home) as store:
        assert store.resume(PLAIN.run_id).queue_position == 1
        assert store.resume(PLAIN.run_id).state == "queued"
    assert carry_out(home, PLAIN.run_id).state == "done"
    with Store(home) as store:
        assert bits(store.rounds(PLAIN.run_id)) == whole(PLAIN)
        for steer in (store.pause, store.resume, store.request_cancel):
            assert steer(PLAIN.run_id).state == "done"


def test_a_pause_that_is_taken_back_in_time_leaves_the_run_in_the_queue(home: Path) -> None:
    with Store(home) as store:
        store.claim(PLAIN)
        store.pause(PLAIN.run_id)
        assert not store.resume(PLAIN.run_id).pause_asked
        assert store.finish(PLAIN.run_id, "paused").state == "queued"  # its process had seen it already
        store.claim(PLAIN)
        store.pause(PLAIN.run_id)
        store.request_cancel(PLAIN.run_id)
        assert store.finish(PLAIN.run_id, "paused").state == "cancelled"
        assert store.request_cancel(PLAIN.run_id).state == "cancelled"


def test_a_process_that_dies_while_it_should_pause_leaves_a_paused_run(home: Path) -> None:
    with Store(home) as store:
        store.claim(PLAIN)
        store.pause(PLAIN.run_id)
    with Store(home) as store:
        assert (store.run(PLAIN.run_id).state, store.run(PLAIN.run_id).error) == ("paused", "")
        assert store.request_cancel(PLAIN.run_id).state == "cancelled"


def test_labels_per_round_change_from_the_next_round_on(home: Path) -> None:
    def change() -> None:
        with Store(home) as page:
            # The process is past round 1, so in round 2 already.
            assert page.set_labels_per_round(PLAIN.run_id, 9).changes == ((0, 3), (3, 9))

    with Store(home) as store:
        store.submit(PLAIN)
        assert store.set_labels_per_round(PLAIN.run_id, 7).changes == ((0, 7),)
        assert store.set_labels_per_round(PLAIN.run_id, 5).changes == ()
        assert store.set_labels_per_round(PLAIN.run_id, 3).labels_per_round == 3
    info = carry_out(home, PLAIN.run_id, after(1, change))
    with Store(home) as store:
        rounds = store.rounds(PLAIN.run_id)
        assert [len(round_.batch_labels) for round_ in rounds] == [3, 3, 3, 9, 0]
        assert [round_.labels for round_ in rounds] == [25, 28, 31, 34, 43]
        assert info.changes == ((0, 3), (3, 9))
        assert "3 labels a round from round 0 on, 9 labels a round from round 3 on" in info.title
        with pytest.raises(StoreError, match="has no round left that queries"):
            store.set_labels_per_round(PLAIN.run_id, 4)
        with pytest.raises(ConfigError, match="labels_per_round was 0"):
            store.set_labels_per_round(PLAIN.run_id, 0)


@pytest.mark.parametrize("config", [PLAIN, CONFIG], ids=["logistic", "mlp"])
def test_a_fork_shares_the_first_rounds_and_the_model(home: Path, config: RunConfig) -> None:
    with Store(home) as store:
        store.claim(config)
        store.set_labels_per_round(config.run_id, 6)
        execute(store, config.run_id)
        parent = store.rounds(config.run_id)
        fork = store.fork(config.run_id, 2, "entropy")
        assert store.fork(config.run_id, 2, "entropy") == fork and fork.state == "queued"
        assert fork.id not in (config.run_id, store.fork(config.run_id, 1, "entropy").id)
        assert fork.config == config.model_copy(update={"strategy": "entropy"})
        assert "entropy, 20 + 4 x 5, seed 0" in fork.title
        assert f"forked from {config.run_id} at round 2, 6 labels a round from round 1 on" in fork.title
        store.delete(config.run_id)
    assert carry_out(home, fork.id).state == "done"
    with Store(home) as store:
        rounds = store.rounds(fork.id)
        assert len(rounds) == 5 and bits(rounds[:2]) == bits(parent[:2])
        # The same labels and the same model of them, and from there on other questions.
        assert bits(rounds[2:3])[0][:4] == bits(parent[2:3])[0][:4]
        asked, before = rounds[2].batch, parent[2].batch
        assert asked is not None and before is not None and set(asked.indices) != set(before.indices)
        again = store.fork(fork.id, 3, "random")
        assert [(one.run_id, one.until) for one in again.lineage] == [(config.run_id, 2), (fork.id, 3)]
        early = store.fork(fork.id, 1, "random")
        assert [(one.run_id, one.until) for one in early.lineage] == [(config.run_id, 1)]
        assert early.rounds_done == 1 and bits(store.rounds(early.id)) == bits(parent[:1])


def test_what_cannot_be_forked(home: Path) -> None:
    with Store(home) as store:
        store.claim(PLAIN)
        with pytest.raises(StoreError, match="wait for its first round"):
            store.fork(PLAIN.run_id, 0, "random")
        execute(store, PLAIN.run_id)
        for number in (-1, 4, 5):
            with pytest.raises(StoreError, match="choose a round from 0 to 3"):
                store.fork(PLAIN.run_id, number, "random")
        with pytest.raises(StoreError, match="uses that strategy"):
            store.fork(PLAIN.run_id, 1, "margin")
        with pytest.raises(ConfigError, match="Did you mean random"):
            store.fork(PLAIN.run_id, 1, "randon")
        assert len(store.runs()) == 1


def test_the_queue_in_order(home: Path) -> None:
    with Store(home) as store:
        ids = [store.submit(PLAIN.model_copy(update={"seed": seed})).id for seed in range(4)]
        store.claim_next()
        store.pause(ids[1])
        assert [info.id for info in store.queue()] == [ids[0], ids[2], ids[3]]
        store.resume(ids[1])
        assert [info.id for info in store.queue()] == ids  # never begun: back in the place it had


def test_a_checkpoint_that_cannot_be_written_leaves_nothing_behind(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    checkpoints.save_checkpoint(home, "abc", 1, b"one")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="Make room on the disk, then resume"):
        checkpoints.save_checkpoint(home, "abc", 2, b"two")
    assert [path.name for path in (home / "checkpoints" / "abc").iterdir()] == ["1.checkpoint"]
    assert checkpoints.load_checkpoint(home, "abc", 1) == b"one"
