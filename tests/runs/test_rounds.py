"""Rounds as rows of the store: what was measured comes back, and rows from before it are still read."""

import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alcore.datasets.catalogue import load_dataset
from alcore.learners.registry import make_learner
from alcore.loops.pool.simulate import Round, simulate
from alcore.report.curves import COLUMNS, MEASURED, curve_frame
from alcore.report.export.curves import to_csv
from alcore.runs.config import RunConfig
from alcore.runs.store.round_rows import CURVES
from alcore.runs.store.store import Store
from tests.runs.test_store import edit

CONFIG = RunConfig(dataset="digits", learner="logistic", seed_labels=30, labels_per_round=10, rounds=1)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> list[Round]:
    """The two rounds of a run with everything in them."""
    return list(
        simulate(
            load_dataset("digits", seed=0, home=tmp_path_factory.mktemp("none")),
            make_learner("logistic", classes=10, seed=0),
            "margin",
            seed=0,
            seed_labels=30,
            labels_per_round=10,
            rounds=1,
            calibration=40,
            mapped=100,
        )
    )


def same(one: Any, other: Any) -> bool:
    """Equal to the last bit and in type, down to the arrays within."""
    if dataclasses.is_dataclass(one):
        names = [field.name for field in dataclasses.fields(one)]
        return type(one) is type(other) and all(same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    return bool(one == other)


def test_all_that_was_measured_comes_back_bit_for_bit(home: Path, measured: list[Round]) -> None:
    with Store(home) as store:
        run_id = store.claim(CONFIG).id
        for one in measured:
            store.add_round(run_id, one)
        back = store.rounds(run_id)
        assert same(store.round(run_id, 1), measured[1])
        assert store.round(run_id, 2) is None
    assert len(back) == 2 and all(same(*pair) for pair in zip(measured, back, strict=True))
    assert back[0].map is not None and back[0].reliability_scaled is not None  # nothing was left out above


def test_parts_that_are_not_there_stay_away(home: Path, measured: list[Round]) -> None:
    for missing in (("map",), ("reliability_scaled",), ("confusion_C_C", "reliability", "map")):
        without: Any = dict.fromkeys(missing)
        bare = dataclasses.replace(measured[0], **without)
        with Store(home) as store:
            config = CONFIG.model_copy(update={"seed": len(missing) + 5 * (missing[0] == "map")})
            run_id = store.claim(config).id
            store.add_round(run_id, bare)
            assert same(store.rounds(run_id)[0], bare)


def test_a_row_of_the_first_version_is_still_read(home: Path, measured: list[Round]) -> None:
    one = measured[0]
    assert one.batch is not None
    file = io.BytesIO()
    file.write(b"1")
    for array in (one.labeled.astype(np.uint16), one.batch.indices, one.batch.scores, one.batch_labels):
        np.save(file, array)
    np.save(file, one.batch_probs_K_C)
    with Store(home) as store:
        run_id = store.claim(CONFIG).id
        edit(
            home,
            "INSERT INTO rounds (run_id, round, labels, accuracy, train_loss, seconds, stored, arrays)"
            " VALUES (?, 0, 70, 0.5, 1.0, '{\"train\": 2.0}', 0, ?)",
            run_id,
            file.getvalue(),
        )
        (back,) = store.rounds(run_id)
        rows = store.curve([run_id])
    bare = dataclasses.replace(
        one,
        accuracy=0.5,
        train_loss=1.0,
        seconds={"train": 2.0},
        measures={},
        confusion_C_C=None,
        reliability=None,
        reliability_scaled=None,
        map=None,
    )
    assert same(back, bare)
    assert all(np.isnan(rows[0][name]) for name in CURVES)


def test_curves_and_their_file_carry_the_measures(home: Path, measured: list[Round]) -> None:
    assert CURVES == MEASURED
    with Store(home) as store:
        run_id = store.claim(CONFIG).id
        for one in measured:
            store.add_round(run_id, one)
        rows = store.curve([run_id])
    frame = curve_frame(rows)
    assert tuple(frame.columns) == COLUMNS + MEASURED
    for name in MEASURED:
        assert frame[name].tolist() == [one.measures[name] for one in measured]
    lines = to_csv(frame).decode().splitlines()
    assert lines[0].split(",")[-3:] == list(MEASURED)
    assert float(lines[2].split(",")[-2]) == measured[1].measures["nll"]
