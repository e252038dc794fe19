"""Names and texts of the failure modes."""

from dataclasses import asdict, dataclass

from alcore.loops.failure_modes.cases import FailureMode
from alcore.report.phrases import percent, plural
from alcore.strategies.catalogue import STRATEGIES


@dataclass(frozen=True)
class Words:
    """Texts of a failure mode.

    Attributes:
        title: text of its button.
        effect: the failure.
        remedy: description of the remedy.
        recovery: the remedy as the subject of a sentence.
        reference: phrase for the reference, after "compared with".
        reference_name: legend entry of the reference.
        absence: phrase for the absence of the failure mode, after "Where".
        cost: of the failure mode as it opens, in points: tests/benchmarks/results/clinic.json.
    """

    title: str
    effect: str
    remedy: str
    recovery: str
    reference: str
    reference_name: str
    absence: str
    cost: float


WORDS = {
    "outliers": Words(
        "Outlier attraction",
        "Isolated points with **random labels** lie around the classes. A committee disagrees most far from all data, "
        "and a coverage strategy selects the rim of the pool first: the budget is spent where nothing can be learned, "
        "and the wrong labels distort the model.",
        "**Density weighting.** The acquisition score is multiplied by the density at its point, to the power beta.",
        "Density weighting",
        "the same learner on the same points without the outliers",
        "Without outliers",
        "there are no outliers",
        35.25,
    ),
    "bias": Words(
        "Sampling bias",
        "The strategy queries only **near its boundary**. A fifth of class B lies far away on the side of A: unless a "
        "point of the seed set lies there, the cluster is never queried, and the model stays wrong about it.",
        "**Epsilon-greedy.** With probability epsilon a query is a random point instead. At 100 % all queries are "
        "random.",
        "Epsilon-greedy",
        "random sampling",
        "Random",
        "there is no far cluster",
        6.52,
    ),
    "cold": Words(
        "Cold start",
        "A small random seed set often has **one class only**. A model trained on one class predicts it everywhere "
        "with certainty: its uncertainty is uninformative, and so are its queries.",
        "**A diverse seed set.** The pool is split into as many clusters as there are initial labels; the most central "
        "point of each is labelled.",
        "The diverse seed set",
        "the same learner from as many initial labels with every class among them",
        "Seed set with every class",
        "the classes are equally frequent",
        16.8,
    ),
    "calibration": Words(
        "Miscalibration",
        "This model is **over-confident**, also where a wrong label misleads it. A fifth of class B lies far away on "
        "the side of A, and its predicted probability of A is nearly 1: a strategy that adds uncertainty and distance, "
        "or samples in proportion to uncertainty, does not query there.",
        "**Temperature scaling.** Some of the initial labels are kept from training; on them a temperature of 1 or "
        "more is fitted, which softens the probabilities. Without the remedy they are trained on, so the remedy has "
        "to outweigh the labels it costs. It has no effect on least confidence: with two classes no temperature "
        "changes which point is the most uncertain.",
        "The temperature",
        "the same learner without over-confidence and label noise",
        "Not over-confident",
        "the model is not over-confident",
        5.55,
    ),
}

ARMS = {"without": "Without the remedy", "treated": "With the remedy"}
EXPORTED = {
    "without": "failure mode, without the remedy",
    "treated": "failure mode, with the remedy",
    "random": "failure mode, random sampling",
    "reference": "reference",
    "control_without": "control, without the remedy",
    "control_treated": "control, with the remedy",
}


# The severity of a failure mode and the strength of its remedy, in the title of a figure.
_SET = {
    "outliers": "{outlier_count}, beta {beta:g}",
    "bias": "overlap {overlap:g}, epsilon {epsilon:g}",
    "cold": "{imbalance:g} {point} of B per point of A, {seed_labels} initial labels",
    "calibration": "logit scale {sharpness:g}, {noise} label noise, {kept} for the temperature",
}


def title_of(mode: str, setting: FailureMode, paired: int) -> str:
    """A figure's title: the failure mode, the strategy, severity, strength, and the number of paired seeds."""
    strategy = STRATEGIES[setting.strategy].label
    values = asdict(setting)
    words = {
        "outlier_count": plural(values.get("outliers", 0), "outlier"),
        "point": "point" if values.get("imbalance") == 1 else "points",
        "kept": plural(values.get("held_out", 0), "label"),
        "noise": percent(values.get("label_noise", 0.0), 0),
    }
    return f"{WORDS[mode].title}: {strategy}, {_SET[mode].format(**values, **words)}, {paired} paired seeds"


def drawn_as(arm: str) -> str:
    """The style key of an arm: random as on every screen, the others a key that no strategy has."""
    # This key has a purple style, which contrasts with the blue of the remedy.
    return {"random": "random", "reference": "clinic_well"}.get(arm, f"clinic_{arm.replace('control', 'healthy')}")
