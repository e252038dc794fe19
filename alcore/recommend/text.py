"""A recommendation in sentences, each with its interval."""

from collections.abc import Sequence

from alcore.datasets.catalogue import DATASETS
from alcore.percent import percent
from alcore.recommend.advice import Advice, Standing
from alcore.recommend.evidence import LeaveOneOut, Rival
from alcore.report.intervals import Interval
from alcore.report.phrases import decimals, format_number, format_signed
from alcore.short import first_of
from alcore.strategies.catalogue import STRATEGIES


def label(strategy: str) -> str:
    """The display name of a strategy."""
    return STRATEGIES[strategy].label if strategy in STRATEGIES else strategy


def dataset_label(dataset: str) -> str:
    """The display name of a data set."""
    return DATASETS[dataset].label if dataset in DATASETS else dataset.replace("_", " ")


def points(interval: Interval) -> str:
    """A difference of accuracies: "+1.2 points (95 % CI 0.4 to 2.0)"."""
    scaled = Interval(*(100 * end for end in (interval.estimate, interval.low, interval.high)))
    places = decimals(scaled, 0)
    estimate, low, high = (format_signed(end, places) for end in (scaled.estimate, scaled.low, scaled.high))
    return f"{estimate} points (95 % CI {low} to {high})"


def saving(interval: Interval | None) -> str:
    """A multiple of labels: "random needs 1.3 times as many labels (95 % CI 1.1 to 1.5)"."""
    if interval is None:
        return "no estimate of labels saved"
    places = max(2, decimals(interval, 1))
    estimate, low, high = (format_number(end, places) for end in (interval.estimate, interval.low, interval.high))
    return f"random needs {estimate} times its labels (95 % CI {low} to {high})"


def headline(advice: Advice) -> str:
    """The recommendation in one sentence."""
    if advice.reliable:
        return f"{label(advice.strategy)}: {points(advice.first.gain)} over random, {len(advice.cells)} data sets."
    return (
        f"No strategy is reliably better than random here: the largest gain is that of {label(advice.first.strategy)}, "
        f"{points(advice.first.gain)}, {len(advice.cells)} data sets."
    )


def default_words(advice: Advice, strategy: str) -> str:
    """Why a new project starts with a strategy, in one sentence."""
    for one in advice.standings:
        if one.strategy == strategy and one.reliable:
            best = "the largest gain" if one is advice.standings[0] else "not significantly below the largest gain"
            return f"{label(strategy)}: {points(one.gain)} over random on {len(advice.cells)} tables, {best}."
    return headline(advice)


def risk(standing: Standing, tasks: int) -> str:
    """How often a strategy was worse than random, and by how much."""
    loss = 100 * standing.loss
    worst = f"{format_signed(100 * standing.worst_gain, 1)} points on {dataset_label(standing.worst)}"
    return (
        f"Risk of {label(standing.strategy)}: worse than random in {percent(standing.races_worse, 0)} of the races, by "
        f"{loss:.1f} points in those; significantly worse on {standing.tasks_worse} of {tasks} data sets; lowest mean "
        f"{worst}."
    )


def on_traps(advice: Advice) -> str | None:
    """On how many of the pools made to mislead the recommended strategy is significantly worse than random."""
    name, horizon = advice.first.strategy, advice.question.horizon
    own = {cell.dataset: cell.measured[horizon][name] for cell in advice.traps if name in cell.measured[horizon]}
    if not own:
        return None
    lost = [dataset for dataset, one in own.items() if one.verdict < 0]
    on = f" ({', '.join(map(dataset_label, lost))})" if lost else ""
    return f"On {len(own)} pools made to mislead, {label(name)} is significantly worse than random on {len(lost)}{on}."


def runner_up(advice: Advice) -> str | None:
    """The next largest gain."""
    second = advice.runner_up
    if second is None:
        return None
    return f"Runner-up: {label(second.strategy)}, {points(second.gain)}; {saving(second.saved)}."


def not_beaten(advice: Advice) -> str:
    """The strategies that the largest gain does not beat."""
    names = [label(name) for name in advice.not_beaten]
    return f"Not significantly below the largest gain: {first_of(names, 6, '; ')}."


def sentences(advice: Advice) -> list[str]:
    """The recommendation, its risk, the runner-up, what it rests on, and the command that repeats its races."""
    lines = [headline(advice)]
    lines.append(f"Labels, {label(advice.first.strategy)}: {saving(advice.first.saved)}.")
    lines.append(risk(advice.first, len(advice.cells)))
    lines += [line for line in (runner_up(advice),) if line]
    lines.append(not_beaten(advice))
    lines += [line for line in (on_traps(advice),) if line]
    seeds = min(cell.seeds for cell in advice.cells)
    lines.append(f"Races: {advice.regime}; {seeds} paired seeds each.")
    lines += advice.notes
    return lines


def tried_sentence(one: Rival) -> str:
    """What the recommendation was worth on data sets that it was not made from."""
    against = "the best in hindsight" if one.rival == "best" else label(one.rival).lower()
    mean = points(Interval(*one.difference))
    return (
        f"Against {against}: more accurate on {one.higher}, the same strategy on {one.equal}, less accurate on "
        f"{one.lower} of {one.tasks} data sets left out; significantly {one.won} and {one.lost}. Mean {mean}."
    )


def tried_on(tried: Sequence[LeaveOneOut], advice: Advice) -> LeaveOneOut | None:
    """The trial of the recommendation in the regime of an answer."""
    cell = advice.cells[0]
    wanted = (cell.learner, cell.seed_set, cell.batch, advice.question.horizon)
    return next((one for one in tried if (one.learner, one.seed_set, one.batch, one.horizon) == wanted), None)
