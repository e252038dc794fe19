"""Label a new item or one again: a project's items by ActiveLab's score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alcore.projects.answers import ItemState
from alcore.projects.ledger import Ledger
from alcore.projects.model.out_of_fold import out_of_fold
from alcore.projects.model.training import ModelRound
from alcore.projects.people.activelab import activelab_scores
from alcore.projects.project import Project
from alcore.projects.store import Handed, ProjectStore


@dataclass(frozen=True)
class Query:
    """An item to label.

    Attributes:
        item: its id.
        score: of ActiveLab: how well its label is known.
        annotators: who labelled it so far; empty for a new item.
    """

    item: str
    score: float
    annotators: tuple[str, ...] = ()

    @property
    def strategy(self) -> str:
        """Why it is queried, in a word or two."""
        return "activelab: again" if self.annotators else "activelab: new"


def new_or_again(project: Project, ledger: Ledger, model: ModelRound, annotator: str, most: int) -> list[Query]:
    """The items whose label is known least, new ones and labelled ones in one order.

    Items that the annotator labelled, or could not tell, are left out: a second opinion is another person's. So is the
    reserve: audits that were labelled again where a model doubts them would be no random sample. Probabilities of
    labelled items are by models that have not seen their labels, except those of classes with a single label.

    Args:
        project: with its features.
        ledger: its log.
        model: the last, with predictions.
        annotator: who would label.
        most: how many.

    Returns:
        the lowest score first.

    Raises:
        ValueError: the model has no predictions yet.
    """
    if model.probs_N_C is None:
        raise ValueError("there is no model yet: label items of two classes or more first")
    items, states = project.items, ledger.states
    column_of = {name: number for number, name in enumerate(model.classes)}
    labels = {
        items.place_of[item]: {who: column_of[label] for who, label in state.labels.items() if label in column_of}
        for item, state in states.items()
        if item in items.place_of
    }
    names = list(dict.fromkeys(who for given in labels.values() for who in given))
    ratings = np.full((len(names), len(items)), np.nan)
    for place, given in labels.items():
        for who, number in given.items():
            ratings[names.index(who), place] = number
    probs_N_C = model.probs_N_C.astype(np.float64)
    trained = {
        items.place_of[item]: state.label
        for item, state in states.items()
        if state.label in column_of and item in items.place_of and not items.reserve_N[items.place_of[item]]
    }
    unseen = out_of_fold(project.features, trained, estimator=project.estimator(), seed=project.settings["seed"])
    if unseen.classes:
        probs_N_C[unseen.places_M] = 0
        columns = [column_of[name] for name in unseen.classes]
        probs_N_C[unseen.places_M[:, None], columns] = unseen.probs_M_C
    scores_N = activelab_scores(ratings, probs_N_C)
    open_N = ~items.reserve_N
    for item, state in states.items():
        if item in items.place_of and not _is_open(state, annotator):
            open_N[items.place_of[item]] = False
    places = np.flatnonzero(open_N)
    places = places[np.argsort(scores_N[places], kind="stable")[:most]]
    return [
        Query(items.ids[place], float(scores_N[place]), tuple(states.get(items.ids[place], ItemState()).labels))
        for place in places.tolist()
    ]


def still_wanted(queries: Sequence[Query], annotator: str, states: Mapping[str, ItemState]) -> list[Handed]:
    """Those of the queries that nobody has answered since, to be handed out."""
    found = []
    for one in queries:
        state = states.get(one.item, ItemState())
        if _is_open(state, annotator) and not state.skipped and len(state.labels) <= len(one.annotators):
            found.append(Handed(one.item))
    return found


def hand_out(project: Project, queries: Sequence[Query], annotator: str, *, page: str, seconds: float) -> list[Handed]:
    """Give queried items to a page, without those that other pages hold; see `ProjectStore.hand_out`."""
    with ProjectStore(project.folder) as store:
        return store.hand_out(page, annotator, [Handed(one.item) for one in queries], seconds=seconds)


def _is_open(state: ItemState, annotator: str) -> bool:
    return not (
        state.excluded
        or annotator in state.labels
        or annotator in state.unsure
        or (state.machine_label is not None and not state.labels)
    )
