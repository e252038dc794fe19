"""Summaries of finished races, one for each task and regime, as they are shipped with the package."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

SHIPPED = Path(__file__).with_name("evidence.json")
Horizon = Literal["few", "all"]
HORIZONS: tuple[Horizon, ...] = ("few", "all")
# Labels a class up to which a race is read for a small budget.
FEW_PER_CLASS = 10
# Accuracies are stored as whole numbers of these.
UNIT = 1e-4


@dataclass(frozen=True)
class Measured:
    """A strategy on one task to one horizon, against random on the same seeds.

    Attributes:
        gain: mean difference of the areas under the learning curves, each a mean accuracy.
        worse: share of the races in which it is worse than random.
        loss: mean difference in those, as a positive number; 0 without any.
        verdict: 1 if significantly better than random on this task, -1 if worse, 0 otherwise (Holm over all rivals).
        saved: random's labels to target as a multiple of the strategy's; None without a target or a finite estimate.
    """

    gain: float
    worse: float
    loss: float
    verdict: int
    saved: float | None


@dataclass(frozen=True)
class Cell:
    """One task in one regime: many strategies over paired seeds.

    Attributes:
        dataset: its key.
        kind: of the data: `table`, `images`, `text`, or `trap` for pools made to mislead.
        classes: how many.
        rarest: share of the rarest class in the pool, as a part of an even share.
        pool: points of the pool.
        learner: its key.
        seed_set: `balanced` (two labels a class) or `random` (as many).
        batch: labels a round.
        seeds: how many paired races of each strategy, from 0 on.
        seed_labels: labels before the first query.
        rounds: queries.
        capped: whether the races end before random has 95 % of the accuracy with all labels.
        slices: that it is from.
        labels: at which the curves are given.
        curves: mean accuracies there, by strategy.
        measured: by horizon, then by strategy but random.
        last: labels at the end of each horizon.
    """

    dataset: str
    kind: str
    classes: int
    rarest: float
    pool: int
    learner: str
    seed_set: str
    batch: int
    seeds: int
    seed_labels: int
    rounds: int
    capped: bool
    slices: tuple[str, ...]
    labels: tuple[int, ...]
    curves: Mapping[str, tuple[float, ...]]
    measured: Mapping[str, Mapping[str, Measured]]
    last: Mapping[str, int]

    def command(self, strategies: tuple[str, ...]) -> str:
        """The command that repeats these races for some strategies, and prints their standings."""
        names = dict.fromkeys(("random", *strategies))
        return (
            f"python -m alcore tournament --strategies {' '.join(names)} --datasets {self.dataset} "
            f"--learners {self.learner} --seeds {self.seeds} --rounds {self.rounds} "
            f"--set labels_per_round={self.batch} seed_labels={self.seed_labels} seed_set={self.seed_set}"
        )


@dataclass(frozen=True)
class Rival:
    """What the recommendation was raced against, on tasks that it was not made from.

    Attributes:
        rival: `random`, `margin` or `best`: the best of each task in hindsight.
        tasks: how many were left out, one at a time.
        higher: of these, on how many the recommendation has the higher mean accuracy.
        equal: on how many it is the same strategy.
        lower: on how many it has the lower one.
        won: on how many the difference is significant, above 0 (5 %, paired over seeds).
        lost: below 0.
        difference: mean over tasks, and the ends of its t interval.
    """

    rival: str
    tasks: int
    higher: int
    equal: int
    lower: int
    won: int
    lost: int
    difference: tuple[float, float, float]


@dataclass(frozen=True)
class LeaveOneOut:
    """The recommendation tried on data sets that it was not made from, in one regime of all tables.

    Attributes:
        learner: its key.
        seed_set: of the races.
        batch: labels a round.
        horizon: of the races.
        chosen: how often each strategy was recommended.
        rivals: what it was raced against.
    """

    learner: str
    seed_set: str
    batch: int
    horizon: str
    chosen: Mapping[str, int]
    rivals: tuple[Rival, ...]


@dataclass(frozen=True)
class Evidence:
    """All finished cells.

    Attributes:
        cells: one for each task and regime.
        slices: of the protocol: cells finished, and cells planned.
        tried: the recommendation on data sets left out.
    """

    cells: tuple[Cell, ...]
    slices: Mapping[str, tuple[int, int]]
    tried: tuple[LeaveOneOut, ...]


def read_evidence(table: Mapping[str, Any]) -> Evidence:
    """Evidence from its JSON."""
    return Evidence(
        tuple(_cell(row) for row in table["cells"]),
        {name: (done, planned) for name, (done, planned) in table["slices"].items()},
        tuple(
            LeaveOneOut(
                **{key: row[key] for key in ("learner", "seed_set", "batch", "horizon", "chosen")},
                rivals=tuple(
                    Rival(**(one | {"difference": tuple(UNIT * value for value in one["difference"])}))
                    for one in row["rivals"]
                ),
            )
            for row in table["leave_one_out"]
        ),
    )


@lru_cache(maxsize=1)
def load_evidence() -> Evidence:
    """The evidence that is shipped; without any cell where none is finished."""
    if not SHIPPED.is_file():
        return Evidence((), {}, ())
    return read_evidence(json.loads(SHIPPED.read_text(encoding="utf-8")))


def _cell(row: Mapping[str, Any]) -> Cell:
    names = row["strategies"]
    plain = {key: row[key] for key in Cell.__annotations__ if key in row and key not in ("curves", "measured", "last")}
    return Cell(
        **plain | {"slices": tuple(row["slices"]), "labels": tuple(row["labels"])},
        curves={
            name: tuple(UNIT * value for value in curve)
            for name, curve in zip(("random", *names), row["curves"], strict=True)
        },
        measured={
            horizon: {
                name: Measured(UNIT * gain, worse, UNIT * loss, verdict, saved)
                for name, gain, worse, loss, verdict, saved in zip(
                    names, *(row[horizon][key] for key in ("gain", "worse", "loss", "verdict", "saved")), strict=True
                )
            }
            for horizon in HORIZONS
        },
        last={horizon: row[horizon]["labels"] for horizon in HORIZONS},
    )
