"""Hardened data and stopping rules by a run's config: applied, stored, told, resumed, and off by default."""

from pathlib import Path

import numpy as np
import pytest

from alcore.cli.main import main
from alcore.datasets.catalogue import load_dataset
from alcore.runs.config import ConfigError, RunConfig, config_from
from alcore.runs.config_data import STOPPED, harden, start_options, stop_rules_of
from alcore.runs.feasibility import why_infeasible
from alcore.runs.store.store import RunInfo, Store
from alcore.runs.tournament.groups import run_cell
from alcore.runs.worker.execute import execute
from tests.support.lab import QUICK

HARD = QUICK.model_copy(update={"repeats": 3, "label_noise": 0.2, "pool_size": 300, "seed_labels": 20})


def carried_out(home: Path, config: RunConfig) -> RunInfo:
    with Store(home) as store:
        store.claim(config)
        return execute(store, config.run_id)


def test_ids_of_runs_that_use_none_of_it_are_as_they_were() -> None:
    # Of the version before these fields came.
    assert RunConfig().run_id == "0b081ab661e1"
    assert QUICK.run_id == "793ca6e99997"
    assert stop_rules_of(QUICK) is None
    data = load_dataset("digits", seed=0, home=Path())
    assert harden(data, QUICK) is data and start_options(QUICK.model_copy(update={"pool_size": 9}))["pool_size"] == 9


def test_a_run_learns_from_the_hardened_pool_and_its_rival_too(home: Path) -> None:
    assert HARD.rival.repeats == 3 and HARD.rival.label_noise == 0.2
    assert harden(load_dataset("digits", seed=0, home=home), HARD).y_pool.shape == (900,)
    info = carried_out(home, HARD)
    assert info.state == "done", info.error
    data = harden(load_dataset("digits", seed=HARD.seed, home=home), HARD)
    with Store(home) as store:
        rounds = store.rounds(HARD.run_id)
    assert [one.labels for one in rounds] == [20, 70, 120, 170]
    for one in rounds[:-1]:
        assert one.batch is not None
        np.testing.assert_array_equal(one.batch_labels, data.y_pool[one.batch.indices])
    assert data.y_true is not None
    assert np.mean(np.concatenate([one.batch_labels for one in rounds]) != data.y_true[rounds[-1].labeled[20:]]) > 0.1
    # The tournament's cell is the same experiment.
    assert run_cell(HARD, str(home)).labels == (20, 70, 120, 170)


def test_a_rule_ends_a_run_and_the_record_says_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "dataset=digits",
        "learner=logistic",
        "seed_labels=60",
        "labels_per_round=50",
        "stop_accuracy=0.9",
    ]
    assert main(["run", "cnn-mnist", "--rounds", "20", "--set", *words]) == 0
    assert "Done (target of 90 % reached): accuracy 0.9" in capsys.readouterr().err
    with Store(home) as store:
        (info,) = store.runs()
        assert info.state == "done" and info.record[STOPPED] == "target of 90 % reached"
        rounds = store.rounds(info.id)
    assert len(rounds) < 21 and rounds[-1].accuracy >= 0.9 and rounds[-1].batch is None
    assert all(one.accuracy < 0.9 for one in rounds[:-1])


def test_settled_predictions_are_stored_and_a_resumed_run_ends_where_it_would_have(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The run is over in a moment: no look for a reason to stop may be left out.
    monkeypatch.setattr("alcore.runs.worker.execute.CANCEL_LOOK_SECONDS", 0.0)
    config = QUICK.model_copy(update={"rounds": 20, "stop_agreement": 0.9})
    whole = carried_out(home, config)
    assert whole.state == "done" and "predictions settled" in whole.record[STOPPED]
    other = home / "other"
    other.mkdir()
    with Store(other) as store:
        store.claim(config)
        looks = iter(range(1000))
        seen: list[int] = []
        # Interrupted once a few rounds are stored.
        execute(
            store,
            config.run_id,
            on_round=lambda one: seen.append(one.round),
            interrupted=lambda: len(seen) >= 2 and next(looks) >= 0,
        )
        cut = store.run(config.run_id)
        assert cut.state == "cancelled" and 2 <= cut.rounds_done < whole.rounds_done
        store.claim_run(config.run_id)
        again = execute(store, config.run_id)
        resumed = store.rounds(config.run_id)
    assert again.state == "done" and again.record[STOPPED] == whole.record[STOPPED]
    with Store(home) as store:
        for one, expected in zip(resumed, store.rounds(config.run_id), strict=True):
            assert one.accuracy == expected.accuracy
            np.testing.assert_array_equal(one.predicted_S, expected.predicted_S)


def test_titles_and_sentences() -> None:
    config = config_from(
        {"dataset": "digits", "repeats": "2", "imbalance": "10", "label_noise": "0.1", "blends": ".25"}
        | {"stop_accuracy": ".95", "stop_plateau": "3", "stop_agreement": ".99"}
    )
    assert config.title.endswith(
        "every image 2 times, classes 10 to 1, 10 % label noise, 25 % blends, until 95 % accuracy, "
        "until 3 rounds without a gain, until models agree on 99 %"
    )
    assert RunConfig.model_validate_json(config.model_dump_json()) == config
    with pytest.raises(ConfigError, match="label_noise was 0.1, which needs images, and dataset was 'blobs'"):
        config_from({"dataset": "blobs", "learner": "logistic", "label_noise": 0.1})
    for field, value in (
        ("repeats", 0),
        ("imbalance", 0.5),
        ("blends", 2),
        ("stop_accuracy", 0),
        ("stop_plateau", -1),
    ):
        with pytest.raises(ConfigError, match=f"{field} was"):
            config_from({field: value})
    few = HARD.model_copy(update={"seed_labels": 800})
    assert why_infeasible(few) is None, "300 images three times over"
    assert "more than the part of the pool holds (900 images)" in str(
        why_infeasible(few.model_copy(update={"seed_labels": 901}))
    )
