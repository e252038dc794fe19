"""Configs that fit the data there is, and the command that says the same as a config."""

import shlex
from typing import Any

import numpy as np
import pytest

from alcore.cli.command_line import command_line
from alcore.cli.main import main
from alcore.datasets.catalogue import DATASETS, load_dataset
from alcore.datasets.dataset import Dataset
from alcore.datasets.image_corruptions import long_tailed
from alcore.runs.config import RunConfig
from alcore.runs.config_data import load_data
from alcore.runs.feasibility import on_digits, pool_size, why_infeasible
from alcore.runs.presets import PRESETS
from alcore.runs.store.store import Store

DIGITS, MNIST = DATASETS["digits"].image_sizes, DATASETS["mnist"].image_sizes
LAB = [PRESETS["cnn-mnist"].config, PRESETS["mlp-1d-mnist"].config]


def test_the_pool_of_the_digits_is_as_said(home: Any) -> None:
    data = load_dataset("digits", seed=0, home=home)
    assert len(data.y_pool) == DIGITS.pool and data.x_pool[0].size == DIGITS.pixels
    assert np.bincount(data.y_pool).min() == DIGITS.rarest


@pytest.mark.parametrize("config", LAB, ids=lambda config: config.learner)
def test_on_digits_a_preset_keeps_its_shape(config: RunConfig) -> None:
    small = on_digits(config)
    assert RunConfig.model_validate(small.model_dump()) == small
    assert small.dataset == "digits" and why_infeasible(small) is None
    assert (small.seed_labels, small.labels_per_round) == (
        config.seed_labels // 10,
        config.labels_per_round // 10,
    )
    assert (small.rounds, small.strategy, small.seed) == (config.rounds, config.strategy, config.seed)
    assert small.seed_labels + small.rounds * small.labels_per_round <= DIGITS.pool


@pytest.mark.parametrize(
    ("seeds", "batch", "rounds", "epochs"),
    [(1, 1, 0, 1), (60_000, 10_000, 100, 50), (20_000, 1, 100_000, 10_000), (1, 1_000_000, 7, 3)],
)
def test_on_digits_anything_fits(seeds: int, batch: int, rounds: int, epochs: int) -> None:
    config = RunConfig(seed_labels=seeds, labels_per_round=batch, rounds=rounds, epochs=epochs, pool_size=50_000)
    small = on_digits(config)
    assert RunConfig.model_validate(small.model_dump()) == small and why_infeasible(small) is None
    assert small.seed_labels + small.rounds * small.labels_per_round <= DIGITS.pool


def test_on_digits_dropout_is_gone_and_so_are_its_samples() -> None:
    paper = PRESETS["batchbald-mnist"].config
    small = on_digits(paper)
    assert paper.samples == 100 and (small.learner, small.samples) == ("cnn", None)
    assert RunConfig.model_validate(small.model_dump()) == small and why_infeasible(small) is None
    committee = RunConfig(learner="cnn", strategy="bald", samples=7)
    assert on_digits(committee).samples == 7


def test_a_misfit_is_a_sentence() -> None:
    assert why_infeasible(RunConfig()) is None and why_infeasible(RunConfig(dataset="blobs", learner="mlp")) is None
    assert "1,437 images" in str(why_infeasible(RunConfig(dataset="digits", seed_labels=1438)))
    assert "take a part of at most" in str(why_infeasible(RunConfig(dataset="digits", pool_size=2000)))
    assert "64 pixels" in str(why_infeasible(RunConfig(dataset="digits", learner="logistic", components=65)))
    assert why_infeasible(RunConfig(learner="logistic", components=65)) is None
    assert on_digits(RunConfig(learner="logistic", components=300)).components == 64
    assert "the part of the pool holds (500" in str(why_infeasible(RunConfig(seed_labels=501, pool_size=500)))
    assert "trained by gradients" in str(why_infeasible(RunConfig(learner="graph", strategy="egl")))


@pytest.mark.parametrize("imbalance", [1, 1.5, 10, 100, 1000])
@pytest.mark.parametrize("repeats", [1, 3])
def test_where_classes_are_thinned_out_the_pool_is_as_said(imbalance: float, repeats: int, home: Any) -> None:
    config = RunConfig(dataset="digits", learner="mlp", seed_labels=20, imbalance=imbalance, repeats=repeats)
    pool = pool_size(config)
    assert pool is not None and len(load_data(config, home).y_pool) == pool
    assert why_infeasible(config.model_copy(update={"seed_labels": pool})) is None
    assert f"({pool:,} images)" in str(why_infeasible(config.model_copy(update={"seed_labels": pool + 1})))
    left = pool // repeats
    assert why_infeasible(config.model_copy(update={"pool_size": left})) is None
    assert f"{left:,} images" in str(why_infeasible(config.model_copy(update={"pool_size": left + 1})))


def test_where_classes_of_mnist_are_thinned_out_its_rarest_decides() -> None:
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # of its 60,000 training images
    assert sum(counts) == MNIST.pool and min(counts) == MNIST.rarest
    y = np.repeat(np.arange(10), counts)
    images = np.zeros((60_000, 1), np.uint8)
    data = Dataset("mnist", images, y, images[:1], y[:1], tuple("0123456789"))
    kept = len(long_tailed(data, 100, rng=np.random.default_rng(0)).y_pool)
    assert pool_size(RunConfig(imbalance=100)) == kept == 13_454
    assert "13,454 images" in str(why_infeasible(RunConfig(imbalance=100, pool_size=30_000)))


def test_on_digits_thinned_out_classes_leave_fewer_labels() -> None:
    small = on_digits(RunConfig(seed_labels=5000, rounds=100, imbalance=100))
    pool = pool_size(small)
    assert pool is not None and why_infeasible(small) is None
    assert small.seed_labels + small.rounds * small.labels_per_round <= pool < DIGITS.pool


@pytest.mark.parametrize(
    "config",
    [
        *(preset.config for preset in PRESETS.values()),
        LAB[0].model_copy(update={"strategy": "random", "seed": 7, "carry_on": False, "device": "cpu"}),
        RunConfig(dataset="digits", learner="mlp", seed_set="balanced", rounds=2, pool_size=700, epochs=9),
    ],
    ids=lambda config: config.run_id,
)
def test_the_command_starts_the_same_run(
    config: RunConfig, home: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted = []

    def claim(store: Store, wanted: RunConfig) -> None:
        submitted.append(wanted)
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "claim", claim)
    words = shlex.split(command_line(config))
    assert words[:3] == ["python", "-m", "alcore"] and main(words[3:]) == 130
    assert submitted == [config] and config.run_id in capsys.readouterr().out


def test_a_preset_is_named_alone() -> None:
    assert command_line(PRESETS["cnn-mnist"].config) == "python -m alcore run cnn-mnist"
