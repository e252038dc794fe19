"""The log folded answer by answer equals the log folded at once."""

from hypothesis import given
from hypothesis import strategies as st

from alcore.projects.answers import Answer, Purpose, in_force, states
from alcore.projects.ledger import Ledger

KINDS = st.sampled_from(["label", "skip", "unsure", "flag", "note", "exclude", "undo"])
ROWS = st.lists(
    st.tuples(KINDS, st.integers(0, 3), st.sampled_from(["anna", "ben"]), st.integers(0, 40), st.booleans()),
    max_size=40,
)


def log_of(rows: list[tuple]) -> list[Answer]:
    """A log as a store would hold it: an undo takes back an answer that is in force."""
    log: list[Answer] = []
    for kind, item, annotator, which, flag in rows:
        number = len(log) + 1
        if kind == "undo":
            there = in_force(log)
            if there:
                taken = there[which % len(there)]
                log.append(Answer(number, taken.item, "undo", annotator=annotator, undoes=taken.number))
            continue
        value = {"label": "cat" if flag else "dog", "note": "so"}.get(kind)
        purpose: Purpose = "imported" if which % 7 == 0 else "audit" if which % 3 == 0 else "train"
        purpose = "repeat" if which % 11 == 10 else purpose
        machine = kind == "label" and which % 5 == 0
        log.append(Answer(number, f"i{item}", kind, value, annotator, purpose, machine=machine))
    return log


@given(ROWS, st.integers(0, 40))
def test_a_ledger_equals_the_whole_fold(rows: list[tuple], cut: int) -> None:
    log = log_of(rows)
    ledger = Ledger(log[:cut])
    ledger.extend(log[cut:])
    kept = in_force(log)
    assert ledger.states == states(log)
    assert ledger.last == len(log)
    assert ledger.answered == len(
        {one.item for one in kept if one.purpose not in ("imported", "repeat") and not one.machine}
    )
    verdicts = [one for one in kept if one.kind not in ("flag", "note") and not one.machine]
    queried = [one.purpose == "audit" for one in verdicts if one.purpose not in ("imported", "repeat")]
    assert ledger.since_audit == (queried[::-1].index(True) if True in queried else len(queried))
    for name in ("anna", "ben"):
        own = [one for one in kept if one.annotator == name and not one.machine and one.kind not in ("flag", "note")]
        assert ledger.own(name, 5) == own[-5:]
    for item in ("i0", "i1", "i2", "i3"):
        assert ledger.of_item(item) == [one for one in kept if one.item == item]
        assert ledger.last_number(item) == max((one.number for one in kept if one.item == item), default=0)


def test_undoing_everything_equals_never_having_begun() -> None:
    log = [Answer(1, "a", "label", "cat"), Answer(2, "a", "note", "so"), Answer(3, "b", "skip")]
    ledger = Ledger([*log, *(Answer(3 + n, log[3 - n].item, "undo", undoes=4 - n) for n in (1, 2, 3))])
    assert ledger.states == {} and ledger.answered == 0 and ledger.own("", 9) == []
