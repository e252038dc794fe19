"""The points of one query with their scores, as text and as HTML."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.notebook import as_html, as_text

# Points that the text shows; the HTML shows all.
SHOWN = 10


@dataclass(frozen=True, eq=False, repr=False)
class QueryBatch:
    """The points of one query.

    Attributes:
        rows: (k,) int64, rows of X in picking order.
        scores: (k,) the acquisition score of each, higher means queried first; NaN where points were chosen
            without a score.
        strategy: the name of the strategy that chose them.
        note: why it was not the strategy given, if so.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.floating]
    strategy: str
    note: str = ""

    def __len__(self) -> int:
        """How many points."""
        return len(self.rows)

    def __repr__(self) -> str:
        more = [f"The first {SHOWN} of them:"] if len(self) > SHOWN else []
        return as_text([*self._sentences(), *more], self._table(SHOWN))

    def _repr_html_(self) -> str:
        return as_html(self._sentences(), self._table(len(self)))

    def _sentences(self) -> list[str]:
        title = f"Batch of {len(self)} {'point' if len(self) == 1 else 'points'} by {self.strategy}."
        return [title, self.note] if self.note else [title]

    def _table(self, most: int) -> dict[str, list[str]]:
        rows = {"row": [str(row) for row in self.rows[:most]]}
        if np.isnan(self.scores).all():
            return rows
        # A negative zero is a zero.
        return {**rows, "score": ["" if np.isnan(score) else f"{score + 0.0:.4g}" for score in self.scores[:most]]}
