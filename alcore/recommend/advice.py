"""A question about data to be labelled, and the recommendation that answers it."""

from dataclasses import dataclass

from alcore.baseline import BASELINE
from alcore.recommend.evidence import FEW_PER_CLASS, Cell, Horizon
from alcore.report.intervals import Interval
from alcore.report.phrases import typed

KINDS = {"table": "a table of numbers", "text": "texts", "images": "images"}
# Gains that end below it are not worth a strategy.
WORTH = 0.005


@dataclass(frozen=True)
class Question:
    """What is known before labelling.

    Attributes:
        classes: how many, 2 or more.
        budget: labels that can be afforded, those of the start included.
        batch: labels a round.
        kind: of the data, a key of `KINDS`.
        rarest: expected share of the rarest class, as a part of an even share; 1 if all are equally frequent.
        seed_set: `balanced` where a few examples of each class are at hand, otherwise `random`.
        learner: a key of the registry of learners.
        rows: of the data; None if unknown.
    """

    classes: int = 2
    budget: int = 100
    batch: int = 5
    kind: str = "table"
    rarest: float = 1.0
    seed_set: str = "balanced"
    learner: str = "logistic"
    rows: int | None = None

    @property
    def horizon(self) -> Horizon:
        """How far the races are read that answer it."""
        return "few" if self.budget <= FEW_PER_CLASS * 1.5 * self.classes else "all"


@dataclass(frozen=True)
class Standing:
    """A strategy over all tasks of a regime.

    Attributes:
        strategy: its key.
        gain: over random in mean accuracy along the curve, mean over tasks; Holm's correction over all rivals.
        reliable: whether that is significantly above 0.
        saved: random's labels to target as a multiple of its own, geometric mean over tasks, 95 % interval; None for
            too few tasks with a target.
        beaten: whether it is significantly below the largest gain.
        tasks_worse: tasks on which it is significantly worse than random.
        races_worse: share of the races in which it is worse than random.
        loss: mean loss in those.
        worst: the task with its lowest gain.
        worst_gain: that gain.
    """

    strategy: str
    gain: Interval
    reliable: bool
    saved: Interval | None
    beaten: bool
    tasks_worse: int
    races_worse: float
    loss: float
    worst: str
    worst_gain: float


@dataclass(frozen=True)
class Advice:
    """A recommendation with what it rests on.

    Attributes:
        question: what it answers.
        strategy: the recommended one; random if none is reliably better.
        standings: all rivals of random, largest gain first.
        cells: the tasks that it rests on.
        traps: the same regime on pools made to mislead, which have no part in it.
        regime: which races those are, in words.
        notes: in what the races differ from the question.
        words: all of it in sentences.
    """

    question: Question
    strategy: str
    standings: tuple[Standing, ...]
    cells: tuple[Cell, ...]
    traps: tuple[Cell, ...]
    regime: str
    notes: tuple[str, ...]
    words: tuple[str, ...] = ()

    @property
    def reliable(self) -> bool:
        """Whether any strategy is reliably better than random."""
        return self.strategy != BASELINE

    @property
    def first(self) -> Standing:
        """The recommended strategy; the largest gain where random is recommended."""
        return next((one for one in self.standings if one.strategy == self.strategy), self.standings[0])

    @property
    def runner_up(self) -> Standing | None:
        """The largest gain of all others; none that picked the same points."""
        first = self.first
        same = (first.gain.estimate, first.races_worse, first.loss)
        others = (one for one in self.standings if (one.gain.estimate, one.races_worse, one.loss) != same)
        return next(others, None)

    @property
    def not_beaten(self) -> tuple[str, ...]:
        """Strategies that are not significantly below the largest gain, largest first."""
        return tuple(one.strategy for one in self.standings if not one.beaten)

    @property
    def nothing_to_gain(self) -> bool:
        """Whether every strategy's gain ends below half a point."""
        return not self.reliable and all(one.gain.high < WORTH for one in self.standings)

    def __str__(self) -> str:
        """In sentences, each with its interval."""
        return typed("\n".join(self.words))
