"""A learner is one entry: what checks, runs and offers learners follows from it."""

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.neighbors import KNeighborsClassifier
from streamlit.testing.v1 import AppTest

from alcore.extras import MissingExtraError
from alcore.learners import registry
from alcore.learners.base import Learner
from alcore.learners.options import Training
from alcore.learners.registry import LEARNERS, LearnerSpec, check_installed, check_options, is_network, make_learner
from alcore.learners.sklearn_learner import ClassifierLearner
from alcore.runs.config import ConfigError, config_from
from alcore.runs.feasibility import on_digits
from alcore.runs.tournament.groups import run_cell
from alcore.runs.tournament.plan import plan_of
from alcore.runs.worker.gpu_slots import stacks
from pages.screens.mnist_lab.experiments import OWN
from tests.support.lab import Lab
from tests.support.screens import assert_fine


def _make(*, classes: int, seed: int, device: str, tick: Callable[[], None], options: Training) -> Learner:
    return ClassifierLearner(KNeighborsClassifier(3), classes, tick=tick)


NEAREST = LearnerSpec("nearest", "Nearest neighbours", "The class of the three nearest labelled points.", _make)


@pytest.fixture
def nearest(monkeypatch: pytest.MonkeyPatch) -> LearnerSpec:
    monkeypatch.setitem(LEARNERS, "nearest", NEAREST)
    return NEAREST


def test_a_registered_learner_is_made_configured_and_raced(nearest: LearnerSpec) -> None:
    learner = make_learner("nearest", classes=3, seed=0)
    assert isinstance(learner, ClassifierLearner) and learner.title == "KNeighborsClassifier"
    config = config_from({"learner": "nearest", "dataset": "digits", "strategy": "margin"})
    assert config.learner == "nearest" and on_digits(config).learner == "nearest" and not stacks(config)
    plan = plan_of(["margin"], ["iris"], ["nearest", "logistic"], seeds=1, rounds=2)
    assert plan.tasks == (("iris", "nearest"), ("iris", "logistic"))
    hits = [run_cell(plan.cell("margin", "iris", name, 0)).hits for name in plan.learners]
    assert len(hits[0]) == 3 and hits[0] != hits[1]


@pytest.mark.parametrize(
    "option",
    [
        {"augment": True},
        {"committee": "ensemble"},
        {"widths": "8"},
        {"components": 2},
        {"metric": "distortion"},
        {"fill": True},
    ],
)
def test_it_refuses_the_options_that_it_does_not_use(
    nearest: LearnerSpec, option: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError):
        config_from({"learner": "nearest", "dataset": "digits", **option})
    spec = LearnerSpec("nearest", "Nearest", "Using it.", _make, options=frozenset(option))
    monkeypatch.setitem(LEARNERS, "nearest", spec)
    check_options("nearest", Training(**option))
    assert config_from({"learner": "nearest", "dataset": "digits", **option}).learner == "nearest"


def test_its_needs_are_checked_before_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    needy = LearnerSpec("nearest", "Nearest", "For large images.", _make, network=True, extra="torch", image_side=12)
    monkeypatch.setitem(LEARNERS, "nearest", needy)
    assert is_network("nearest") and not is_network("logistic") and not is_network("unheard of")
    for dataset, sentence in (
        ("digits", r"The Nearest \(learner 'nearest'\) needs images of at least 12 x 12 pixels.* 8 x 8"),
        ("blobs", "which needs images"),
    ):
        with pytest.raises(ConfigError, match=sentence):
            config_from({"learner": "nearest", "dataset": dataset})
    large = config_from({"learner": "nearest", "dataset": "mnist"})
    assert stacks(large) and on_digits(large).learner == "cnn"

    def absent(package: str) -> None:
        raise MissingExtraError(f"no {package}")

    monkeypatch.setattr(registry, "require", absent)
    check_installed("logistic", "graph")
    with pytest.raises(MissingExtraError, match="no torch"):
        check_installed("logistic", "nearest")
    with pytest.raises(ValueError, match="no such option of Training: colour"):
        LearnerSpec("nearest", "Nearest", "Wrong.", _make, options=frozenset({"colour"}))


def test_the_screens_offer_it(nearest: LearnerSpec, lab: Lab, open_screen: Callable[..., AppTest]) -> None:
    at = lab(mnist_experiment=OWN, mnist_data="Digits", mnist_learner="Nearest neighbours")
    assert_fine(at, "opening a link")
    box = at.selectbox(key="mnist_learner")
    assert box.options == [spec.label for spec in LEARNERS.values()]
    assert box.value == "nearest" and nearest.description in [caption.value for caption in at.caption]
    # It has no epochs, so it has no panel of training, and no device.
    assert "mnist_epochs" not in at.session_state and "mnist_device" not in at.session_state
    tournament = open_screen("pages/tournament.py", tournament_learners="Nearest neighbours")
    assert_fine(tournament, "opening a link")
    learners = tournament.multiselect(key="tournament_learners")
    assert learners.options == [spec.label for spec in LEARNERS.values()] and learners.value == ["nearest"]
