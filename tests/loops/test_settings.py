"""The three settings side by side: paired, within the budget, and each what its own loop gives."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from alcore.datasets.planar.bayes_boundary import posterior
from alcore.datasets.planar.generate import planar
from alcore.learners.sklearn_learner import ClassifierLearner
from alcore.loops.pool.simulate import simulate
from alcore.loops.settings_comparison import SETTINGS, SettingsComparison, compare_settings
from alcore.loops.stream.policies import random_skipping
from alcore.loops.synthesis.oracles import sample_from_posterior
from alcore.report.curves import curve_frame
from alcore.rng import rng_for

SEEDS = (3, 4)
DATA = [planar("blobs", points=84, overlap=0.5, rng=rng_for(seed, "data")) for seed in SEEDS]
ORACLE = sample_from_posterior(lambda points: posterior("blobs", points, overlap=0.5))


def tight() -> LogisticRegression:
    return LogisticRegression(solver="newton-cholesky", tol=1e-10)


@pytest.fixture(scope="module")
def compared() -> SettingsComparison:
    return compare_settings(DATA, ORACLE, seeds=SEEDS, seed_labels=4, labels=10, policy=random_skipping())


def test_curves_are_tidy_paired_and_of_one_budget(compared) -> None:
    frame = curve_frame(compared.rows)
    assert tuple(frame["strategy"].unique()) == SETTINGS
    for seed, runs in frame.groupby("seed"):
        assert seed in SEEDS
        start = runs[runs["round"] == 0]
        assert len(start) == 4 and start["accuracy"].nunique() == 1
        assert np.ptp(start["train_loss"]) < 1e-6
        assert (runs.groupby("strategy")["labels"].max() == 14).all()
    assert (frame["seconds"] > 0).all()


@pytest.mark.parametrize("name", ["pool", "random"])
def test_the_pool_is_what_the_pool_loop_gives(compared, name) -> None:
    strategy = {"pool": "least_confidence"}.get(name, name)
    for s, (data, seed) in enumerate(zip(DATA, SEEDS, strict=True)):
        rounds = list(
            simulate(
                data,
                ClassifierLearner(tight(), 2),
                strategy,
                seed=seed,
                seed_labels=4,
                labels_per_round=1,
                rounds=10,
                seed_set="balanced",
            )
        )
        order_S_M = compared.pool_S_M if name == "pool" else compared.random_S_M
        assert order_S_M[s].tolist() == rounds[-1].labeled.tolist()
        rows = [row for row in compared.rows if row["run"] == f"{name}-{seed}"]
        assert [row["accuracy"] for row in rows] == pytest.approx([one.accuracy for one in rounds])
        assert [row["train_loss"] for row in rows] == pytest.approx([one.train_loss for one in rounds], abs=1e-6)


def test_the_stream_is_judged_after_each_label(compared) -> None:
    for told, data, seed in zip(compared.streams_S, DATA, SEEDS, strict=True):
        came = told.arrivals
        x = np.concatenate([came.first_M_D, came.x_T_D[told.asked_T]])
        y = np.concatenate([came.first_y_M, came.y_T[told.asked_T]])
        for row in [row for row in compared.rows if row["run"] == f"stream-{seed}"]:
            model = tight().fit(x[: row["labels"]], y[: row["labels"]])
            assert row["accuracy"] == pytest.approx(model.score(data.x_test, data.y_test), abs=1e-9)
            own = model.predict_proba(x)[np.arange(row["labels"]), y[: row["labels"]]]
            assert row["train_loss"] == pytest.approx(-np.log(own).mean(), abs=1e-6)


def test_a_stream_that_spends_less_has_a_shorter_curve() -> None:
    told = compare_settings(DATA, ORACLE, seeds=SEEDS, seed_labels=4, labels=30)
    frame = curve_frame(told.rows)
    for seed, stream in zip(SEEDS, told.streams_S, strict=True):
        spent = int(stream.asked_T.sum())
        assert (frame["run"] == f"stream-{seed}").sum() == spent + 1
        assert spent <= 30
    assert (frame.groupby("run")["labels"].max() <= 34).all()


@pytest.mark.parametrize("labels", [0, 81])
def test_more_labels_than_there_are_points_are_refused(labels) -> None:
    with pytest.raises(ValueError, match="1 to 80"):
        compare_settings(DATA, ORACLE, seeds=SEEDS, seed_labels=4, labels=labels)
    with pytest.raises(ValueError, match="labels must be"):
        compare_settings([], ORACLE, seeds=[], seed_labels=4, labels=1)
