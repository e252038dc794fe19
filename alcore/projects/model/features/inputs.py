"""Items on the way to features."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Prepared:
    """Items on the way to features.

    Attributes:
        inputs: of all items: texts, a frame of columns by their kinds, or an array.
        transformer: of scikit-learn, not fitted, which makes features of them; None: they are the features.
    """

    inputs: Any
    transformer: Any = None
