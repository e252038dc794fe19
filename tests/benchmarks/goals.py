"""What the benchmarks are to reach, beside what was measured: the table at the end of a whole run."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.measure import RESULTS

# Keys within a row of results; of a ratio with one thread and with two.
RATIOS = ("ratio", "two_threads.ratio")
SECONDS = ("seconds",)


@dataclass(frozen=True)
class Goal:
    """A figure to reach.

    Attributes:
        work: in words.
        file: the benchmark.
        row: what the row's `work` begins with.
        keys: where the figures are in the row, with a dot where one is within another.
        least: the figures are to be this or more; None where `most` is given.
        most: the figures are to be this or less.
        unit: after each figure.
    """

    work: str
    file: str
    row: str
    keys: tuple[str, ...] = RATIOS
    least: float | None = None
    most: float | None = None
    unit: str = " x"

    def is_met(self, value: float) -> bool:
        """Whether a figure reaches the goal."""
        return value >= self.least if self.least is not None else self.most is not None and value <= self.most


_RACE = "20 seeds x 2 racers x 50 rounds, 400 points"
_COVER_KEYS = ("seconds_1_threads", "seconds_2_threads")
_MOVE = "from letting go of a slider to the new figure"
_OPENED = "from opening the address to the picture"
_OPENINGS = ("seconds", "seconds_when_opened_again")
GOALS = (
    Goal("race, 2 classes", "race", f"{_RACE}, 2 classes", least=90),
    Goal("race, 3 classes", "race", f"{_RACE}, 3 classes", least=75),
    Goal("k-center against scikit-activeml", "peers", "k-center", least=15),
    Goal("TypiClust against scikit-activeml", "peers", "TypiClust", least=3),
    Goal("BatchBALD, 20 members, against scikit-activeml", "peers", "BatchBALD", least=5),
    Goal("expected gradient length of an MLP", "gradient", "expected gradient length", least=380),
    Goal("ProbCover, 100,000 rows", "large_cover", "ProbCover, 100,000", _COVER_KEYS, most=3, unit=" s"),
    Goal("ProbCover, 1,000,000 rows", "large_cover", "ProbCover, 1,000,000", _COVER_KEYS, most=60, unit=" s"),
    Goal("cnn-mnist, whole loop", "mnist", "cnn-mnist: 1,000", least=5),
    Goal("mlp-1d-mnist, whole loop", "mnist", "mlp-1d-mnist", least=20),
    Goal("tournament of 60 cells", "cells", "tournament", least=15),
    Goal("arena, slider", "latency", f"{_MOVE}: arena, linear", SECONDS, most=0.12, unit=" s"),
    Goal(
        "arena, one move",
        "latency",
        f"{_MOVE}: arena, linear",
        ("kilobytes_received_a_move",),
        most=250,
        unit=" kB",
    ),
    Goal("arena, slider, curved learner", "latency", f"{_MOVE}: arena, defaults", SECONDS, most=0.3, unit=" s"),
    Goal("batch explorer, slider", "latency", f"{_MOVE}: batch explorer, defaults", SECONDS, most=0.12, unit=" s"),
    Goal("arena, first picture, then again", "first_paint", f"{_OPENED}: arena", _OPENINGS, most=1, unit=" s"),
    Goal(
        "1,000 of 10^6 rows by k-center",
        "pool_million",
        "1,000 of 1,000,000 x 384 float16 by k_center",
        SECONDS,
        most=20,
        unit=" s",
    ),
    Goal(
        "its peak memory",
        "pool_million",
        "1,000 of 1,000,000 x 384 float16 by k_center",
        ("peak_megabytes",),
        most=1_500,
        unit=" MB",
    ),
    Goal(
        "1,000 of 10^7 rows by k-center",
        "pool_ten_million",
        "1,000 of 10,000,000 x 64 float16 by k_center",
        SECONDS,
        most=240,
        unit=" s",
    ),
    Goal(
        "its peak memory",
        "pool_ten_million",
        "1,000 of 10,000,000 x 64 float16 by k_center",
        ("peak_megabytes",),
        most=1_500,
        unit=" MB",
    ),
)


def table(goals: Iterable[Goal] = GOALS) -> str:
    """The goals and the written results, a line each."""
    lines = [("work", "goal", "measured", "")]
    for goal in goals:
        bound, sign = (goal.least, "at least") if goal.least is not None else (goal.most, "at most")
        values = figures(goal, _rows(goal.file))
        met = [goal.is_met(value) for value in values]
        verdict = "not measured" if not met else "met" if all(met) else "met by one of two" if any(met) else "NOT MET"
        shown = " and ".join(f"{value:,g}" for value in values) + goal.unit if values else ""
        lines.append((goal.work, f"{sign} {bound:,g}{goal.unit}", shown, verdict))
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def figures(goal: Goal, rows: Iterable[Mapping[str, Any]]) -> list[float]:
    """Those of the goal's keys, in the one row of its work; none without such a row."""
    row = next((one for one in rows if str(one["work"]).startswith(goal.row)), None)
    return [] if row is None else [float(_within(row, key)) for key in goal.keys]


def _rows(file: str) -> list[dict[str, Any]]:
    path = RESULTS / f"{file}.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return rows


def _within(row: Mapping[str, Any], key: str) -> Any:
    first, _, rest = key.partition(".")
    return _within(row[first], rest) if rest else row[first]
