"""Models of large projects: items are ranked as a pool and predicted in blocks, in flat memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.pools.arrays import Rowwise
from alcore.pools.pool import Pool, PoolSettings
from alcore.pools.strategies import STRATEGIES

# Items from which on these are used.
LARGE = 100_000
# Rows predicted at a time.
_BLOCK = 16_384


@dataclass(frozen=True, eq=False)
class _Places(Rowwise):
    """Some items as a pool."""

    x: NDArray[np.floating] = field(repr=False)
    chosen: NDArray[np.int64] = field(repr=False)
    given_ids: None = None
    name: str = "the project"

    @property
    def rows(self) -> int:  # type: ignore[override]
        """How many."""
        return len(self.chosen)

    @property
    def dimensions(self) -> int:
        """The numbers of an item."""
        return self.x.shape[1]

    @property
    def stamp(self) -> str:
        """Not used: nothing is resumed."""
        return f"{self.x.shape} {len(self.chosen)}"

    def read(self, begin: int, end: int) -> NDArray:
        """A copy of some items that follow one another."""
        return self.x[self.chosen[begin:end]]

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """A copy of some items."""
        return self.x[self.chosen[rows]].astype(np.float32)


def is_large(x: Any) -> bool:
    """Whether features are dense rows of fractions, and so many that they are ranked as a pool."""
    return isinstance(x, np.ndarray) and x.ndim == 2 and x.dtype.kind == "f" and len(x) >= LARGE


def predicted(estimator: Any, x: NDArray[np.floating]) -> NDArray[np.float32]:
    """Class probabilities of all rows, (N, C)."""
    parts = []
    for begin in range(0, len(x), _BLOCK):
        rows = np.asarray(x[begin : begin + _BLOCK], dtype=np.float32)
        parts.append(estimator.predict_proba(rows).astype(np.float32))
    return np.concatenate(parts)


def ranked(
    x: NDArray[np.floating],
    labels: Mapping[int, str],
    open_places: NDArray[np.int64],
    k: int,
    strategy: str,
    *,
    estimator: Any,
    seed: int,
) -> tuple[NDArray[np.int64], str, str]:
    """The best open places: by the strategy of large pools, or by TypiClust while there is no model.

    Args:
        x: features of all items.
        labels: place -> class of the items that train.
        open_places: items that may be queried to train.
        k: how many.
        strategy: a key of `alcore.pools.STRATEGIES`.
        estimator: fitted; None while the labels show fewer than two classes.
        seed: of ties and samples.

    Returns:
        the places, the strategy that ranked them in a few words, and a sentence on how, or "".
    """
    by = strategy if estimator is not None else "typiclust"
    # What is neither open nor labelled is no part of the pool: audits are not queried to train.
    chosen = np.union1d(open_places, np.fromiter(labels, np.int64, len(labels)))
    known = {int(np.searchsorted(chosen, place)): label for place, label in labels.items()}
    batch = Pool(_Places(x, chosen)).next(k, known, by, seed=seed, model=estimator, settings=PoolSettings(workers=1))
    note = "; ".join(batch.notes)
    return chosen[batch.rows], STRATEGIES[by].label, f"{note[:1].upper()}{note[1:]}." if note else ""
