"""The lab's experiments in plain words: content, expected result, and duration."""

from dataclasses import dataclass

from alcore.runs.presets import PRESETS


@dataclass(frozen=True)
class Experiment:
    """Texts of an experiment.

    Attributes:
        label: text of the button.
        does: description.
        see: expected result.
        seconds: measured time of a run on two CPU cores; None if not measured.
    """

    label: str
    does: str
    see: str
    seconds: int | None = None


OWN = "Own values"
_TOLD = {
    "cnn-mnist": Experiment(
        "Image network",
        "A network made for images learns from 1,000 labelled handwritten digits. Four times it then asks "
        "for 500 labels more, and goes on learning.",
        "How many of 10,000 new digits it reads correctly after each round: from about 77 % to 96 %. With "
        "digits drawn at random it gets to 94 %.",
        20,
    ),
    "mlp-1d-mnist": Experiment(
        "Small network",
        "A small network that sees an image as a plain list of numbers learns from 100 labelled digits. "
        "Fifty times it then asks for 10 more.",
        "A sharp rise, then a plateau near 85 %. **Random picks do better here, 87 %:** asking about what "
        "the network is least sure of does not always pay.",
        15,
    ),
    "batchbald-mnist": Experiment(
        "BatchBALD paper",
        "A network starts from two labelled digits of each kind and asks for ten at a time that tell most "
        "together, rather than ten alike. It learns anew each round.",
        "In the paper it reads 90 % with about 105 labels. It takes hours on two CPU cores: let it look at "
        "some of the images only, in the sidebar, or use a GPU.",
    ),
    "spam": Experiment(
        "Spam messages",
        "A simple model learns to tell spam from other text messages: from 10 labelled ones, and then ten "
        "more at a time, 29 times.",
        "About 90 % right with 50 labels. Beware: who never cries spam is right on 87 %. The balanced "
        "accuracy tells the two apart.",
    ),
}
EXPERIMENTS: dict[str, Experiment] = {name: told for name, told in _TOLD.items() if name in PRESETS}
EXPERIMENTS[OWN] = Experiment(
    OWN,
    "Every setting is yours, in the sidebar at the left. They begin as those of the image network.",
    "The same charts. Choose few labels and a part of the images first: a run then takes seconds.",
)


def label(name: str) -> str:
    """The text of an experiment's button."""
    return EXPERIMENTS[name].label
