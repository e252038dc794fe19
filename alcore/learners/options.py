"""The options of training, in a module that does not load torch."""

from dataclasses import dataclass
from typing import Literal, get_args

from alcore.short import plural

# Distances of the graph learner; see `alcore.learners.graph`.
Metric = Literal["euclid", "distortion"]
METRICS: tuple[Metric, ...] = get_args(Metric)


@dataclass(frozen=True)
class Training:
    """Training in each round. Networks use all options but `components`, `metric` and `fill`.

    Attributes:
        epochs: passes over the labelled points each round; with `converge` the most.
        batch_size: points a gradient step.
        learning_rate: Adam's.
        carry_on: warm start from the last round's weights and optimiser state, or retrain from scratch.
        shrink: carried-on weights are multiplied by this; below 1, noise is then added and Adam starts again.
        steps: gradient steps each round in place of epochs.
        converge: stop before the last epoch, once the loss has settled.
        augment: move, turn, stretch and shear each image a little, afresh in each step.
        smoothing: share of each label that is spread evenly over the classes.
        committee: members are trained on a `bootstrap` of the labels each, or, as an `ensemble`, on all of them from
            other first weights and in another order.
        widths: of the hidden layers of the `mlp`, such as "256-128"; "" is the published 128.
        components: principal components of the pool on which `logistic` is trained in place of the points.
        metric: the distance of `graph`: `euclid` of principal components, or `distortion` of grey images, in which
            every pixel may move by up to two.
        fill: labels of `graph` fill communities of the pool, which are then smoothed, in place of label spreading.

    Source: shrink-and-perturb, Ash & Adams (2020); ensembles, Lakshminarayanan, Pritzel & Blundell (2017).
    """

    epochs: int = 5
    batch_size: int = 64
    learning_rate: float = 1e-3
    carry_on: bool = True
    shrink: float = 1.0
    steps: int | None = None
    converge: bool = False
    augment: bool = False
    smoothing: float = 0.0
    committee: Literal["bootstrap", "ensemble"] = "bootstrap"
    widths: str = ""
    components: int | None = None
    metric: Metric = "euclid"
    fill: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for options out of range."""
        if self.epochs < 1 or self.batch_size < 1 or (self.steps is not None and self.steps < 1):
            raise ValueError(
                f"epochs, batch_size and steps must be 1 or more, got {self.epochs}, {self.batch_size}, {self.steps}"
            )
        if not 0 <= self.shrink <= 1 or not 0 <= self.smoothing < 1:
            raise ValueError(f"shrink must be 0 to 1 and smoothing 0 to below 1, got {self.shrink}, {self.smoothing}")
        if self.converge and self.steps is not None:
            raise ValueError("steps and converge both say when training ends: choose one of them")
        if self.committee not in ("bootstrap", "ensemble"):
            raise ValueError(f"committee must be bootstrap or ensemble, got {self.committee!r}")
        if self.components is not None and self.components < 1:
            raise ValueError(f"components must be 1 or more, got {self.components}")
        if self.metric not in METRICS:
            raise ValueError(f"metric must be {' or '.join(METRICS)}, got {self.metric!r}")
        hidden_widths(self.widths)

    @property
    def words(self) -> list[str]:
        """The options other than epochs that differ from their defaults, in a few words each."""
        return [
            words
            for used, words in (
                (self.carry_on and self.shrink < 1, f"weights shrunk to {self.shrink:g}"),
                (self.steps, f"{plural(self.steps or 0, 'step')} a round"),
                (self.converge, "trained until the loss settles"),
                (self.augment, "images moved a little"),
                (self.smoothing, f"labels smoothed by {self.smoothing:g}"),
                (self.committee == "ensemble", "a deep ensemble"),
                (self.widths, f"layers {self.widths}"),
                (self.components, plural(self.components or 0, "component")),
                (self.metric != "euclid", f"neighbours by {self.metric}"),
                (self.fill, "communities filled"),
            )
            if used
        ]


def hidden_widths(text: str) -> tuple[int, ...]:
    """The widths that a text such as "256-128" names; (128,), the published network, for "".

    Raises:
        ValueError: if these are not one to eight widths from 1 to 8,192.
    """
    parts = text.split("-") if text else ["128"]
    widths = tuple(int(part) if part.isascii() and part.isdigit() else 0 for part in parts)
    if len(widths) > 8 or not all(1 <= width <= 8192 for width in widths):
        raise ValueError(f'widths must be one to eight numbers from 1 to 8,192 such as "256-128", got {text!r}')
    return widths
