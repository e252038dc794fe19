"""Why an item is shown: its rank, the likeliest classes, the most similar labelled item, its near-duplicates."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alcore.projects.answers import ItemState
from alcore.projects.items import Items
from alcore.projects.model.training import ModelRound

LIKELIEST = 2


@dataclass(frozen=True)
class Why:
    """Why the strategy chose an item.

    Attributes:
        rank: from 1, among the items that were ranked; None for an item that was not.
        ranked: how many items were open.
        likeliest: the most probable classes with their probabilities, the first two.
        nearest: place of the most similar labelled item; None without one.
        alike: places of open near-duplicates.
    """

    rank: int | None
    ranked: int
    likeliest: tuple[tuple[str, float], ...]
    nearest: int | None
    alike: tuple[int, ...]


class Explanations:
    """What a model says of single items."""

    def __init__(self, model: ModelRound, items: Items) -> None:
        self.model, self.items = model, items

    @cached_property
    def _rank_of(self) -> dict[int, int]:
        return {place: rank for rank, place in enumerate(self.model.places.tolist(), start=1)}

    def why(self, place: int, states: Mapping[str, ItemState]) -> Why:
        """Why an item is shown; near-duplicates that were answered meanwhile are left out."""
        model, rank = self.model, self._rank_of.get(place)
        nearest = -1 if rank is None or not len(model.nearest) else int(model.nearest[rank - 1])
        alike = tuple(one for one in model.alike.get(place, ()) if self.items.ids[one] not in states)
        return Why(rank, model.open_count, self.likeliest(place), None if nearest < 0 else nearest, alike)

    def likeliest(self, place: int) -> tuple[tuple[str, float], ...]:
        """The most probable classes of an item."""
        if self.model.probs_N_C is None:
            return ()
        probs_C = self.model.probs_N_C[place]
        best = np.argsort(-probs_C, kind="stable")[:LIKELIEST]
        return tuple((self.model.classes[number], float(probs_C[number])) for number in best.tolist())
