"""What the lab's controls say to the library: every field of a run, only where it means something."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from alcore.datasets.mnist import SOURCES
from alcore.runs.config import CHOOSING, RunConfig
from alcore.runs.presets import PRESETS
from alcore.runs.store.store import Store
from pages.screens.mnist_lab.controls import MEASURED
from pages.screens.mnist_lab.experiments import EXPERIMENTS, OWN
from pages.screens.mnist_lab.run import start
from tests.support.lab import FALLBACK, Lab, said
from tests.support.screens import assert_fine

pytestmark = pytest.mark.usefixtures("fetches")
OWN_DIGITS = {"mnist_experiment": OWN, "mnist_data": "Digits", "mnist_random": "false", "mnist_seeds": "100"}
START = RunConfig(dataset="digits", learner="cnn", seed_labels=100)


def started(at: AppTest, home: Path) -> list[RunConfig]:
    """What Start queues, in order."""
    assert_fine(at, "opening a link")
    at.button(key="mnist_go").click().run()
    assert_fine(at, "Start")
    with Store(home) as store:
        return [info.config for info in reversed(store.runs())]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({"mnist_carry": "Shaken up", "mnist_shrink": "0.25"}, {"shrink": 0.25}),
        ({"mnist_carry": "Made anew"}, {"carry_on": False}),
        ({"mnist_epochs": "7"}, {"epochs": 7}),
        ({"mnist_until": "Steps", "mnist_steps": "40", "mnist_epochs": "7"}, {"steps": 40}),
        ({"mnist_until": "As long as it helps", "mnist_most": "20"}, {"converge": True, "epochs": 20}),
        ({"mnist_augment": "true", "mnist_smoothing": "0.1"}, {"augment": True, "smoothing": 0.1}),
        ({"mnist_minibatch": "16", "mnist_rate": "0.003"}, {"batch_size": 16, "learning_rate": 0.003}),
        ({"mnist_learner": "MLP", "mnist_widths": "64-32"}, {"learner": "mlp", "widths": "64-32"}),
        (
            {"mnist_learner": "Logistic regression", "mnist_components": "20", "mnist_epochs": "9"},
            {"learner": "logistic", "components": 20},
        ),
        (
            {"mnist_learner": "graph", "mnist_metric": "Image distortion", "mnist_fill": "true"},
            {"learner": "graph", "metric": "distortion", "fill": True},
        ),
        (
            {"mnist_strategy": "BALD", "mnist_committee": "Other starts", "mnist_samples": "3"},
            {"strategy": "bald", "committee": "ensemble", "samples": 3},
        ),
        ({"mnist_repeats": "3", "mnist_imbalance": "5"}, {"repeats": 3, "imbalance": 5.0}),
        ({"mnist_wrong": "0.2", "mnist_blends": "0.5"}, {"label_noise": 0.2, "blends": 0.5}),
        ({"mnist_stoptarget": "true", "mnist_target": "0.9"}, {"stop_accuracy": 0.9}),
        ({"mnist_stopflat": "true", "mnist_flat": "2"}, {"stop_plateau": 2}),
        ({"mnist_stopsame": "true", "mnist_same": "0.95"}, {"stop_agreement": 0.95}),
        ({"mnist_seedset": "Diverse"}, {"seed_set": "diverse"}),
        ({"mnist_seedset": "Communities"}, {"seed_set": "communities"}),
        ({"mnist_candidates": "200", "mnist_calibration": "30"}, {"candidates": 200, "calibration": 30}),
    ],
)
def test_a_link_gives_each_field_of_a_run(
    lab: Lab, home: Path, link: dict[str, str], expected: dict[str, object]
) -> None:
    assert started(lab(**OWN_DIGITS | link), home) == [START.model_copy(update=expected)]


def test_every_field_of_a_run_has_a_control(lab: Lab) -> None:
    """What the links above reach, and the controls that other tests move, are all fields there are."""
    tested = test_a_link_gives_each_field_of_a_run.pytestmark[0].args[1]  # type: ignore[attr-defined]
    reached = {field for _, expected in tested for field in expected}
    elsewhere = {"dataset", "seed", "seed_labels", "labels_per_round", "rounds", "device", "pool_size"}
    elsewhere |= {"epsilon", "density"}
    assert reached | elsewhere == set(RunConfig.model_fields)


def test_controls_are_shown_where_they_mean_something(lab: Lab) -> None:
    def keys(**params: str) -> set[str]:
        at = lab(**OWN_DIGITS | params)
        assert_fine(at, str(params))
        kinds = (at.slider, at.number_input, at.toggle, at.selectbox, at.button_group, at.text_input)
        return {str(one.key).removeprefix("mnist_") for kind in kinds for one in kind}

    network = keys()
    assert {"carry", "until", "epochs", "augment", "smoothing", "device", "scratch"} <= network
    assert not network & {"shrink", "steps", "most", "widths", "components", "samples", "committee"}
    logistic = keys(mnist_learner="Logistic regression")
    assert "components" in logistic and not logistic & {"carry", "until", "epochs", "device", "scratch"}
    graph = keys(mnist_learner="graph")
    assert {"metric", "fill"} <= graph and not graph & {"carry", "until", "components", "device"}
    assert "samples" in keys(mnist_strategy="BALD") and "committee" in keys(mnist_strategy="BALD")
    assert not keys(mnist_strategy="Random") & {"candidates", "epsilon", "random", "samples"}
    assert "shrink" in keys(mnist_carry="Shaken up") and "scratch" not in keys(mnist_carry="Made anew")


def test_widths_that_are_none_are_a_sentence(lab: Lab) -> None:
    at = lab(**OWN_DIGITS, mnist_learner="MLP", mnist_widths="wide")
    assert not at.exception and "such as" in at.error[0].value and "128 is used" in at.error[0].value


@pytest.mark.parametrize("name", [name for name in EXPERIMENTS if name != OWN])
def test_a_preset_is_run_exactly_as_it_is(lab: Lab, home: Path, name: str) -> None:
    preset = PRESETS[name].config
    at = lab(mnist_experiment=name)
    assert f"`{name}`" in said(at)
    if preset.dataset in SOURCES:
        # Its images cannot be had here: what would be started is its image on the bundled digits.
        (run, rival) = started(at, home)
        assert run.strategy == preset.strategy and run.dataset == "digits" and rival == run.rival
    else:
        assert at.button(key="mnist_go").disabled and "is not on this machine" in at.warning[0].value


def test_presets_are_unchanged_where_their_data_are(lab: Lab, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.screens.mnist_lab.run.dataset_download.problem_of", lambda name, home: None)
    for name in EXPERIMENTS:
        if name != OWN:
            started(lab(mnist_experiment=name), home)
    with Store(home) as store:
        configs = [info.config for info in store.runs()]
    for name in EXPERIMENTS:
        if name != OWN:
            assert PRESETS[name].config in configs and PRESETS[name].config.rival in configs


def test_a_preset_brings_its_strategy_and_a_link_keeps_its_own(lab: Lab) -> None:
    at = lab()
    assert at.selectbox(key="mnist_strategy").value == "least_confidence"
    at.selectbox(key="mnist_experiment").set_value("batchbald-mnist").run()
    assert_fine(at, "another preset")
    assert at.selectbox(key="mnist_strategy").value == "batchbald"
    at = lab(mnist_experiment="batchbald-mnist", mnist_strategy="BALD")
    assert at.selectbox(key="mnist_strategy").value == "bald"


def test_random_and_from_scratch_are_one_click_each(lab: Lab, home: Path) -> None:
    at = lab()
    at.toggle(key="mnist_scratch").set_value(True).run()
    run, rival, anew, anew_rival = started(at, home)
    assert run == FALLBACK and rival == FALLBACK.rival
    assert anew == FALLBACK.model_copy(update={"carry_on": False}) and anew_rival == anew.rival
    assert "4 runs: " in said(at)
    at.button(key="mnist_go").click().run()
    assert "All 4 runs with these settings are done or in progress already." in said(at)
    assert at.query_params["mnist_run"] == FALLBACK.run_id
    assert at.query_params["mnist_compare"] == ",".join(one.run_id for one in (run, rival, anew, anew_rival))


def test_paired_seeds_are_queued_seed_by_seed(lab: Lab, home: Path) -> None:
    at = lab(mnist_paired="3", mnist_seed="5")
    assert "Start queues 6 runs" in said(at) and "each seed up to 7" in said(at)
    configs = started(at, home)
    assert [(one.seed, one.strategy) for one in configs] == [
        (seed, strategy) for seed in (5, 6, 7) for strategy in ("least_confidence", "random")
    ]
    assert len({one.model_copy(update={"seed": 0, **dict.fromkeys(CHOOSING)}) for one in configs}) == 1
    assert at.query_params["mnist_run"] == configs[0].run_id


def test_a_gpu_makes_a_race_of_several_seeds_the_default(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lab().number_input(key="mnist_paired").value == 1
    monkeypatch.setattr(start, "has_gpu", lambda: True)
    at = lab()
    assert at.number_input(key="mnist_paired").value == 5
    assert "Start queues 10 runs, all at once on the GPU." in said(at)
    assert "Start queues 10 runs, one after the other." in said(lab(mnist_device="cpu"))


def test_without_a_driver_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(start, "_DRIVER", tmp_path / "none")
    monkeypatch.setattr(start.shutil, "which", lambda name: None)
    start.has_gpu.cache_clear()
    assert not start.has_gpu()
    start.has_gpu.cache_clear()


def test_what_fewer_candidates_cost_is_what_was_measured(lab: Lab) -> None:
    results = json.loads((Path(__file__).parents[2] / "benchmarks/results/candidates.json").read_text())
    looked_at, of_all, of_some, gain, *interval = MEASURED
    assert interval[0] < 0 < interval[1], "the page says that the loss is not significant"
    every = next(one for one in results if "all images" in one["work"])
    some = next(one for one in results if f"{looked_at:,} candidates" in one["work"])
    assert every["work"].startswith("mlp-1d-mnist") and len(some["accuracy_of_the_curve_of_seeds"]) == 5
    seconds = [one["seconds_of_score_and_select_a_round"] for one in (every, some)]
    assert [round(one, 2) for one in seconds] == [of_all, of_some]
    told = [some["difference_to_all_images"], *some["interval_of_the_difference"]]
    assert [round(100 * one, 1) for one in told] == [gain, *interval]
    at = lab()
    assert f"The MLP from 5,000 of 60,000 images: {of_some:.2f} s instead of {of_all:.2f} s" in said(at)


def test_the_control_from_scratch_keeps_nothing() -> None:
    shaken = START.model_copy(update={"shrink": 0.5})
    assert start.from_scratch(shaken) == START.model_copy(update={"carry_on": False})
