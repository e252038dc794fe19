"""Learning curves as tidy tables, and what can be read off them. Needs pandas and nothing that draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

COLUMNS = ("run", "strategy", "seed", "round", "labels", "accuracy", "train_loss", "seconds")
_TYPES = {
    "run": "str",
    "strategy": "str",
    "seed": "int64",
    "round": "int64",
    "labels": "int64",
    "accuracy": "float64",
    "train_loss": "float64",
    "seconds": "float64",
}


def curve_frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Make a checked, tidy table of one or more learning curves: one row a round.

    Args:
        rows: mappings with at least the keys of COLUMNS. `train_loss` may be None or NaN where there is none.

    Returns:
        a frame with exactly COLUMNS, runs in the order of their first row, each sorted by round; empty for no
        rows.

    Raises:
        ValueError: for a missing key, a run with two strategies or seeds, a round given twice, an accuracy
            outside [0, 1] or labels that do not grow from round to round.
    """
    rows = list(rows)
    missing = [key for key in COLUMNS if any(key not in row for row in rows)]
    if missing:
        raise ValueError(f"A row of a curve needs {', '.join(COLUMNS)}; missing: {', '.join(missing)}.")
    data = {key: pd.Series([row[key] for row in rows], dtype=_TYPES[key]) for key in COLUMNS}
    frame = pd.DataFrame(data)
    order = frame["run"].map({run: i for i, run in enumerate(frame["run"].unique())})
    frame = frame.iloc[np.lexsort((frame["round"], order))].reset_index(drop=True)
    for run, curve in frame.groupby("run", sort=False):
        _check(str(run), curve)
    return frame


def _check(run: str, curve: pd.DataFrame) -> None:
    """Raise the ValueError of the first thing wrong with the rows of one run."""
    for key in ("strategy", "seed"):
        if curve[key].nunique() != 1:
            given = ", ".join(map(str, curve[key].unique()))
            raise ValueError(f"Run {run} must have one {key}, not {given}.")
    twice = curve["round"][curve["round"].duplicated()]
    if len(twice):
        raise ValueError(f"Run {run} has round {twice.iloc[0]} twice; give each round once.")
    wrong = curve[~curve["accuracy"].between(0, 1)]
    if len(wrong):
        at, value = wrong["round"].iloc[0], wrong["accuracy"].iloc[0]
        raise ValueError(f"Run {run}, round {at}: accuracy must be a share in [0, 1], not {value}.")
    stuck = curve[curve["labels"].diff() <= 0]
    if len(stuck):
        at = stuck["round"].iloc[0]
        raise ValueError(f"Run {run}, round {at}: labels must be more than in the round before.")


def _one_run(curve: pd.DataFrame) -> None:
    runs = list(curve["run"].unique())
    if len(runs) != 1:
        what = "an empty frame" if not runs else f"{len(runs)} runs ({', '.join(map(str, runs[:3]))})"
        raise ValueError(f"curve must hold the rounds of one run, not {what}; choose one by its id.")


def area_under(curve: pd.DataFrame) -> float:
    """Mean height of a learning curve: the area under accuracy against labels, over the range of labels.

    Args:
        curve: the rows of one run. Areas compare only where the ranges of labels are the same.

    Returns:
        a mean accuracy in [0, 1] by the trapezoid rule; the accuracy itself where there is a single round.

    Raises:
        ValueError: for no run or more than one.
    """
    _one_run(curve)
    x, y = curve["labels"].to_numpy(dtype=float), curve["accuracy"].to_numpy()
    return float(np.trapezoid(y, x) / (x[-1] - x[0])) if len(x) > 1 else float(y[0])


def labels_to_target(curve: pd.DataFrame, target: float) -> int | None:
    """Labels held in the first round whose accuracy is at least the target (first hit, no interpolation).

    Args:
        curve: the rows of one run.
        target: an accuracy in [0, 1].

    Returns:
        a number of labels, or None where the run never got there.

    Raises:
        ValueError: for no run or more than one.
    """
    _one_run(curve)
    hits = curve.loc[curve["accuracy"] >= target, "labels"]
    return int(hits.iloc[0]) if len(hits) else None


def mean_curve(
    frame: pd.DataFrame, *, metric: str = "accuracy", x: str = "labels", spread: str = "range"
) -> pd.DataFrame:
    """The mean of several runs that differ in nothing but the seed, with a band.

    Args:
        frame: rows of these runs, all of one strategy.
        metric: column to average.
        x: "labels" or "round".
        spread: "range" (lowest to highest) or "quartiles" (the middle half).

    Returns:
        one row for every x that all runs hold: columns x, mean, low, high, runs (how many). Empty where they
        share none.

    Raises:
        ValueError: for more than one strategy, or an unknown spread.
    """
    strategies = list(frame["strategy"].unique())
    if len(strategies) > 1:
        raise ValueError(f"frame must hold one strategy, not {', '.join(map(str, strategies))}.")
    quantiles = {"range": (0.0, 1.0), "quartiles": (0.25, 0.75)}
    if spread not in quantiles:
        raise ValueError(f'spread must be "range" or "quartiles", not "{spread}".')
    table = frame.pivot(index=x, columns="run", values=metric).dropna(how="any")
    low, high = quantiles[spread]
    return pd.DataFrame(
        {
            x: table.index.to_numpy(),
            "mean": table.mean(axis=1).to_numpy(),
            "low": table.quantile(low, axis=1).to_numpy(),
            "high": table.quantile(high, axis=1).to_numpy(),
            "runs": np.full(len(table), table.shape[1]),
        }
    )


@dataclass
class _Racer:
    """A strategy in a race: its words, its mean curve, and the labels it needed to the target."""

    name: str
    is_random: bool
    labels: NDArray[np.int64]
    mean: NDArray[np.float64]
    needed: int | None = None


def what_happened(
    frame: pd.DataFrame, target: float | None = None, names: Mapping[str, str] | None = None
) -> str:
    """One honest sentence that compares the strategies of a frame by the labels they needed to a target.

    Args:
        frame: from `curve_frame`; runs that differ in nothing but strategy and seed.
        target: an accuracy in [0, 1]. Default: nine tenths of the way from the lowest start to the best end:
            a height that somebody reaches, that no paired start has, and that one lucky round hardly moves.
        names: words for the keys of strategies; the key, with spaces, where none is given.

    Returns:
        a sentence for the user. It says how many races it rests on: one race is an anecdote.
    """
    if frame.empty:
        return "No round has finished yet."
    racers = _racers(frame, names or {})
    if racers is None:
        return "These runs differ in more than strategy and seed, so their labels to a target say little."
    if all(len(racer.labels) == 1 for racer in racers):
        return "Only the first labels have been measured; no strategy has asked for a label yet."
    if len(racers) == 1:
        name, labels, mean = racers[0].name, racers[0].labels, racers[0].mean
        return (
            f"{_first(name)} went from {_percent(mean[0])} with {_count(labels[0])} to "
            f"{_percent(mean[-1])} with {_count(labels[-1])}; no other strategy ran beside it."
        )
    height = "" if target is None else _percent(target)
    if target is None:
        start, best = min(racer.mean[0] for racer in racers), max(racer.mean[-1] for racer in racers)
        if best <= start:
            ends = ", ".join(
                f"{_inner(r.name)} {_percent(r.mean[0])} to {_percent(r.mean[-1])}" for r in racers
            )
            return f"Nobody ended above the start: {ends}; {_evidence(frame)}."
        # Rounded down to what the sentence shows, so that what it says is what was compared.
        target = _tenths(start + 0.9 * (best - start)) / 1000
        height = f"{_percent(target)} (nine tenths of the best gain)"
    for racer in racers:
        hits = racer.labels[racer.mean >= target]
        racer.needed = int(hits[0]) if len(hits) else None
    # Where random ties for the first place, the other is told first: it is what random is compared with.
    racers.sort(key=lambda racer: (racer.needed or 0, racer.is_random))
    reached = [racer for racer in racers if racer.needed is not None]
    missed = [racer for racer in racers if racer.needed is None]
    return f"{_told(reached, missed, height)}; {_evidence(frame)}."


def _racers(frame: pd.DataFrame, names: Mapping[str, str]) -> list[_Racer] | None:
    """The strategies with their mean curves; None where the runs of one do not differ in seed alone."""
    found = []
    for key, runs in frame.groupby("strategy", sort=False):
        curve = mean_curve(runs)
        if curve.empty or runs.groupby("run")["seed"].first().duplicated().any():
            return None
        name = names.get(str(key), str(key).replace("_", " "))
        found.append(_Racer(name, key == "random", curve["labels"].to_numpy(), curve["mean"].to_numpy()))
    return found


def _told(reached: list[_Racer], missed: list[_Racer], height: str) -> str:
    """What each racer did, those that got there in the order they did."""
    if not reached:
        nobody = "Neither" if len(missed) == 2 else "None"
        return f"{nobody} reached {height}: {', '.join(f'{_inner(r.name)} {_at_best(r)}' for r in missed)}"
    best = reached[0]
    if not missed and reached[-1].needed == best.needed:
        everyone = "Both" if len(reached) == 2 else f"All {len(reached)}"
        if best.needed == best.labels[0]:
            return f"{everyone} had {height} from the start, with {_count(best.needed)}: no difference"
        return f"{everyone} first reached {height} with {_count(best.needed)}: no difference"
    parts = [f"{_first(best.name)} first reached {height} with {_count(best.needed)}"]
    word = "needed" if len(reached) == 2 else "with"
    parts += [f"{_inner(racer.name)} {word} {racer.needed}" for racer in reached[1:]]
    parts += [f"{_inner(racer.name)} never did ({_at_best(racer)})" for racer in missed]
    return ", ".join(parts) + _verdict(reached, missed)


def _verdict(reached: list[_Racer], missed: list[_Racer]) -> str:
    """How many times fewer labels the first needed than random, or that random itself was first."""
    best, *later = reached
    rival = next((racer for racer in later if racer.is_random), None)
    if rival is None and (best.is_random or not any(racer.is_random for racer in missed)):
        rival = later[0] if later else None
    won = ", random won" if best.is_random else ""
    if rival is None:
        return won.replace(",", ":")
    if rival.needed == best.needed:
        return f": no fewer than {_inner(rival.name)}"
    times = (rival.needed or 0) / (best.needed or 1)
    # Less would be printed as 1.0 x.
    saved = f"{times:.1f} x fewer" if times >= 1.05 else "hardly fewer"
    return f": {saved}{'' if len(reached) + len(missed) == 2 else f' than {_inner(rival.name)}'}{won}"


def _evidence(frame: pd.DataFrame) -> str:
    """What the comparison rests on."""
    seeds = [set(runs["seed"]) for _, runs in frame.groupby("strategy", sort=False)]
    if any(other != seeds[0] for other in seeds):
        return "the seeds differ, so this is no paired race and not yet evidence"
    if len(seeds[0]) == 1:
        return "one race, not yet evidence"
    return f"means of {len(seeds[0])} races without an interval, not yet evidence"


def _at_best(racer: _Racer) -> str:
    top = int(np.argmax(racer.mean))
    return f"at best {_percent(racer.mean[top])} with {_count(racer.labels[top])}"


def _tenths(share: float) -> int:
    """A share in whole tenths of a percent, rounded down: .8996 did not reach 90 %."""
    # The inner rounding undoes float dust: .57 * 1000 is 569.99...
    return int(np.floor(round(1000 * share, 6)))


def _percent(share: float) -> str:
    return f"{_tenths(share) / 10:g} %"


def _count(labels: float | None) -> str:
    return "1 label" if labels == 1 else f"{labels:,.0f} labels"


def _first(name: str) -> str:
    return name[:1].upper() + name[1:]


def _inner(name: str) -> str:
    """A label within a sentence: "Least confidence" loses its capital, "BALD" and "K-center" do not."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name
