"""The points of one query with their scores, as text and as HTML."""

from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

# Points that the text shows; the HTML shows all.
SHOWN = 10


@dataclass(frozen=True, eq=False)
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
        pairs = zip(self.rows[:SHOWN], self.scores[:SHOWN], strict=True)
        points = ", ".join(f"{row} ({score:.4g})" for row, score in pairs)
        return f"QueryBatch by {self.strategy}, row (score): {points}{', ...' if len(self) > SHOWN else ''}"

    def _repr_html_(self) -> str:
        pairs = zip(self.rows, self.scores, strict=True)
        lines = "".join(f"<tr><td>{row}</td><td>{score:.4g}</td></tr>" for row, score in pairs)
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        head = "<tr><th>row</th><th>score</th></tr>"
        return f"<p>Batch of {len(self)} by {escape(self.strategy)}</p>{note}<table>{head}{lines}</table>"
