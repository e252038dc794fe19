"""The registry of data sets: an entry is offered wherever a data set is chosen."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from alcore import DATASETS, load_dataset
from alcore.cli.main import main
from alcore.datasets.catalogue import fetch, image_datasets, problem
from alcore.datasets.dataset import Dataset, DatasetError
from alcore.datasets.spec import DatasetSpec, Download, Images
from alcore.runs.config import ConfigError, RunConfig, config_from
from alcore.runs.feasibility import pool_size, why_infeasible
from alcore.runs.tournament.plan import plan_of
from pages.screens.mnist_lab.experiments import OWN
from tests.support.lab import Lab
from tests.support.screens import assert_fine

ROOT = Path(__file__).resolve().parents[2]


def stripes(seed: int, home: Path) -> Dataset:
    """Images of two classes: a horizontal or a vertical line."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(80) % 2)
    x = np.zeros((80, 1, 16, 16), np.uint8)
    for row, label in enumerate(y):
        place = rng.integers(16)
        x[row, 0, place if label else slice(None), slice(None) if label else place] = 255
    return Dataset("stripes", x[:60], y[:60], x[60:], y[60:], ("down", "across"))


STRIPES = DatasetSpec(
    "stripes",
    "Stripes",
    "images",
    classes=2,
    test_points=20,
    load=stripes,
    details=" (16 x 16, made)",
    images=Images(16, 16, pool=60, rarest=28),
)


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> DatasetSpec:
    monkeypatch.setitem(DATASETS, "stripes", STRIPES)
    return STRIPES


def test_without_the_entry_it_is_unknown() -> None:
    with pytest.raises(ConfigError, match="stripes"):
        config_from({"dataset": "stripes", "learner": "logistic"})
    with pytest.raises(ConfigError, match="There is no data set 'stripes'"):
        plan_of(("margin",), ("stripes",))


def test_a_new_entry_is_taken_by_config_plan_and_command_line(
    registered: DatasetSpec, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_from({"dataset": "stripes", "learner": "dropout_cnn", "seed_labels": 20, "blends": 0.2})
    assert pool_size(config) == 60 and why_infeasible(config) is None
    assert "Stripes (16 x 16, made)" in str(why_infeasible(RunConfig(dataset="stripes", seed_labels=61)))
    assert "stripes" in image_datasets()
    plan = plan_of(("margin",), ("stripes", "iris"), seeds=2, rounds=1)
    assert plan.datasets == ("stripes", "iris")
    assert {cell.dataset: cell.seed_labels for cell in plan.cells().values()} == {"stripes": 4, "iris": 6}
    words = ["run", "blobs-arena", "--set", "dataset=stripes", "--set", "seed_labels=4", "--rounds", "1"]
    assert main([*words, "--home", str(home)]) == 0
    assert capsys.readouterr().out.startswith("run ")


def test_a_new_entry_is_offered_by_the_lab(registered: DatasetSpec, lab: Lab) -> None:
    at = lab(mnist_experiment=OWN, mnist_data="Stripes", mnist_seeds="20")
    assert_fine(at, "the lab with a new data set")
    box = at.selectbox(key="mnist_data")
    assert "Stripes" in box.options and box.value == "stripes"


def test_a_new_entry_is_offered_by_the_tournament(
    registered: DatasetSpec, home: Path, open_screen: Callable[..., AppTest]
) -> None:
    at = open_screen("pages/tournament.py")
    assert_fine(at, "the tournament with a new data set")
    options = next(one.options for one in at.multiselect if one.key == "tournament_datasets")
    assert options[-1] == "Stripes" and {"Iris", "Two spirals", "Synthetic clusters"} <= set(options)
    assert "MNIST" not in options and "SMS spam" not in options


def test_what_must_be_fetched_is_fetched_once(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    def get(folder: Path) -> None:
        (folder / "stripes").write_text("here")

    fetched = replace(
        STRIPES,
        files=lambda folder: (folder / "stripes",),
        problem=lambda folder: None if (folder / "stripes").exists() else "Stripes are not here.",
        download=Download(get, lambda folder: float((folder / "stripes").exists()), 1),
    )
    by_hand = replace(fetched, download=None)
    assert (STRIPES.bundled, fetched.downloaded, by_hand.by_hand) == (True, True, True)
    assert not (STRIPES.by_hand or STRIPES.downloaded or fetched.bundled or fetched.by_hand or by_hand.downloaded)
    monkeypatch.setitem(DATASETS, "stripes", by_hand)
    with pytest.raises(DatasetError, match="Stripes are not here"):
        fetch("stripes", home)
    monkeypatch.setitem(DATASETS, "stripes", fetched)
    assert problem("stripes", home) == "Stripes are not here."
    load_dataset("stripes", home=home, download=False)
    assert problem("stripes", home) is not None
    # The home folder is that of ALCORE_HOME where none is given.
    np.testing.assert_array_equal(load_dataset("stripes").y_pool, stripes(0, home).y_pool)
    assert problem("stripes", home) is None and (home / "stripes").exists()


def test_bundled_data_need_no_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ALCORE_HOME", str(tmp_path / "never"))
    assert load_dataset("iris").name == "iris"
    assert not (tmp_path / "never").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"images": None}, "data set stripes: sizes of images are given for the kind images, and only for it"),
        ({"kind": "table"}, "data set stripes: sizes of images are given for the kind images, and only for it"),
        ({"classes": 1}, "data set stripes needs 2 or more classes and 1 or more test points, got 1 and 20"),
    ],
)
def test_an_entry_that_does_not_hold_together_is_a_sentence(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        replace(STRIPES, **changes)  # type: ignore[arg-type]


def test_sizes_of_images_are_those_of_image_data_alone() -> None:
    assert DATASETS["digits"].image_sizes.pixels == 64
    with pytest.raises(ValueError, match="data set iris has no images: it is of the kind table"):
        _ = DATASETS["iris"].image_sizes


def test_a_new_shape_is_a_data_set_and_is_offered_by_the_screens_of_the_plane() -> None:
    code = """
from dataclasses import replace
from alcore.datasets.planar.shapes import SHAPES

SHAPES["clouds"] = replace(SHAPES["blobs"], title="Clouds")
from alcore import DATASETS, load_dataset
from pages.screens.arena import controls as arena

from pages.shared.planar_scene import SHAPE_LABELS

assert DATASETS["clouds"].label == "Clouds" and DATASETS["clouds"].kind == "planar"
assert load_dataset("clouds", seed=1).x_test.shape == (1000, 2)
print(arena.DATA_LABELS["clouds"], SHAPE_LABELS["clouds"])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["Clouds"] * 2, done.stderr


@pytest.mark.parametrize("name", list(DATASETS))
def test_every_entry_is_complete(name: str) -> None:
    spec = DATASETS[name]
    assert spec.name == name and spec.title.startswith(spec.label)
    assert not spec.label.endswith(")")  # what a label leaves out is in the details
    assert [spec.bundled, spec.downloaded, spec.by_hand].count(True) == 1
    assert spec.bundled == (spec.files(Path("home")) == ())
