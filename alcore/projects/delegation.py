"""Who answers? A machine labels what it can under a guarantee, a person the rest: from a frozen machine to its labels.

The machine's answers are frozen; m items are drawn uniformly, with replacement, from all items without a person's
label; a person labels them without seeing the machine's answers; then the promise says which items the machine may
keep: `all` of the finished labels (`pac_threshold`), or the `machine` labels alone (`conformal_threshold`, for which
repeats among the draws are left out).
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.tables.frame import TableSource
from alcore.percent import level, percent
from alcore.projects.annotators.asking import Plan, answers_of_plan, plan_of
from alcore.projects.annotators.endpoints import endpoint_of
from alcore.projects.answers import ItemState
from alcore.projects.guarantees.conformal import conformal_threshold
from alcore.projects.overview import lines_of
from alcore.projects.project import Project
from alcore.projects.routing import pac_threshold
from alcore.projects.rules import labels_by_rules, read_rules
from alcore.projects.store import Annotator, Handed, Operation, ProjectStore
from alcore.rng import rng_for
from alcore.storage.arrays import write_arrays

FILE = Path("routing") / "machine.npz"
DRAWS = 100
# No fewer let anything through at epsilon = alpha = .05: 1 - .05^(1/m) <= .05.
FEWEST, MOST = 30, 2000
PAGE = "calibration"
# Setting of a project: how many calibrations were begun.
CALIBRATIONS = "calibrations"
ENDPOINT = "endpoint:"
Promise = Literal["all", "machine"]
PROMISES: tuple[Promise, ...] = get_args(Promise)


@dataclass(frozen=True, eq=False)
class Delegation:
    """A frozen machine and the calibration items of a person.

    Attributes:
        machine: its name: `model`, `column:PREDICTION,CONFIDENCE`, `rules` or `endpoint:NAME`.
        labels_N: its class for every item; "" where it has none.
        uncertainty_N: 0 or more; infinite where it has no class.
        places: the items to be finished when it was frozen: those without a person's label.
        draws_m: places of the calibration items, drawn with replacement.
        committed: promise, epsilon, alpha and client of the labels that were written; None before.
    """

    machine: str
    labels_N: NDArray[np.str_]
    uncertainty_N: NDArray[np.float64]
    places: NDArray[np.int64]
    draws_m: NDArray[np.int64]
    committed: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Split:
    """What a machine may do under a promise, at an epsilon and an alpha.

    Attributes:
        threshold: it keeps items with an uncertainty below it; under the promise `machine` also of that uncertainty.
        machine: how many of the items to be finished.
        person: how many are left to a person.
        wrong: calibration draws on which the machine is wrong.
        draws: calibration draws; under the promise `machine` without repeats.
        promise: see the module.
    """

    threshold: float
    machine: int
    person: int
    wrong: int
    draws: int
    promise: Promise = "all"

    @property
    def share(self) -> float:
        """The machine's share of the items to be finished."""
        return self.machine / (self.machine + self.person)


def answers_of(
    project: Project, machine: str, rules: str = "", prompt: str = "", *, partial: bool = False
) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """A machine's class and uncertainty for every item, as in `Delegation`; nothing is sent.

    Args:
        project: of the items.
        machine: `model`, `column:PREDICTION,CONFIDENCE`, `rules` or `endpoint:NAME`, which has answers for items
            without a person's label only.
        rules: the text of the rules.
        prompt: the template of an endpoint's prompts; its own if empty.
        partial: whether items for which an endpoint has not yet answered count as without a class.

    Raises:
        ValueError: there is no such machine, or it has no answers.
        DatasetError: the file has no such column.
    """
    if machine.startswith(ENDPOINT):
        asked = plan(project, machine, prompt)
        if asked.missing and not partial:
            raise ValueError(f"{len(asked.missing):,} answers of {machine} are missing: send the requests first")
        labels_N = np.full(len(project.ids), "", dtype=f"<U{max(map(len, project.classes), default=1)}")
        uncertainty_N = np.full(len(project.ids), inf)
        labels_N[asked.places], uncertainty_N[asked.places], _ = answers_of_plan(asked)
        return labels_N, uncertainty_N
    if machine == "model":
        model = project.last_model()
        if model is None or model.confidence_N is None:
            raise ValueError("there is no model yet: label items of two classes or more first")
        return np.array(model.named_N), 1.0 - model.confidence_N.astype(np.float64)
    if machine == "rules":
        columns = tuple(project.settings["features"]["columns"])
        found = labels_by_rules(read_rules(rules, project.classes), lines_of(project.source, columns))
        return np.array([one or "" for one in found]), np.array([0.0 if one else inf for one in found])
    if machine.startswith("column:"):
        prediction, comma, confidence = machine.removeprefix("column:").partition(",")
        if not isinstance(project.source, TableSource) or not comma:
            raise ValueError("columns of predictions and confidences are column:PREDICTION,CONFIDENCE of a table")
        labels = np.array(project.source.texts(prediction))
        sure_N = project.source.numbers(confidence)
        known = np.isin(labels, project.classes) & np.isfinite(sure_N)
        if not known.any():
            raise ValueError(f"column {prediction!r} names none of the classes {', '.join(project.classes)[:200]}")
        uncertainty_N = np.where(known, np.nanmax(sure_N[known]) - sure_N, inf)
        return np.where(known, labels, ""), uncertainty_N
    raise ValueError(
        f"there is no machine {machine[:60]!r}: model, column:PREDICTION,CONFIDENCE, rules or endpoint:NAME"
    )


def plan(project: Project, machine: str, prompt: str = "") -> Plan:
    """The requests of `endpoint:NAME`, for all items without a person's label. Nothing is sent.

    Args:
        project: of the items.
        machine: `endpoint:NAME`, of an endpoint that the server's file lists.
        prompt: the template; the endpoint's if empty.

    Raises:
        ValueError: there is no such endpoint, the items cannot be sent, or every item has a person's label.
    """
    return plan_of(
        project.source,
        project.folder,
        endpoint_of(project.folder.parents[1], machine.removeprefix(ENDPOINT)),
        places=_open_places(project),
        columns=project.settings["features"]["columns"],
        classes=project.classes,
        prompt=prompt,
    )


def check_draws(draws: int) -> None:
    """Refuse a number of calibration draws out of range.

    Raises:
        ValueError: they are too few or too many.
    """
    if not FEWEST <= draws <= MOST:
        raise ValueError(f"calibration takes {FEWEST} to {MOST} items, got {draws}")


def start(
    project: Project, machine: str, *, draws: int = DRAWS, rules: str = "", prompt: str = "", partial: bool = False
) -> Delegation:
    """Freeze a machine and draw its calibration items; arguments as of `answers_of`.

    Raises:
        ValueError: as `answers_of`; the draws are too few or too many; every item has a person's label.
    """
    check_draws(draws)
    labels_N, uncertainty_N = answers_of(project, machine, rules, prompt, partial=partial)
    places = _open_places(project)
    # Counted, so that every calibration draws items of its own, and the same project the same ones.
    number = project.settings.get(CALIBRATIONS, 0)
    project.change(**{CALIBRATIONS: number + 1})
    rng = rng_for(project.settings["seed"], "calibration", number)
    made = Delegation(machine, labels_N, uncertainty_N, places, rng.choice(places, draws, replace=True))
    _write(project.folder, made)
    return made


def current(project: Project) -> Delegation | None:
    """The delegation that was started last; None without one."""
    try:
        with np.load(project.folder / FILE, allow_pickle=False) as kept:
            facts = json.loads(str(kept["facts"]))
            return Delegation(
                facts["machine"],
                kept["labels"],
                kept["uncertainty"],
                kept["places"],
                kept["draws"],
                facts["committed"],
            )
    except (OSError, ValueError, KeyError):
        return None


def discard(project: Project) -> None:
    """Forget the machine and its calibration; a person's labels stay."""
    (project.folder / FILE).unlink(missing_ok=True)


def waiting(project: Project, found: Delegation, states: Mapping[str, ItemState]) -> list[Handed]:
    """Calibration items that no person has answered, in the order of the draws."""
    items = [project.ids[place] for place in dict.fromkeys(found.draws_m.tolist())]
    return [
        Handed(item, "calibration", 1 / len(found.places))
        for item in items
        if not states.get(item, ItemState()).is_answered
    ]


def hand_out(project: Project, seconds: float) -> list[Handed]:
    """The waiting calibration items, so that labels from a file count as calibration."""
    found = current(project)
    if found is None:
        return []
    with ProjectStore(project.folder) as store:
        return store.hand_out(PAGE, "", waiting(project, found, project.states()), seconds=seconds)


def split(
    project: Project,
    found: Delegation,
    states: Mapping[str, ItemState],
    epsilon: float,
    alpha: float,
    promise: Promise = "all",
) -> Split:
    """What the machine may do; a calibration item that nobody could tell counts as wrong.

    Args:
        project: of the items.
        found: the frozen machine.
        states: the log's state by id.
        epsilon: under the promise `all` the tolerated share of wrong labels among all; under `machine` the tolerated
            expected share among the machine's.
        alpha: under the promise `all` the tolerated probability of more; not read under `machine`.
        promise: which.

    Raises:
        ValueError: calibration items are not yet answered, or epsilon or alpha is out of (0, 1).
    """
    if missing := len(waiting(project, found, states)):
        raise ValueError(f"{missing} calibration items are not yet labelled")
    draws_m = found.draws_m if promise == "all" else np.unique(found.draws_m)
    wrong_m = np.array([_label(states, project.ids[place]) != found.labels_N[place] for place in draws_m])
    if promise == "all":
        threshold = pac_threshold(found.uncertainty_N[draws_m], wrong_m, epsilon, alpha)
    else:
        others = np.setdiff1d(found.places, draws_m)
        threshold = conformal_threshold(found.uncertainty_N[draws_m], wrong_m, found.uncertainty_N[others], epsilon)
    made = Split(threshold, 0, len(found.places), int(wrong_m.sum()), len(wrong_m), promise)
    kept = len(_kept(found, made))
    return replace(made, machine=kept, person=len(found.places) - kept)


def commit(project: Project, found: Delegation, epsilon: float, alpha: float, promise: Promise = "all") -> Split:
    """Write the machine's labels for the items that it may keep and that no person has labelled.

    Raises:
        ValueError: as `split`; or labels were written before.
    """
    if found.committed is not None:
        raise ValueError("this machine's labels were written already: start anew with a new calibration")
    states = project.states()
    done = split(project, found, states, epsilon, alpha, promise)
    kept = _kept(found, done)
    client = f"bulk-{time.time_ns():x}"
    operations = [
        Operation(client, number, project.ids[place], "label", str(found.labels_N[place]))
        for number, place in enumerate((one for one in kept.tolist() if _is_open(states.get(project.ids[one]))), 1)
    ]
    with ProjectStore(project.folder) as store:
        store.take(operations, Annotator(f"machine: {found.machine}"[:100], client, project.classes, machine=True))
    facts = {"promise": promise, "epsilon": epsilon, "alpha": alpha, "client": client}
    facts |= {"machine": done.machine, "person": done.person}
    _write(
        project.folder,
        Delegation(found.machine, found.labels_N, found.uncertainty_N, found.places, found.draws_m, facts),
    )
    return done


def words_of(done: Split, epsilon: float, alpha: float) -> str:
    """What the theorem says, and no more."""
    whole = done.machine + done.person
    if not done.machine and done.promise == "machine":
        return (
            f"The machine may keep nothing at this rate: it is wrong on {done.wrong} of {done.draws} calibration "
            "items. More of them, or a larger rate, may let some through."
        )
    if done.promise == "machine":
        return (
            f"The machine can do {percent(done.share, 0)} ({done.machine:,} items): of the labels that it keeps at "
            f"most {level(epsilon)} are wrong, on average over such calibrations, where a person's labels are right. "
            f"{done.person:,} items ({percent(done.person / whole, 0)}) are yours."
        )
    if not done.machine:
        return (
            f"The machine may keep nothing at this epsilon and alpha: it is wrong on {done.wrong} of {done.draws} "
            "calibration draws. More draws, or a larger epsilon, may let some through."
        )
    return (
        f"The machine can do {percent(done.share, 0)} ({done.machine:,} items): at most {level(epsilon)} of all "
        f"{whole:,} labels wrong, with {level(1 - alpha)} certainty, where a person's labels are right. "
        f"{done.person:,} items ({percent(done.person / whole, 0)}) are yours."
    )


def _kept(found: Delegation, done: Split) -> NDArray[np.int64]:
    """The places that the machine may keep."""
    if done.promise == "all":
        return found.places[found.uncertainty_N[found.places] < done.threshold]
    others = np.setdiff1d(found.places, found.draws_m)
    sure_N = found.uncertainty_N[others]
    return others[(sure_N <= done.threshold) & np.isfinite(sure_N)]


def _open_places(project: Project) -> NDArray[np.int64]:
    states = project.states()
    places = np.array([place for place, item in enumerate(project.ids) if _is_open(states.get(item))], dtype=np.int64)
    if not len(places):
        raise ValueError("every item has a person's label: nothing is left for a machine")
    return places


def _is_open(state: ItemState | None) -> bool:
    return state is None or (state.label is None and not state.excluded)


def _label(states: Mapping[str, ItemState], item: str) -> str | None:
    state = states.get(item)
    return None if state is None else state.label


def _write(folder: Path, made: Delegation) -> None:
    write_arrays(
        folder / FILE,
        {"machine": made.machine, "committed": made.committed},
        labels=made.labels_N,
        uncertainty=made.uncertainty_N,
        places=made.places,
        draws=made.draws_m,
    )
