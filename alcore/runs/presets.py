"""The named experiments: known set-ups with a known outcome."""

from dataclasses import dataclass

from alcore.runs.config import ConfigError, RunConfig
from alcore.runs.names import did_you_mean


@dataclass(frozen=True)
class Preset:
    """A named experiment.

    Attributes:
        name: its key.
        config: what is run.
        description: what it is, in one plain line.
        expectation: what it should show, with figures.
    """

    name: str
    config: RunConfig
    description: str
    expectation: str


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            name="mlp-1d-mnist",
            config=RunConfig(
                dataset="mnist", learner="mlp", seed_labels=100, labels_per_round=10, rounds=50, epochs=5
            ),
            description="A small network on flattened MNIST digits: 100 labels, then 50 rounds of 10.",
            expectation=(
                "A sharp rise, then a plateau: 47 % at 100 labels, 79 % at 250, 85 % at 600. Random choice "
                "does better here: 47 %, 83 %, 87 % (medians of 5 seeds)."
            ),
        ),
        Preset(
            name="cnn-mnist",
            config=RunConfig(
                dataset="mnist", learner="cnn", seed_labels=1000, labels_per_round=500, rounds=4, epochs=1
            ),
            description="A convolutional network on MNIST digits: 1,000 labels, then 4 rounds of 500.",
            expectation=(
                "77 % at 1,000 labels, 90 % at 2,000, 96.5 % at 3,000; random 77 %, 90 %, 94 % (medians of 3 "
                "seeds). The model is carried on, so part of the rise is more training: compare with random."
            ),
        ),
        Preset(
            name="logistic-classification",
            config=RunConfig(
                dataset="classification",
                learner="logistic",
                seed_set="published",
                seed_labels=90,
                labels_per_round=1,
                rounds=20,
            ),
            description="Logistic regression on 1,000 made-up points: 90 labels, then 20 one at a time.",
            expectation="88 % at 90 labels, 91 % at 110; with 100 test points that is within noise.",
        ),
        Preset(
            name="blobs-arena",
            config=RunConfig(
                dataset="blobs", learner="logistic", seed_labels=4, labels_per_round=1, rounds=50
            ),
            description="Logistic regression on two overlapping blobs: 4 labels, then 50 one at a time.",
            expectation="Uncertainty asks along the boundary; whether that saves labels depends on the seed.",
        ),
    )
}


def get_preset(name: str) -> Preset:
    """The preset of this name.

    Raises:
        ConfigError: there is none; the sentence names near matches.
    """
    if name not in PRESETS:
        raise ConfigError({"preset": f"There is no preset {name!r}. {did_you_mean(name, PRESETS)}"})
    return PRESETS[name]
