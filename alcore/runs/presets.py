"""Presets: named experiments with known results."""

from dataclasses import dataclass

from alcore.did_you_mean import no_such
from alcore.runs.config import CHOOSING, ConfigError, RunConfig

# Fields in which a run may differ from a preset and still count as that experiment.
_FREE = (*CHOOSING, "seed", "device", "rounds")


@dataclass(frozen=True)
class Preset:
    """A preset.

    Attributes:
        name: its key.
        config: config of the run.
        description: one plain line.
        expectation: expected result, with numbers.
        besides: what the run uses besides the labels that it queries, and what is no discovery of it; empty if that is
            nothing worth naming.
        published: (labels, test accuracy) of the published curve, in order; empty if there is none.
        published_by: author and work of that curve, for the legend.
        published_note: how it differs.
    """

    name: str
    config: RunConfig
    description: str
    expectation: str
    published: tuple[tuple[int, float], ...] = ()
    published_by: str = ""
    published_note: str = ""
    besides: str = ""


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            name="mlp-1d-mnist",
            config=RunConfig(dataset="mnist", learner="mlp", seed_labels=100, labels_per_round=10, rounds=50, epochs=5),
            description="A small network on flattened MNIST digits: 100 labels, then 50 rounds of 10.",
            expectation=(
                "A sharp rise, then a plateau: 47 % at 100 labels, 79 % at 250, 85 % at 600. Random is better "
                "here: 47 %, 83 %, 87 % (medians of 5 seeds)."
            ),
            published=((100, 0.4), (250, 0.8), (600, 0.88)),
            published_by="Claim to be checked",
            published_note=(
                "Least confidence: under 40 %, near 80 %, about 88 %. One run to check it: 37.3 %, 77.9 %, 85.6 %; "
                "random from the same start 37.3 %, 82.2 %, 87.9 %."
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
                "seeds). With the warm start part of the rise is due to more training: compare with random."
            ),
            published=((1000, 0.779), (1500, 0.830), (2000, 0.917), (2500, 0.946), (3000, 0.963)),
            published_by="Reference run of this project",
            published_note="Least confidence, seed 0, measured once, with a warm start.",
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
            description="Logistic regression on 1,000 synthetic points: 90 labels, then 20 one at a time.",
            expectation="88 % at 90 labels, 91 % at 110; with 100 test points that is within noise.",
            published=tuple(
                zip(range(90, 111), (0.88, 0.87, 0.89, 0.89, 0.89, 0.9, 0.89, *[0.9] * 13, 0.91), strict=True)
            ),
            published_by="Reference run of this project",
            published_note="Least confidence from one fixed split and start; one test set of 100 points.",
        ),
        Preset(
            name="blobs-arena",
            config=RunConfig(dataset="blobs", learner="logistic", seed_labels=4, labels_per_round=1, rounds=50),
            description="Logistic regression on two overlapping blobs: 4 labels, then 50 one at a time.",
            expectation="Uncertainty sampling queries along the boundary; the label saving depends on the seed.",
        ),
        Preset(
            name="batchbald-mnist",
            config=RunConfig(
                dataset="mnist",
                learner="dropout_cnn",
                strategy="batchbald",
                seed_set="balanced",
                seed_labels=20,
                labels_per_round=10,
                rounds=28,
                carry_on=False,
                # Ten of the published epochs of 5,056 draws, which stop early after about five to thirty epochs.
                steps=790,
                samples=100,
            ),
            description=(
                "The BatchBALD paper on MNIST: 2 labels a class, then 28 rounds of 10, retrained from scratch in each. "
                "Unlike there, training takes 790 steps of 64 instead of stopping early on 1,024 more labels "
                "for validation, labels are drawn without replacement in each pass, and the test set is "
                "evaluated without dropout, not with the mean of 100 samples."
            ),
            expectation=(
                "Published: 90 % at about 105 labels and 95 % at about 225; top-k BALD takes 155 to 90 %. "
                "Hours on two CPU cores: a GPU, or a part of the pool, is advised."
            ),
            published=((50, 0.805), (100, 0.892), (150, 0.928), (200, 0.945), (250, 0.954)),
            published_by="Kirsch, van Amersfoort & Gal (2019), BatchBALD",
            published_note=(
                "Batches of 10: mean of 6 trials, from their result files. Labels are those trained on; 1,024 for "
                "validation are not counted."
            ),
        ),
        Preset(
            name="dozen-mnist",
            config=RunConfig(
                dataset="mnist",
                learner="graph",
                strategy="communities",
                seed_set="communities",
                seed_labels=1,
                labels_per_round=1,
                rounds=11,
                metric="distortion",
                fill=True,
            ),
            description=(
                "Twelve labels on MNIST: a typical digit of each community of a neighbour graph of all 60,000 images, "
                "one query at a time."
            ),
            expectation=(
                "98 % at 10 labels and 99 % at 12. Compare with random: the same graph, learner and first label."
            ),
            besides=(
                "the 60,000 images without their labels; deskewing, and a distance in which pixels may move by two, "
                "both of which are knowledge about digits; and settings that were chosen on MNIST. No pretrained "
                "weights, and no test image in the graph. Classes are not assumed to be equally frequent, as nobody "
                "knows that before labels are there. MNIST suits this: it has ten large communities, one a digit, and "
                "one of sevens with a bar."
            ),
        ),
        Preset(
            name="spam",
            config=RunConfig(
                dataset="spam",
                learner="logistic",
                seed_set="balanced",
                seed_labels=10,
                labels_per_round=10,
                rounds=29,
            ),
            description=(
                "Logistic regression on words of text messages, spam or not: 10 labels, then 29 rounds of 10."
            ),
            expectation=(
                "90 % accuracy with 50 labels; random stays at 87 %, the share of no spam, and with 300 labels finds "
                "hardly any spam. Read balanced accuracy and spam recall beside the accuracy."
            ),
        ),
    )
}


def get_preset(name: str) -> Preset:
    """The preset of this name.

    Raises:
        ConfigError: if there is none; the sentence suggests similar names.
    """
    if name not in PRESETS:
        raise ConfigError({"preset": no_such("preset", name, PRESETS)})
    return PRESETS[name]


def preset_of(config: RunConfig) -> Preset | None:
    """The experiment of a run, with any strategy, seed, device and number of rounds."""
    return next((preset for preset in PRESETS.values() if _essence(preset.config) == _essence(config)), None)


def _essence(config: RunConfig) -> RunConfig:
    return config.model_copy(update={name: RunConfig.model_fields[name].default for name in _FREE})
