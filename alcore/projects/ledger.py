"""The state of a labelling project's log, kept up to date answer by answer."""

from collections import Counter
from collections.abc import Iterable

from alcore.projects.answers import Answer, ItemState, after

_SIDE_KINDS = ("flag", "note")


class Ledger:
    """What `states` makes of a log, for a log that grows: each further answer costs time in proportion to its item's.

    Attributes:
        last: number of the last answer; 0 without one.
        states: as `alcore.projects.answers.states` of the answers so far.
    """

    def __init__(self, answers: Iterable[Answer] = ()) -> None:
        self.last = 0
        self.states: dict[str, ItemState] = {}
        self._of_item: dict[str, dict[int, Answer]] = {}  # in force, by number
        self._item_of: dict[int, str] = {}
        self._own: dict[str, dict[int, Answer]] = {}  # annotator -> verdicts in force
        self._queried: Counter[str] = Counter()  # answers in force to items that were queried
        self._audits: dict[int, bool] = {}  # verdicts in force on queried items: whether they are audits
        self.extend(answers)

    def extend(self, answers: Iterable[Answer]) -> None:
        """Add answers, which follow those so far."""
        for one in answers:
            self.last = max(self.last, one.number)
            if one.kind == "undo":
                assert one.undoes is not None  # an Answer's check
                self._take_back(one.undoes)
                continue
            self._of_item.setdefault(one.item, {})[one.number] = one
            self._item_of[one.number] = one.item
            self.states[one.item] = after(self.states.get(one.item, ItemState()), one)
            if _is_verdict(one) and _is_queried(one):
                self._audits[one.number] = one.purpose == "audit"
            if _is_verdict(one):
                self._own.setdefault(one.annotator, {})[one.number] = one
            if _is_queried(one):
                self._queried[one.item] += 1

    @property
    def answered(self) -> int:
        """Items with an answer in force of a person, imported labels and repeats left out."""
        return len(self._queried)

    @property
    def since_audit(self) -> int:
        """Verdicts in force since the last audit, of all people together."""
        count = 0
        for is_audit in reversed(self._audits.values()):
            if is_audit:
                break
            count += 1
        return count

    def last_number(self, item: str) -> int:
        """Number of the last answer in force to an item; 0 without one."""
        return max(self._of_item.get(item, (0,)))

    def own(self, annotator: str, most: int) -> list[Answer]:
        """The last verdicts in force of an annotator, oldest first."""
        found = list(self._own.get(annotator, {}).values())
        return found[-most:] if most else []

    def annotators(self) -> list[str]:
        """Who has given verdicts that are in force, in the order of the first."""
        return [name for name, own in self._own.items() if own]

    def of_item(self, item: str) -> list[Answer]:
        """The answers in force to an item, in order."""
        return list(self._of_item.get(item, {}).values())

    def _take_back(self, number: int) -> None:
        item = self._item_of.pop(number, None)
        if item is None:
            return  # taken back before
        kept = self._of_item[item]
        answer = kept.pop(number)
        self._own.get(answer.annotator, {}).pop(number, None)
        self._audits.pop(number, None)
        if _is_queried(answer):
            self._queried[item] -= 1
            if not self._queried[item]:
                del self._queried[item]
        if not kept:
            del self._of_item[item]
            del self.states[item]
            return
        state = ItemState()
        for one in kept.values():
            state = after(state, one)
        self.states[item] = state


def _is_verdict(answer: Answer) -> bool:
    return not answer.machine and answer.kind not in _SIDE_KINDS


def _is_queried(answer: Answer) -> bool:
    return not answer.machine and answer.purpose not in ("imported", "repeat")
