"""What a running run does at this moment: written while it trains, read by the lab, gone at its end."""

from pathlib import Path

import pytest

from alcore.runs.config import RunConfig
from alcore.runs.live import MOST, LiveState, LiveWriter, live_path, read_live
from alcore.runs.store.store import Store
from alcore.runs.worker.execute import execute


def test_a_training_is_seen_while_it_runs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = RunConfig(
        dataset="digits", learner="mlp", seed_labels=100, labels_per_round=20, rounds=1, epochs=20, device="cpu"
    )
    seen: list[LiveState] = []
    before = LiveWriter._write

    def noted(self: LiveWriter) -> None:
        before(self)
        found = read_live(home, config.run_id)
        assert found is not None
        seen.append(found)

    monkeypatch.setattr(LiveWriter, "_write", noted)
    monkeypatch.setattr("alcore.runs.live.EVERY", 0.0)
    with Store(home) as store:
        store.claim(config)
        assert execute(store, config.run_id).state == "done"
        rounds = store.rounds(config.run_id)
    assert [stage for i, stage in enumerate(one.stage for one in seen) if i == 0 or seen[i - 1].stage != stage] == [
        *("prepare", "train", "evaluate", "select", "map"),
        *("train", "evaluate", "map"),
    ]
    # 20 epochs of two steps, looked at every five; the mean of the last epoch's losses is what the round stores.
    first = max((one for one in seen if one.round == 0), key=lambda one: len(one.steps))
    assert first.steps == list(range(5, 41, 5)) and first.losses[-1] < first.losses[0]
    assert first.losses[-1] == pytest.approx(rounds[0].train_loss, rel=0.2)
    assert rounds[0].batch is not None
    assert seen[-1].batch == rounds[0].batch.indices.tolist() and not seen[0].batch
    assert read_live(home, config.run_id) is None and not live_path(home, config.run_id).exists()


def test_looking_changes_no_number(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = RunConfig(dataset="digits", learner="mlp", seed_labels=60, labels_per_round=20, rounds=1, device="cpu")
    curves = []
    for looked in (True, False):
        if not looked:
            monkeypatch.setattr(LiveWriter, "loss", None)
        with Store(home / str(looked)) as store:
            store.claim(config)
            assert execute(store, config.run_id).state == "done"
            curves.append([(one.accuracy, one.train_loss) for one in store.rounds(config.run_id)])
    assert curves[0] == curves[1]


def test_long_trainings_are_thinned(home: Path) -> None:
    writer = LiveWriter(home, "0123456789ab")
    writer.stage(3, "train")
    for step in range(5, 50_000, 5):
        writer.loss(step, 1 / step)
    writer.stage(3, "evaluate")
    found = read_live(home, "0123456789ab")
    assert found is not None and found.round == 3 and found.stage == "evaluate"
    assert MOST // 2 <= len(found.steps) <= MOST and found.steps == sorted(found.steps) and found.steps[-1] > 49_000
    assert found.losses == pytest.approx([1 / step for step in found.steps])


def test_a_disk_that_cannot_be_written_stops_nothing(home: Path) -> None:
    (home / "live").write_text("not a folder")
    writer = LiveWriter(home, "0123456789ab")
    writer.stage(0, "train")
    writer.loss(5, 1.0)
    writer.end()
    assert read_live(home, "0123456789ab") is None
    live = home / "other"
    (live / "live").mkdir(parents=True)
    live_path(live, "0123456789ab").write_text('{"round": "no state"')
    assert read_live(live, "0123456789ab") is None
