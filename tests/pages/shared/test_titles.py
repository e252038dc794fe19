"""Titles of the screens and of exported figures: one of a thing has its singular."""

from types import SimpleNamespace
from typing import cast

import pytest

from alcore.loops.failure_modes.cases import ColdStart, Miscalibration, OutlierAttraction
from alcore.projects.store import BulkStep
from alcore.runs.config import RunConfig
from alcore.runs.store.run_info import RunInfo
from pages.screens.batch_explorer.controls import BatchPool, BatchSettings
from pages.screens.failure_clinic.texts import title_of
from pages.screens.labelling.selection import words_of_step
from pages.screens.mnist_lab.run.summary import latest
from pages.screens.mnist_lab.texts import start
from pages.shared.planar_scene import PlanarScene


@pytest.mark.parametrize(("count", "words"), [(1, "1 outlier"), (2, "2 outliers")])
def test_outliers_are_counted(count: int, words: str) -> None:
    assert words in PlanarScene("moons", 100, 0.4, 2, outliers=count).title.split(", ")
    assert words in title_of("outliers", OutlierAttraction(outliers=count), 5).split(", ")[1]


@pytest.mark.parametrize(("size", "words"), [(1, "1 pick"), (20, "20 picks")])
def test_picks_are_counted(size: int, words: str) -> None:
    pool = BatchPool(PlanarScene("moons", 100, 0.4, 2), seed=0, labelled=6, learned=1.0)
    assert BatchSettings(pool, size, 1.0, ()).title().split(", ")[0] == words


def test_severities_of_the_clinic_are_in_words() -> None:
    assert "1 point of B per point of A, 3 initial" in title_of("cold", ColdStart(imbalance=1.0), 20)
    assert "0.1 points of B per point of A, 3 initial" in title_of("cold", ColdStart(imbalance=0.1), 20)
    said = title_of("calibration", Miscalibration(label_noise=0.1, held_out=1), 20)
    assert "10 % label noise, 1 label for the temperature" in said


def test_settings_of_a_run_are_counted() -> None:
    one = RunConfig(calibration=1, stop_plateau=1, steps=1).remedies
    assert one == ["1 label to calibrate", "until 1 round without a gain", "1 step a round"]
    two = RunConfig(calibration=1000, stop_plateau=2, steps=2000).remedies
    assert two == ["1,000 labels to calibrate", "until 2 rounds without a gain", "2,000 steps a round"]


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("accuracy", "Margin: 96.7 % with 3,000 labels"),
        ("train_loss", "Margin: 0.401 with 3,000 labels"),
        ("labels", "Margin: 3,000 labels"),
        ("nll", "Margin: not measured with 3,000 labels"),
    ],
)
def test_a_chart_of_the_lab_says_in_words_what_it_shows(metric: str, words: str) -> None:
    config = RunConfig(strategy="margin")
    info = SimpleNamespace(id="one", config=config)
    row = {"run": "one", "labels": 3000, "accuracy": 0.967, "train_loss": 0.401, "nll": None}
    assert latest(cast("list[RunInfo]", [info]), [row], metric) == words


def test_a_run_names_its_device_as_the_form_does() -> None:
    assert "GPU" in start(RunConfig(device="cuda")).split(", ") and "CPU" in start(RunConfig(device="cpu")).split(", ")


@pytest.mark.parametrize(("items", "words"), [(1, "1 item, flag"), (1200, "1,200 items, flag")])
def test_items_of_a_step_are_counted(items: int, words: str) -> None:
    assert words_of_step(BulkStep("client", "flag", None, items, 0.0, False)).endswith(words)
