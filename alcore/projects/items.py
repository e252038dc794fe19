"""The items of a labelling project: ids by place, and the random permutation that fixes the reserve of audits."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

# The reserve that audits draw from: a third of the items, and no more than this many.
RESERVE_SHARE, LARGEST_RESERVE = 3, 2000


def reserve_size(items: int) -> int:
    """Size of the reserve of so many items."""
    return min(items // RESERVE_SHARE, LARGEST_RESERVE)


@dataclass(frozen=True, eq=False)
class Items:
    """N items.

    Attributes:
        ids: one an item, by place: the row of the data.
        turns_N: place of each item in the random permutation of the items that were there at the start.
    """

    ids: Sequence[str]
    turns_N: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def place_of(self) -> dict[str, int]:
        """Id -> place."""
        return {item: place for place, item in enumerate(self.ids)}

    @cached_property
    def order_N(self) -> NDArray[np.int64]:
        """Places in the order of the permutation."""
        return np.argsort(self.turns_N, kind="stable")

    @cached_property
    def reserve_N(self) -> NDArray[np.bool_]:
        """Which items are of the reserve, the first of the permutation: never offered to training."""
        return self.turns_N < reserve_size(len(self.turns_N))
