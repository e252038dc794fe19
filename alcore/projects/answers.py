"""The log of answers of a labelling project, and the state that it adds up to.

The log only grows: an undo is a further answer that names the one it takes back. The state is a pure function of the
log, so that undoing everything equals never having begun.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

Kind = Literal["label", "skip", "unsure", "flag", "note", "exclude", "undo"]
Purpose = Literal["train", "audit", "control", "calibration", "imported", "repeat"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
# Each replaces the one before of the same annotator and item.
VERDICTS = frozenset({"label", "skip", "unsure", "exclude"})
LONGEST_VALUE = 10_000


@dataclass(frozen=True)
class Answer:
    """One row of the log.

    Attributes:
        number: its place in the log, from 1.
        item: id of the item.
        kind: a label; skip (queried again later); unsure (never queried again of this annotator); flag (for review,
            a second one lifts it); note; exclude (never queried again); undo.
        value: the class of a label, the text of a note; None otherwise.
        annotator: name of the person, or of the machine.
        purpose: why the item was queried: to train, to audit, as a random control, to calibrate a machine annotator;
            or imported; or repeat, shown again blind to the person who labelled it, which changes no label.
        probability: with which it was picked, among those left at that moment; None where it was not random.
        model_round: round of the model that chose it, from 0; None without a model.
        suggestion: the class that was suggested on the screen; None where none was shown.
        milliseconds: from showing the item to the answer; None where not measured.
        time: seconds since 1970.
        undoes: number of the answer that an undo takes back.
        machine: whether a machine answered.
    """

    number: int
    item: str
    kind: Kind
    value: str | None = None
    annotator: str = ""
    purpose: Purpose = "train"
    probability: float | None = None
    model_round: int | None = None
    suggestion: str | None = None
    milliseconds: int | None = None
    time: float = 0.0
    undoes: int | None = None
    machine: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for an answer that does not hold together."""
        if problem := _problem(self):
            raise ValueError(problem)


@dataclass(frozen=True)
class ItemState:
    """What the log says of one item.

    Attributes:
        labels: annotator -> class, of the people who labelled it, in the order of their labels.
        machine_label: class by a machine; None without one.
        skipped: how often it was skipped since its last other verdict.
        unsure: annotators who could not tell.
        excluded: whether it is never queried again.
        flagged: whether it is marked for review.
        notes: texts in order.
        purpose: of the first label; None without a label.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    machine_label: str | None = None
    skipped: int = 0
    unsure: frozenset[str] = frozenset()
    excluded: bool = False
    flagged: bool = False
    notes: tuple[str, ...] = ()
    purpose: Purpose | None = None

    @property
    def label(self) -> str | None:
        """The class that most people chose, of equals the one chosen first; None without a person's label."""
        if not self.labels:
            return None
        chosen = list(self.labels.values())
        return max(dict.fromkeys(chosen), key=chosen.count)

    @property
    def is_answered(self) -> bool:
        """Whether a person labelled it, could not tell, or excluded it."""
        return bool(self.labels) or bool(self.unsure) or self.excluded


def in_force(answers: Iterable[Answer]) -> list[Answer]:
    """The answers that no undo takes back, without the undos."""
    log = list(answers)
    taken_back = {one.undoes for one in log if one.kind == "undo"}
    return [one for one in log if one.kind != "undo" and one.number not in taken_back]


def states(answers: Iterable[Answer]) -> dict[str, ItemState]:
    """The state of every item that the log mentions and that is not as if never answered.

    Args:
        answers: the log, in order.
    """
    found: dict[str, ItemState] = {}
    for answer in in_force(answers):
        found[answer.item] = after(found.get(answer.item, ItemState()), answer)
    return found


def after(state: ItemState, answer: Answer) -> ItemState:
    """The state of an item after one more answer that is in force."""
    if answer.kind == "flag":
        return replace(state, flagged=not state.flagged)
    if answer.kind == "note":
        return replace(state, notes=(*state.notes, answer.value or ""))
    if answer.machine:
        return replace(state, machine_label=answer.value)
    if answer.purpose == "repeat":
        return state
    labels = {name: label for name, label in state.labels.items() if name != answer.annotator}
    unsure = state.unsure - {answer.annotator}
    if answer.kind == "label":
        assert answer.value is not None  # see _problem
        labels = {**labels, answer.annotator: answer.value}
    purpose = state.purpose if labels else None
    return replace(
        state,
        labels=labels,
        unsure=unsure | {answer.annotator} if answer.kind == "unsure" else unsure,
        excluded=answer.kind == "exclude",
        skipped=state.skipped + 1 if answer.kind == "skip" else 0,
        purpose=purpose or (answer.purpose if answer.kind == "label" else None),
    )


def last_of(answers: Iterable[Answer], annotator: str) -> Answer | None:
    """The last answer in force of an annotator: the one that an undo takes back; None if there is none."""
    return next((one for one in reversed(in_force(answers)) if one.annotator == annotator and not one.machine), None)


def _problem(answer: Answer) -> str | None:
    if answer.kind not in KINDS or answer.purpose not in PURPOSES:
        return f"an answer needs one of the kinds {', '.join(KINDS)} and purposes {', '.join(PURPOSES)}"
    if not answer.item or len(answer.item) > LONGEST_VALUE:
        return "an answer needs the id of an item"
    if (answer.kind == "undo") != (answer.undoes is not None):
        return "an undo names the answer that it takes back, and no other answer does"
    if answer.kind in ("label", "note") and not answer.value:
        return f"a {answer.kind} needs a value"
    if answer.kind not in ("label", "note") and answer.value is not None:
        return f"a value belongs to labels and notes, got one with {answer.kind}"
    if answer.value is not None and len(answer.value) > LONGEST_VALUE:
        return f"a value has at most {LONGEST_VALUE:,} characters, got {len(answer.value):,}"
    if answer.machine and answer.kind != "label":
        return "a machine gives labels only"
    if answer.probability is not None and not 0 < answer.probability <= 1:
        return f"a probability is above 0 and at most 1, got {answer.probability}"
    return None
