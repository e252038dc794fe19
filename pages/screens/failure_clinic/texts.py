"""Names and texts of the failure modes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Texts of a failure mode.

    Attributes:
        title: text of its button.
        effect: the failure, in plain words.
        remedy: description of the remedy.
        recovery: the remedy as the subject of a sentence.
        reference: phrase for the reference, after "compared with".
        reference_name: legend entry of the reference.
        healthy: phrase for the absence of the failure mode, after "Where".
    """

    title: str
    effect: str
    remedy: str
    recovery: str
    reference: str
    reference_name: str
    healthy: str


WORDS = {
    "calibration": Words(
        "Miscalibration",
        "This model is **surer than it should be**. A fifth of class B lies far away on the side of A: the "
        "model calls it A with near certainty, so a strategy that adds up uncertainty and distance, or draws "
        "with odds in proportion to uncertainty, sees no reason to ask there.",
        "**Temperature scaling.** Some of the first labels are kept from training; on them one number of 1 "
        "or more, the temperature, is fitted that softens the probabilities. Without the remedy they are "
        "trained on: the remedy has to earn the labels it costs. It cannot help least confidence, since "
        "with two classes no temperature changes which point is the most uncertain.",
        "The temperature",
        "the same learner where it is not over-confident and gets clean answers",
        "Not over-confident",
        "the model is not over-confident",
    ),
    "bias": Words(
        "Sampling bias",
        "The strategy asks only **near its boundary**. A fifth of class B lies far off, on the side of A: "
        "unless one of the first labels happens to lie there nobody ever asks there, and the learner never "
        "finds out that it is wrong about the whole cluster.",
        "**Epsilon-greedy.** With probability epsilon a question goes to a random point instead. At 100 % "
        "all questions are random.",
        "Asking at random now and then",
        "asking at random",
        "Random",
        "there is no far cluster",
    ),
    "outliers": Words(
        "Outlier attraction",
        "Isolated points with **labels drawn by lot** lie around the classes. A committee disagrees most "
        "far from all data, and a strategy that covers the pool visits its rim first: the budget goes where "
        "nothing can be learned, and the wrong labels bend the model.",
        "**Density weighting.** A score is multiplied by the density around its point, to the power beta.",
        "Density weighting",
        "the same learner on the same points without the outliers",
        "Without outliers",
        "there are no outliers",
    ),
    "cold": Words(
        "Cold start",
        "A few random first labels often show **one class only**. A model that has seen one class is certain "
        "of it everywhere: its uncertainty says nothing, and so does where it asks.",
        "**A diverse start.** The pool is split into as many clusters as there are first labels, and each "
        "is asked for its most central point.",
        "The diverse start",
        "the same learner from as many first labels with every class among them",
        "Start with every class",
        "the classes are equally frequent",
    ),
}

ARMS = {"without": "Without the remedy", "treated": "With the remedy"}
EXPORTED = {
    "without": "patient, without the remedy",
    "treated": "patient, with the remedy",
    "random": "patient, asking at random",
    "reference": "reference",
    "control_without": "healthy, without the remedy",
    "control_treated": "healthy, with the remedy",
}


def drawn_as(arm: str) -> str:
    """The style key of an arm: random as on every screen, the others a key that no strategy has."""
    # This key has a purple style, which contrasts with the blue of the remedy.
    return {"random": "random", "reference": "clinic_well"}.get(arm, f"clinic_{arm.replace('control', 'healthy')}")
