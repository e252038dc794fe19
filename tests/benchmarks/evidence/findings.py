"""The findings as a page: every regime with enough finished tasks, and the recommendation tried on tasks left out."""

from collections.abc import Iterable, Iterator

from alcore.recommend.advice import KINDS, Advice, Question
from alcore.recommend.choose import FEWEST_TASKS, advise
from alcore.recommend.evidence import FEW_PER_CLASS, Evidence
from alcore.recommend.text import dataset_label, label, points, risk, saving
from alcore.report.intervals import Interval
from alcore.report.phrases import format_signed

# What the literature says, and the strategies that show whether it is so here.
CLAIMS = ("margin", "bald", "k_center", "typiclust")


def findings(evidence: Evidence) -> str:
    """All findings in Markdown."""
    lines = [
        "# Which strategy? The findings",
        "",
        "Made by `python -m tests.benchmarks.evidence --write` from the finished races; the protocol is in "
        "[protocol.md](../../evidence/protocol.md). Intervals are over data sets, with Holm's correction over all "
        "strategies where one is compared with random. 50 paired seeds each.",
        "",
        "Finished cells (a task with a batch size and all its strategies): "
        + "; ".join(f"`{name}` {done} of {planned}" for name, (done, planned) in evidence.slices.items())
        + ". What is not finished is not in any number below, nor is a batch size of which some tasks are.",
    ]
    for advice in regimes(evidence):
        lines += ["", *section(advice)]
    return "\n".join([*lines, "", *tried(evidence)]) + "\n"


def regimes(evidence: Evidence) -> Iterator[Advice]:
    """Every regime with ten tasks or more, as the recommendation reads it; one that is widened to another only once."""
    seen = set()
    real = [cell for cell in evidence.cells if cell.kind in KINDS]
    for learner, seed_set, batch in dict.fromkeys((cell.learner, cell.seed_set, cell.batch) for cell in real):
        own = [cell for cell in real if (cell.learner, cell.seed_set, cell.batch) == (learner, seed_set, batch)]
        if len(own) < FEWEST_TASKS:
            continue
        for kind in dict.fromkeys(cell.kind for cell in own):
            for budget in (FEW_PER_CLASS, 4 * FEW_PER_CLASS):
                for classes in (2, 3):
                    found = advise(evidence, Question(classes, budget * classes, batch, kind, 1.0, seed_set, learner))
                    if found.regime not in seen:
                        seen.add(found.regime)
                        yield found


def section(advice: Advice) -> list[str]:
    """One regime: the recommendation, what is not beaten, what the literature names, and the traps."""
    asked, tasks = advice.question, len(advice.cells)
    first = advice.first
    lines = [
        f"## {advice.regime[0].upper()}{advice.regime[1:]}",
        "",
        f"`python -m alcore recommend --classes {asked.classes} --budget {asked.budget} --batch {asked.batch}"
        f"{' --random-start' if asked.seed_set == 'random' else ''}"
        f"{'' if asked.learner == 'logistic' else f' --learner {asked.learner}'}"
        f"{'' if asked.kind == 'table' else f' --kind {asked.kind}'}`",
        "",
        f"- {advice.words[0]} {capital(saving(first.saved))}. {risk(first, tasks)}",
        f"- Not significantly below the largest gain: {'; '.join(label(name) for name in advice.not_beaten)}.",
    ]
    if not advice.reliable:
        lines.append(f"- Random is enough{', and there is nothing to gain' if advice.nothing_to_gain else ''}.")
    harmful = [one for one in advice.standings if one.gain.high < 0]
    if harmful:
        named = "; ".join(f"{label(one.strategy)} {points(one.gain)}" for one in harmful)
        lines.append(f"- Reliably worse than random: {named}.")
    for name in CLAIMS:
        for place, one in enumerate(advice.standings, 1):
            if one.strategy == name and one is not first:
                lines.append(
                    f"- {label(name)}: {points(one.gain)}, place {place} of {len(advice.standings)}; "
                    f"{saving(one.saved)}; significantly worse than random on {one.tasks_worse} of {tasks} data sets."
                )
    best = [task_best(advice, cell.dataset) for cell in advice.cells]
    counted = {name: best.count(name) for name in best}
    often = max(counted, key=counted.__getitem__)
    lines.append(
        f"- Largest mean gain on a single data set: {len(counted)} different strategies, none on more than "
        f"{counted[often]} of {tasks} ({label(often)})."
    )
    lost = [
        f"{dataset_label(cell.dataset)} ({label(name)} {format_signed(100 * one.gain, 1)} points)"
        for cell in advice.traps
        for name, one in cell.measured[asked.horizon].items()
        if name in {first.strategy, "margin"} and one.verdict < 0
    ]
    if advice.traps:
        on = ", ".join(lost) or "on none"
        lines.append(f"- Of {len(advice.traps)} pools made to mislead, significantly worse than random: {on}.")
    return lines + [f"- {note}" for note in advice.notes]


def task_best(advice: Advice, dataset: str) -> str:
    """The strategy with the largest mean gain on one task; random if none has any."""
    cell = next(cell for cell in advice.cells if cell.dataset == dataset)
    measured = cell.measured[advice.question.horizon]
    best = max(measured, key=lambda name: measured[name].gain)
    return best if measured[best].gain > 0 else "random"


def tried(evidence: Evidence) -> Iterable[str]:
    """The recommendation on data sets left out, as a table."""
    yield "## The recommendation on data sets that it was not made from"
    yield ""
    yield (
        "Each data set is left out in turn. Higher, same, lower: the mean over seeds; won, lost: significantly (5 %, "
        "paired seeds); the difference is a mean over data sets with its t interval. The best in hindsight is the best "
        "of each data set, chosen on the same seeds."
    )
    yield ""
    heads = [
        *("Learner", "Seed set", "Batch", "Horizon", "Recommended", "Against"),
        *("Higher", "Same", "Lower", "Won", "Lost", "Difference"),
    ]
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for one in evidence.tried:
        chosen = "; ".join(f"{label(name)} {count}" for name, count in one.chosen.items())
        for rival in one.rivals:
            counts = (rival.higher, rival.equal, rival.lower, rival.won, rival.lost)
            mean = points(Interval(*rival.difference))
            row = (one.learner, one.seed_set, one.batch, one.horizon, chosen, rival.rival, *counts, mean)
            yield f"| {' | '.join(map(str, row))} |"


def capital(text: str) -> str:
    """With a capital letter first."""
    return text[0].upper() + text[1:]
