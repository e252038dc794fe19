"""The recommendation: of the strategies raced on such data the one with the largest gain, and how sure that is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from alcore.baseline import BASELINE
from alcore.learners.labels import whole_number
from alcore.recommend.advice import KINDS, Advice, Question, Standing
from alcore.recommend.evidence import FEW_PER_CLASS, Cell, Evidence, Horizon, load_evidence
from alcore.recommend.text import sentences
from alcore.report.intervals import Interval, mean_interval
from alcore.report.statistics.tournament import gains
from alcore.short import short

# Fewer tasks than these cannot show a difference with Holm's correction over 20 rivals.
FEWEST_TASKS = 10
# Largest number of rows, classes and labels that can be asked about.
MOST = 10**12
# Of strategies that cannot be told apart.
SIMPLEST = "margin"
_SEED_SETS = {"balanced": "a balanced seed set", "random": "a random seed set"}
# A task is imbalanced if its rarest class has less than this part of an even share.
EVEN = 0.5


def recommend(
    rows: int | None = None,
    classes: int = 2,
    budget: int = 100,
    batch: int = 5,
    *,
    kind: str = "table",
    rarest: float = 1.0,
    seed_set: str = "balanced",
    learner: str = "logistic",
    evidence: Evidence | None = None,
) -> Advice:
    """Which query strategy, from finished races on data like these.

    Args:
        rows: of the data; None if unknown.
        classes: how many, 2 or more.
        budget: labels that can be afforded, those of the start included.
        batch: labels a round.
        kind: `table`, `text` or `images`.
        rarest: expected share of the rarest class as a part of an even share, above 0, up to 1.
        seed_set: `balanced` where two examples of each class are at hand, otherwise `random`.
        learner: a key of the registry.
        evidence: that is read; the one of the package if None.

    Raises:
        ValueError: an argument is out of range, or no race of this learner is finished.
    """
    given = [("classes", classes, 2), ("budget", budget, 1), ("batch", batch, 1)]
    for name, value, least in [*given, *([] if rows is None else [("rows", rows, 1)])]:
        if whole_number(value, name, least=least) > MOST:
            raise ValueError(f"{name} must be at most {MOST:,}, got {short(value)}")
    if kind not in KINDS:
        raise ValueError(f"kind was {kind!r}; expected one of {', '.join(KINDS)}")
    if not 0 < rarest <= 1:
        raise ValueError(f"rarest was {rarest!r}; expected a number above 0, up to 1 (all classes equally frequent)")
    if seed_set not in ("balanced", "random"):
        raise ValueError(f"seed_set was {seed_set!r}; expected balanced or random")
    asked = Question(int(classes), int(budget), int(batch), kind, float(rarest), seed_set, learner, rows)
    return advise(load_evidence() if evidence is None else evidence, asked)


def advise(evidence: Evidence, question: Question) -> Advice:
    """The recommendation for a question.

    Raises:
        ValueError: no race of the learner is finished.
    """
    cells = [cell for cell in evidence.cells if cell.learner == question.learner]
    if not any(cell.kind in KINDS for cell in cells):
        known = sorted({cell.learner for cell in evidence.cells})
        raise ValueError(
            f"no race of the learner {question.learner!r} is finished, so there is nothing to recommend; finished are "
            f"those of {', '.join(known) or 'none'}"
        )
    notes: list[str] = []
    cells, seed_set = _of(cells, "seed_set", question.seed_set, notes, "from", _SEED_SETS)
    counts = Counter(cell.batch for cell in cells if cell.kind in KINDS)
    # A batch size with a handful of finished tasks says little: others, further off, say more.
    offered = [one for one, count in counts.items() if count >= FEWEST_TASKS] or list(counts)
    batch = min(offered, key=lambda one: (abs(np.log(one / question.batch)), -one))
    if batch != question.batch:
        notes.append(f"The races have {batch:,} labels a round, not {question.batch:,}.")
    cells = [cell for cell in cells if cell.batch == batch]
    traps = [cell for cell in cells if cell.kind == "trap"]
    real = [cell for cell in cells if cell.kind != "trap"]
    real, kind = _of(real, "kind", question.kind, notes, "on", KINDS | {"table": "tables of numbers"})
    if question.horizon == "all" and question.budget > 1.5 * max(cell.last["all"] for cell in real):
        notes.append(f"The races end at {max(cell.last['all'] for cell in real)} labels: nothing was measured beyond.")
    if question.budget <= (fewest := min(cell.seed_labels for cell in real)):
        notes.append(f"The races begin with {fewest} labels and query after them: nothing was measured before.")
    if question.rows is not None and question.rows > 2 * max(cell.pool for cell in real):
        largest = max(cell.pool for cell in real)
        notes.append(f"The pools of the races have up to {largest:,} rows, yours {question.rows:,}.")
    real, words = _like(real, question, notes)
    if question.classes > (most := max(cell.classes for cell in real)):
        notes.append(f"The tasks have up to {most} classes, yours {question.classes:,}.")
    # On one set of tasks: means over different tasks are not comparable.
    names = [name for name in real[0].curves if all(name in cell.curves for cell in real)]
    standings = _standings(real, names[1:], question.horizon)
    best = next((one.strategy for one in standings if one.reliable), BASELINE)
    few = f"up to {FEW_PER_CLASS} labels a class"
    # The budgets are those of logistic regression, and other learners are raced with the same.
    logistic = question.learner == "logistic"
    far = "to where random has 95 % of the full accuracy" if logistic else "to the end of the races"
    reach = few if question.horizon == "few" else far
    regime = (
        f"{len(real)} {'tables' if kind == 'table' else KINDS[kind]}{words}, {question.learner.replace('_', ' ')} "
        f"model, batches of {batch}, {reach}, "
        f"{'two labels of each class' if seed_set == 'balanced' else 'random labels'} at the start"
    )
    found = Advice(question, best, standings, tuple(real), tuple(traps), regime, tuple(notes))
    return replace(found, words=tuple(sentences(found)))


def advice_for_project(rows: int, classes: int, *, kind: str, learner: str) -> Advice | None:
    """The recommendation for a project of this kind of data and learner, a few labels at a time.

    None where races on fewer than ten such data sets are finished.

    Args:
        rows: of the data.
        classes: known so far; two if fewer.
        kind: a key of `KINDS`.
        learner: a key of the registry.
    """
    evidence, asked = load_evidence(), Question(max(2, classes), rows=rows, kind=kind, learner=learner)
    same = (kind, learner, asked.batch, asked.seed_set)
    own = tuple(cell for cell in evidence.cells if (cell.kind, cell.learner, cell.batch, cell.seed_set) == same)
    return advise(replace(evidence, cells=own), asked) if len(own) >= FEWEST_TASKS else None


def default_strategy(advice: Advice | None) -> str:
    """The strategy that a new project starts with: margin, unless races say that another one is better.

    Margin needs one model only; it stays where it is reliably better than random and not significantly below the
    largest gain, and where nothing is known.
    """
    if advice is None:
        return SIMPLEST
    usual = next((one for one in advice.standings if one.strategy == SIMPLEST), None)
    return SIMPLEST if usual is not None and usual.reliable and not usual.beaten else advice.strategy


def _of(
    cells: list[Cell], field: str, wanted: str, notes: list[str], link: str, words: Mapping[str, str]
) -> tuple[list[Cell], str]:
    """The cells with this value; if there are none those of the commonest, with a note."""
    found = [cell for cell in cells if getattr(cell, field) == wanted]
    if found:
        return found, wanted
    values = [str(getattr(cell, field)) for cell in cells if cell.kind in KINDS]
    usual = max(sorted(set(values)), key=values.count)
    notes.append(f"No race {link} {words[wanted]} is finished; these are {link} {words[usual]}.")
    return [cell for cell in cells if getattr(cell, field) == usual], usual


def _like(cells: list[Cell], question: Question, notes: list[str]) -> tuple[list[Cell], str]:
    """Tasks of as many classes and as imbalanced; with fewer than ten of them imbalance, then classes do not count."""
    several, uneven = question.classes > 2, question.rarest < EVEN
    same = [cell for cell in cells if (cell.classes > 2) == several]
    alike = [cell for cell in same if (cell.rarest < EVEN) == uneven]
    classes = " of three classes or more" if several else " of two classes"
    if len(alike) >= FEWEST_TASKS:
        return alike, classes + (", imbalanced" if uneven else "")
    if len(same) >= FEWEST_TASKS:
        if uneven:
            rare = f"Only {len(alike)} of the tasks are imbalanced: balanced ones are counted too."
            notes.append(rare if alike else "None of the tasks is imbalanced: these are balanced.")
        return same, classes
    balanced = ", balanced ones too" if uneven else ""
    notes.append(f"Only {len(same)} of the tasks are{classes}: all are counted{balanced}.")
    return cells, ""


def _standings(cells: Sequence[Cell], names: Sequence[str], horizon: Horizon) -> tuple[Standing, ...]:
    """Every rival of random, largest gain first."""
    gain_D_R = np.array([[0.0, *(cell.measured[horizon][name].gain for name in names)] for cell in cells])
    found = gains(gain_D_R, 0)
    order = sorted(range(1, len(names) + 1), key=lambda r: (-gain_D_R[:, r].mean(), r))
    against = gains(gain_D_R[:, order] - gain_D_R[:, order[:1]], 0)
    rows = []
    for r, (_, to_best) in zip(order, against, strict=True):
        interval, verdict = found[r]
        assert interval is not None  # only random has none
        own = [cell.measured[horizon][names[r - 1]] for cell in cells]
        worst = int(np.argmin(gain_D_R[:, r]))
        worse = np.array([one.worse for one in own])
        rows.append(
            Standing(
                names[r - 1],
                interval,
                verdict == "better",
                _saved([one.saved for one in own]),
                to_best == "worse",
                sum(one.verdict < 0 for one in own),
                float(worse.mean()),
                float(np.average([one.loss for one in own], weights=worse)) if worse.any() else 0.0,
                cells[worst].dataset,
                float(gain_D_R[worst, r]),
            )
        )
    return tuple(rows)


def _saved(factors: Sequence[float | None]) -> Interval | None:
    """The geometric mean over tasks, with Student's interval of the logarithms."""
    logs: NDArray[np.float64] = np.log([one for one in factors if one is not None])
    if len(logs) < 2:
        return None
    found = mean_interval(logs)
    ends = [float(np.exp(value)) for value in (found.estimate, found.low, found.high)]
    return Interval(*ends) if all(isfinite(end) for end in ends) else None


def without(evidence: Evidence, dataset: str) -> Evidence:
    """The evidence that does not know one data set."""
    return replace(evidence, cells=tuple(cell for cell in evidence.cells if cell.dataset != dataset))
