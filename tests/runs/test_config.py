"""A run is its config: validation in sentences, a stable id, and the presets as published."""

import hashlib
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alcore.did_you_mean import did_you_mean
from alcore.learners.registry import LEARNERS
from alcore.runs.config import ConfigError, RunConfig, config_from
from alcore.runs.presets import PRESETS, get_preset
from alcore.strategies.catalogue import STRATEGIES


def test_id_is_the_hash_of_all_fields() -> None:
    fields = {
        "batch_size": 64,
        "carry_on": True,
        "dataset": "mnist",
        "device": "auto",
        "epochs": 1,
        "labels_per_round": 500,
        "learner": "cnn",
        "learning_rate": 0.001,
        "pool_size": None,
        "rounds": 4,
        "seed": 0,
        "seed_labels": 1000,
        "seed_set": "random",
        "strategy": "least_confidence",
    }
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    assert RunConfig().run_id == hashlib.sha256(text.encode()).hexdigest()[:12]


configs = st.builds(
    RunConfig,
    learner=st.sampled_from(sorted(LEARNERS)),
    strategy=st.sampled_from(sorted(STRATEGIES)),
    seed=st.integers(0, 2**32 - 1),
    seed_labels=st.integers(1, 10_000),
    learning_rate=st.floats(1e-6, 10),
    carry_on=st.booleans(),
    pool_size=st.none() | st.integers(1, 60_000),
    epsilon=st.sampled_from([0.0, 0.1, 1.0]),
    calibration=st.integers(0, 2),
)


@given(configs)
def test_round_trips(config: RunConfig) -> None:
    assert RunConfig.model_validate_json(config.model_dump_json()) == config
    as_text = {key: str(value) for key, value in config.model_dump().items()}
    assert config_from(as_text) == config
    assert config_from(as_text).run_id == config.run_id


@given(configs, configs)
def test_same_id_means_same_config(one: RunConfig, other: RunConfig) -> None:
    assert (one.run_id == other.run_id) == (one == other)


def test_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        RunConfig().seed = 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("strategy", "entropyy", "There is no strategy 'entropyy'. Did you mean entropy"),
        ("dataset", "imagenet", "There is no dataset 'imagenet'. Known: mnist, fashion-mnist,"),
        ("learner", "svm", "There is no learner 'svm'. Known: logistic, logistic_fourier, knn,"),
        ("seed", -1, "seed was -1; expected a whole number from 0 to 4,294,967,295."),
        ("seed", "x", "seed was 'x'; expected a whole number from 0"),
        ("rounds", 2.5, "rounds was 2.5; expected a whole number from 0"),
        ("seed_labels", 0, "seed_labels was 0; expected a whole number from 1"),
        ("learning_rate", float("nan"), "learning_rate was nan; expected a number above 0, at most 10."),
        ("learning_rate", 0, "learning_rate was 0; expected a number above 0"),
        ("device", "tpu", "device was 'tpu'; expected auto, cpu or cuda."),
        ("seed_set", None, "seed_set was None; expected random, balanced, diverse, communities or published."),
        ("carry_on", "perhaps", "carry_on was 'perhaps'; expected true"),
        ("pool_size", 0, "pool_size was 0; expected a whole number from 1 on, or none for the whole pool."),
        ("epoch", 3, "There is no setting 'epoch'. Did you mean epochs?"),
    ],
)
def test_one_sentence_a_field(field: str, value: object, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config_from({field: value})
    assert list(caught.value.problems) == [field]
    assert str(caught.value).startswith(sentence)


def test_all_problems_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        config_from({"seed": "x", "rounds": -1, "colour": "red"})
    assert set(caught.value.problems) == {"seed", "rounds", "colour"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"learner": "cnn", "dataset": "blobs"}, "needs images"),
        ({"learner": "mlp", "dataset": "digits", "seed_set": "published"}, "seed_set was 'published'"),
    ],
)
def test_fields_that_do_not_go_together(values: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        config_from(values)
    assert list(caught.value.problems) == ["together"]


def test_presets_are_the_published_experiments() -> None:
    first = ["mlp-1d-mnist", "cnn-mnist", "logistic-classification", "blobs-arena"]
    assert list(PRESETS) == [*first, "batchbald-mnist", "dozen-mnist", "spam"]
    assert all(name == preset.name for name, preset in PRESETS.items())
    ends = {
        name: preset.config.seed_labels + preset.config.rounds * preset.config.labels_per_round
        for name, preset in PRESETS.items()
    }
    assert ends == {
        "mlp-1d-mnist": 600,
        "cnn-mnist": 3000,
        "logistic-classification": 110,
        "blobs-arena": 54,
        "batchbald-mnist": 300,
        "dozen-mnist": 12,
        "spam": 300,
    }
    assert len({preset.config.run_id for preset in PRESETS.values()}) == len(PRESETS)
    assert PRESETS["cnn-mnist"].config == RunConfig()
    assert PRESETS["mlp-1d-mnist"].config.epochs == 5


def test_unknown_preset_names_near_ones() -> None:
    with pytest.raises(ConfigError, match="There is no preset 'cnn-minst'. Did you mean cnn-mnist"):
        get_preset("cnn-minst")


@pytest.mark.parametrize(
    ("name", "known", "words"),
    [
        ("x", [], "There are none."),
        ("ENTROPY", ["entropy", "margin"], "Did you mean entropy?"),
        ("least", ["margin", "least_confidence"], "Did you mean least_confidence?"),
        ("", ["b", "a"], "Known: b, a."),
    ],
)
def test_did_you_mean(name: str, known: list[str], words: str) -> None:
    assert did_you_mean(name, known) == words


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import alcore", ("torch", "sklearn", "numpy", "pydantic", "streamlit")),
        ("import alcore.runs.presets", ("torch", "sklearn", "streamlit", "pandas")),
        (
            "import alcore.runs.store.store, alcore.runs.worker.launcher",
            ("torch", "sklearn", "streamlit", "pandas"),
        ),
    ],
)
def test_imports_stay_light(statement: str, absent: tuple[str, ...]) -> None:
    code = f"{statement}; import sys; print([name for name in {absent!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_dropout_cnn_needs_large_images() -> None:
    assert config_from({"learner": "dropout_cnn", "dataset": "mnist"}).learner == "dropout_cnn"
    with pytest.raises(ConfigError, match="at least 16 x 16 pixels"):
        config_from({"learner": "dropout_cnn", "dataset": "digits"})
    with pytest.raises(ConfigError, match="which needs images"):
        config_from({"learner": "dropout_cnn", "dataset": "blobs"})


def test_later_settings_keep_the_ids_of_runs_without_them() -> None:
    plain = config_from({})
    assert plain.run_id == config_from({"samples": "none", "candidates": None}).run_id
    assert plain.run_id == "0b081ab661e1"
    assert len({plain.run_id, config_from({"samples": 7}).run_id, config_from({"candidates": 7}).run_id}) == 3


def test_remedies_are_in_the_title_and_not_in_the_rival() -> None:
    cured = config_from({"strategy": "eer", "epsilon": "0.1", "density": 1, "calibration": 50, "seed": 3})
    assert cured.title.endswith("seed 3, 20 candidates, 10 % random, density 1, 50 labels to calibrate")
    assert cured.rival == config_from({"strategy": "random", "seed": 3}) == cured.rival.rival
    with pytest.raises(ConfigError, match="epsilon was 1.5; expected a share of random picks"):
        config_from({"epsilon": 1.5})


def test_expected_error_reduction_on_images_says_how_many_candidates_it_tries() -> None:
    config = config_from({"strategy": "eer"})
    assert config.candidates == 20 and "20 candidates" in config.title
    assert config_from({"strategy": "eer", "candidates": 50}).candidates == 50
    assert config_from({"strategy": "eer", "dataset": "blobs", "learner": "logistic"}).candidates is None
