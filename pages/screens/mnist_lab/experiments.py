"""The lab's experiments: content, expected result, and duration."""

from dataclasses import dataclass

from alcore.runs.presets import PRESETS


@dataclass(frozen=True)
class Experiment:
    """Texts of an experiment.

    Attributes:
        label: text of the option.
        does: description.
        see: expected result.
        seconds: measured time of a run on two CPU cores; None if not measured.
    """

    label: str
    does: str
    see: str
    seconds: int | None = None


OWN = "Own values"
_NOTES = {
    "cnn-mnist": Experiment(
        "CNN",
        "A CNN starts from a seed set of 1,000 labelled digits and queries 500 more in each of four rounds, with a "
        "warm start.",
        "Test accuracy on 10,000 digits after each round: from about 77 % to 96 %; with random queries 94 %.",
        20,
    ),
    "dozen-mnist": Experiment(
        "A dozen labels",
        "The graph learner sees all 60,000 digits and twelve labels. Each query is a typical digit of the largest "
        "group of neighbours without a label, later of the most uncertain one.",
        "98 % of 10,000 test digits with 10 labels, 99 % with 12. **What was used besides labels** stands beside "
        "the digits.",
        120,
    ),
    "mlp-1d-mnist": Experiment(
        "MLP",
        "An MLP, whose inputs are the pixels as a list of numbers, starts from 100 labelled digits and queries 10 more "
        "in each of fifty rounds.",
        "A sharp rise, then a plateau near 85 %. **Random is better here, 87 %:** uncertainty sampling does not always "
        "pay.",
        15,
    ),
    "batchbald-mnist": Experiment(
        "BatchBALD paper",
        "A network starts from two labelled digits of each class and queries batches of ten with high joint mutual "
        "information. It is retrained from scratch in each round.",
        "In the paper accuracy reaches 90 % with about 105 labels. It takes hours on two CPU cores: use a candidate "
        "subsample or a GPU.",
    ),
    "spam": Experiment(
        "Spam messages",
        "A linear model classifies text messages as spam or not, from 10 labelled messages and ten more in each of 29 "
        "rounds.",
        "About 90 % accuracy with 50 labels. Predicting no spam at all gives 87 %: see the balanced accuracy.",
    ),
}
EXPERIMENTS: dict[str, Experiment] = {name: notes for name, notes in _NOTES.items() if name in PRESETS}
EXPERIMENTS[OWN] = Experiment(
    OWN,
    "Every setting is free. The defaults are those of the CNN experiment.",
    "The same charts. With few labels and a subsample of the pool a run takes seconds.",
)
