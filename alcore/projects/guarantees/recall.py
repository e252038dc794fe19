"""Have nearly all items of a rare class been found? A random draw of the items not yet labelled says so, or not."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from alcore.percent import level
from alcore.projects.answers import ItemState
from alcore.projects.project import Project
from alcore.projects.stopping import recall_p_value
from alcore.projects.store import Handed
from alcore.rng import rng_for

SETTING = "recall"
ALPHA = 0.05
MOST = 2000


@dataclass(frozen=True)
class RecallCheck:
    """A draw of unlabelled items, fixed before any of them was looked at.

    Attributes:
        name: the class whose recall is checked.
        target: wanted recall.
        found: items of the class that were labelled before the draw.
        unseen: unlabelled items that it was drawn from.
        drawn: ids of the drawn items.
    """

    name: str
    target: float
    found: int
    unseen: int
    drawn: tuple[str, ...]


@dataclass(frozen=True)
class RecallVerdict:
    """What a check says once all drawn items are answered.

    Attributes:
        positives: drawn items of the class; items whose class could not be told count as such.
        p_value: of "recall is below the target".
    """

    positives: int
    p_value: float

    @property
    def holds(self) -> bool:
        """Whether recall is at least the target, with 95 % certainty."""
        return self.p_value < ALPHA


def draws_needed(found: int, unseen: int, target: float, positives: int = 0) -> int | None:
    """The fewest draws that pass if so many of them are of the class; None if not even all unseen items do."""
    low, high = max(positives, 1), unseen
    if unseen < low or recall_p_value(found, positives, unseen, unseen, target) >= ALPHA:
        return None
    while low < high:
        middle = (low + high) // 2
        if recall_p_value(found, positives, middle, unseen, target) < ALPHA:
            high = middle
        else:
            low = middle + 1
    return low


def counts(project: Project, states: Mapping[str, ItemState], name: str) -> tuple[int, int]:
    """Items labelled as a class, and items without a person's label that are not excluded."""
    found = sum(state.label == name for state in states.values())
    return found, len(_unseen(project, states))


def start_check(project: Project, name: str, target: float, draws: int) -> RecallCheck:
    """Draw unlabelled items, uniformly without replacement; they are labelled before anything is said.

    Drawn items of the reserve are audits, the others random controls: each is a uniform draw of its part.

    Raises:
        ValueError: there is no such class, target is not in (0, 1), or there are not so many unlabelled items.
    """
    states = project.states()
    unseen = _unseen(project, states)
    if name not in project.classes:
        raise ValueError(f"there is no class {name[:60]!r}")
    if not 0 < target < 1:
        raise ValueError(f"target must be between 0 and 1, got {target}")
    if not 1 <= draws <= min(len(unseen), MOST):
        raise ValueError(f"draw 1 to {min(len(unseen), MOST):,} of the {len(unseen):,} unlabelled items, not {draws:,}")
    before = project.settings.get(SETTING)
    rng = rng_for(project.settings["seed"], "recall", 0 if before is None else before["number"] + 1)
    drawn = tuple(unseen[place] for place in rng.choice(len(unseen), draws, replace=False).tolist())
    made = RecallCheck(name, target, counts(project, states, name)[0], len(unseen), drawn)
    number = 0 if before is None else before["number"] + 1
    project.change(**{SETTING: {"number": number, "check": asdict(made)}})
    return made


def current_check(project: Project) -> RecallCheck | None:
    """The check that was started last; None without one, or where its class is no more."""
    kept: dict[str, Any] | None = project.settings.get(SETTING)
    if kept is None or kept["check"] is None or kept["check"]["name"] not in project.classes:
        return None
    return RecallCheck(**kept["check"] | {"drawn": tuple(kept["check"]["drawn"])})


def end_check(project: Project) -> None:
    """Forget the check; labels stay."""
    if (kept := project.settings.get(SETTING)) is not None:
        project.change(**{SETTING: {**kept, "check": None}})


def waiting(project: Project, check: RecallCheck, states: Mapping[str, ItemState]) -> list[Handed]:
    """Drawn items without an answer, in the order of the draw."""
    items = project.items
    return [
        Handed(item, "audit" if items.reserve_N[items.place_of[item]] else "control", 1 / check.unseen)
        for item in check.drawn
        if not states.get(item, ItemState()).is_answered
    ]


def verdict_of(project: Project, check: RecallCheck, states: Mapping[str, ItemState]) -> RecallVerdict | None:
    """What the check says; None while drawn items wait for an answer."""
    if waiting(project, check, states):
        return None
    drawn = [states[item] for item in check.drawn]
    positives = sum(state.label == check.name or (state.label is None and not state.excluded) for state in drawn)
    return RecallVerdict(positives, recall_p_value(check.found, positives, len(drawn), check.unseen, check.target))


def words_of(check: RecallCheck, verdict: RecallVerdict) -> str:
    """The verdict in a sentence."""
    said = f"{verdict.positives:,} of {len(check.drawn):,} drawn items are {check.name} (p = {verdict.p_value:.3f})"
    if verdict.holds:
        sure = f"with 95 % certainty at least {level(check.target)} of its items are found"
        return f"You can stop looking for {check.name}: {sure}. {said}."
    return f"Not yet: more than {level(1 - check.target)} of the items of {check.name} may still be unlabelled. {said}."


def _unseen(project: Project, states: Mapping[str, ItemState]) -> list[str]:
    closed = {item for item, state in states.items() if state.label is not None or state.excluded}
    return [item for item in project.ids if item not in closed]
