"""Learners by name. A new learner is a file and an entry here: every screen and command offers what is registered."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from alcore.did_you_mean import one_of
from alcore.extras import require
from alcore.learners.base import Learner, no_tick
from alcore.learners.options import Training, hidden_widths

# Of a forest, which is fitted anew in every round: few, so that a race takes seconds.
TREES = 30
# Steps of boosting, each a tree a class, for the same reason.
BOOSTING_STEPS = 50
# Options of all networks.
GRADIENT_STEPS = frozenset(field.name for field in fields(Training)) - {"components", "widths", "metric", "fill"}
# Options that change nothing but the id of a run where a learner does not use them, and the reason.
_REFUSED = {
    "widths": "widths are those of the learner {users}; {name} has its own",
    "components": "components are for the learner {users}; {name} takes the points themselves",
    "metric": "a metric is for the learner {users}, and {name} has no graph of neighbours",
    "fill": "communities are filled by the learner {users}, and {name} has no graph of neighbours",
    "committee": "an ensemble differs in first weights, and {name} has none: choose the committee bootstrap",
    "augment": "augmentation is done in gradient steps, and {name} takes none",
}


@dataclass(frozen=True)
class LearnerSpec:
    """The description of a learner.

    Attributes:
        name: its key in `LEARNERS`, on the command line and in links.
        label: its name for people.
        description: one plain sentence.
        make: (classes, seed, device, tick, options), see `make_learner` -> the learner; it loads its packages itself.
        network: whether it is trained by gradient steps on a device: the others have no epochs.
        options: the options of `Training` that it uses.
        extra: the optional package that it needs, a key of `alcore.extras.EXTRA_OF`; None for none.
        image_side: the least height and width of the images that it needs, in pixels; None: it takes any points.
        dropout: whether its samples are those of Monte-Carlo dropout.
    """

    name: str
    label: str
    description: str
    make: Callable[..., Learner]
    network: bool = False
    options: frozenset[str] = frozenset()
    extra: str | None = None
    image_side: int | None = None
    dropout: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for an option that there is not."""
        unknown = sorted(self.options - {field.name for field in fields(Training)})
        if unknown:
            raise ValueError(f"learner {self.name} has no such option of Training: {', '.join(unknown)}")


def _logistic(*, classes: int, tick: Callable[[], None], options: Training, **_: Any) -> Learner:
    from alcore.learners.sklearn_learner import ClassifierLearner, logistic_regression

    return ClassifierLearner(logistic_regression(), classes, components=options.components, tick=tick)


def _fourier(*, classes: int, seed: int, tick: Callable[[], None], **_: Any) -> Learner:
    from alcore.learners.sklearn_learner import ClassifierLearner, logistic_regression
    from alcore.logistic.fourier import FourierFeatures

    return ClassifierLearner(logistic_regression(), classes, features=FourierFeatures(seed), tick=tick)


def _knn(*, classes: int, tick: Callable[[], None], **_: Any) -> Learner:
    from alcore.learners.nearest import NearestNeighbours
    from alcore.learners.sklearn_learner import ClassifierLearner

    return ClassifierLearner(NearestNeighbours(), classes, tick=tick)


def _random_forest(*, classes: int, tick: Callable[[], None], **_: Any) -> Learner:
    from sklearn.ensemble import RandomForestClassifier

    from alcore.learners.sklearn_learner import ClassifierLearner

    return ClassifierLearner(RandomForestClassifier(TREES), classes, tick=tick)


def _gradient_boosting(*, classes: int, tick: Callable[[], None], **_: Any) -> Learner:
    from sklearn.ensemble import GradientBoostingClassifier

    from alcore.learners.sklearn_learner import ClassifierLearner

    # Splits among the square root of the columns: as in a forest, better on few labels than among all, and faster.
    boosted = GradientBoostingClassifier(n_estimators=BOOSTING_STEPS, max_features="sqrt")
    return ClassifierLearner(boosted, classes, tick=tick)


def _graph(*, classes: int, tick: Callable[[], None], options: Training, **_: Any) -> Learner:
    from alcore.learners.graph.learner import GraphLearner

    return GraphLearner(classes, metric=options.metric, fill=options.fill, tick=tick)


def _network(name: str) -> Callable[..., Learner]:
    """Makes the network of this name in `architectures`."""

    def make(*, options: Training, **settings: Any) -> Learner:
        from alcore.learners.torch import architectures
        from alcore.learners.torch.learner import NetworkLearner

        build = getattr(architectures, name)
        if options.widths:
            build = partial(build, widths=hidden_widths(options.widths))
        return NetworkLearner(build, training=options, **settings)

    return make


LEARNERS: dict[str, LearnerSpec] = {
    spec.name: spec
    for spec in (
        LearnerSpec(
            name="logistic",
            label="Logistic regression",
            description="Logistic regression: a straight boundary, trained to convergence in milliseconds.",
            make=_logistic,
            options=frozenset({"components"}),
        ),
        LearnerSpec(
            name="logistic_fourier",
            label="Logistic regression on Fourier features",
            description="Logistic regression on 30 random Fourier features: a curved boundary, trained to convergence.",
            make=_fourier,
        ),
        LearnerSpec(
            name="knn",
            label="k-nearest neighbours",
            description="The classes of the five nearest labelled points, weighted by one over their distance.",
            make=_knn,
        ),
        LearnerSpec(
            name="random_forest",
            label="Random forest",
            description=f"The mean of {TREES} decision trees, each on a bootstrap sample of the labels.",
            make=_random_forest,
        ),
        LearnerSpec(
            name="gradient_boosting",
            label="Gradient boosting",
            description=f"{BOOSTING_STEPS} steps of gradient boosting: small trees, each fitted to the errors so far.",
            make=_gradient_boosting,
        ),
        LearnerSpec(
            name="mlp",
            label="MLP",
            description="A small network with one hidden layer of 128: images as 784 numbers.",
            make=_network("mlp"),
            network=True,
            options=GRADIENT_STEPS | {"widths"},
            extra="torch",
        ),
        LearnerSpec(
            name="cnn",
            label="CNN",
            description="A convolutional network: two 3x3 layers of 32 and 64, max-pooling, and a dense layer of 128.",
            make=_network("cnn"),
            network=True,
            options=GRADIENT_STEPS,
            extra="torch",
            image_side=6,
        ),
        LearnerSpec(
            name="dropout_cnn",
            label="CNN with dropout",
            description="The convolutional network of the BatchBALD paper, with dropout: many models in one.",
            make=_network("dropout_cnn"),
            network=True,
            options=GRADIENT_STEPS,
            extra="torch",
            image_side=16,
            dropout=True,
        ),
        LearnerSpec(
            name="graph",
            # Not comparable with learners of labels alone; which the label states wherever runs are listed.
            label="Graph (also learns from the unlabelled pool)",
            description="Label spreading over the nearest neighbours of all points, labelled and unlabelled.",
            make=_graph,
            options=frozenset({"metric", "fill"}),
        ),
    )
}


def make_learner(
    name: str,
    *,
    classes: int,
    seed: int,
    device: str = "auto",
    tick: Callable[[], None] = no_tick,
    **training: Any,
) -> Learner:
    """A learner by its name in `LEARNERS`. Loads torch or scikit-learn only when the name needs it.

    Args:
        name: a key of `LEARNERS`.
        classes: how many classes there are, seen or not.
        seed: of the first weights, which no strategy changes.
        device: `auto`, `cpu` or `cuda` (networks; the others are always on the CPU).
        tick: called at least once a minibatch and scored chunk; an exception from it stops the work.
        training: options of `Training`, such as `epochs=5` or `carry_on=False`.

    Raises:
        TypeError: if there is no such option.
        ValueError: if the name is unknown, or an option is out of range or of no use to the learner.
        DeviceError: if the device is not there.
        MissingExtraError: the learner is a network, and torch is not installed.
    """
    if name not in LEARNERS:
        raise ValueError(one_of("learner", name, LEARNERS))
    options = Training(**training)
    check_options(name, options)
    return LEARNERS[name].make(classes=classes, seed=seed, device=device, tick=tick, options=options)


def is_network(name: str) -> bool:
    """Whether this is the name of a learner that is trained by gradient steps; also of one unknown here."""
    return name in LEARNERS and LEARNERS[name].network


def check_installed(*names: str) -> None:
    """Raises MissingExtraError, a sentence, where one of these learners needs a package that is not there."""
    for name in names:
        extra = LEARNERS[name].extra if name in LEARNERS else None
        if extra is not None:
            require(extra)


def check_options(name: str, options: Training) -> None:
    """Raises ValueError, a sentence, where a learner has no use for an option that was chosen."""
    usual = Training()
    for option, sentence in _REFUSED.items():
        if getattr(options, option) != getattr(usual, option) and option not in LEARNERS[name].options:
            users = " or ".join(spec.name for spec in LEARNERS.values() if option in spec.options)
            raise ValueError(sentence.format(users=users, name=name))
