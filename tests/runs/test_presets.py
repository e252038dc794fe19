"""The published curves that presets carry: on the labels their runs come to, and said where they are from."""

import pytest

from alcore.learners.registry import LEARNERS, make_learner
from alcore.runs.presets import PRESETS, Preset
from alcore.strategies.catalogue import STRATEGIES


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_published_curve_lies_on_the_preset_s_own_labels(preset: Preset) -> None:
    config = preset.config
    first, last = config.label_range
    come_to = range(first, last + 1, config.labels_per_round)
    assert all(labels in come_to and 0 < accuracy < 1 for labels, accuracy in preset.published)
    assert [labels for labels, _ in preset.published] == sorted({labels for labels, _ in preset.published})
    assert bool(preset.published) == bool(preset.published_note) == bool(preset.published_by)


def test_reference_curves_are_those_of_the_sources() -> None:
    curves = {name: dict(preset.published) for name, preset in PRESETS.items()}
    assert curves["cnn-mnist"] == {1000: 0.779, 1500: 0.830, 2000: 0.917, 2500: 0.946, 3000: 0.963}
    assert curves["mlp-1d-mnist"] == {100: 0.4, 250: 0.8, 600: 0.88}
    assert curves["batchbald-mnist"] == {50: 0.805, 100: 0.892, 150: 0.928, 200: 0.945, 250: 0.954}
    classification = curves["logistic-classification"]
    assert len(classification) == 21 and classification[90] == 0.88 and classification[110] == 0.91
    assert not curves["blobs-arena"] and not curves["spam"], "nothing was published of these set-ups"


def test_batchbald_follows_the_published_protocol_and_names_what_differs() -> None:
    preset = PRESETS["batchbald-mnist"]
    config = preset.config
    assert (config.learner, config.strategy, config.batch_size) == ("dropout_cnn", "batchbald", 64)
    assert (config.seed_labels, config.seed_set, config.samples, config.carry_on) == (
        20,
        "balanced",
        100,
        False,
    )
    assert config.steps == 10 * -(-5056 // 64) == 790
    for deviation in ("1,024 more labels", "790 steps", "without replacement", "without dropout"):
        assert deviation in preset.description


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_every_preset_can_be_built(preset: Preset) -> None:
    config = preset.config
    assert config.learner in LEARNERS and config.strategy in STRATEGIES
    make_learner(config.learner, classes=2, seed=0, device="cpu", **config.training)
    assert preset.description.endswith(".") and preset.expectation.endswith(".")
