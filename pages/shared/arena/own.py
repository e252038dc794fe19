"""The reader's own points: a file, and which of its columns are what."""

from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
import streamlit as st

from alcore.datasets.own import Table, own_points, read_table
from alcore.datasets.planar import Planted
from alcore.rng import rng_for
from pages.shared import controls

_FILE = "_arena_file"
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class OwnPoints:
    """A file and its columns; equal content is equal, whatever object it came in."""

    name: str
    digest: str
    x: str
    y: str
    label: str
    content: bytes = field(repr=False, compare=False)

    @property
    def title(self) -> str:
        """The data in a few words."""
        return f"{self.name}: {self.label} by {self.x} and {self.y}"

    def planted(self, seed: int) -> Planted:
        """The points of one race: the seed decides which are the test set.

        Raises:
            DatasetError: they cannot be used; the sentence names the place.
        """
        table = _table(self.content, self.name)
        data = own_points(table, x=self.x, y=self.y, label=self.label, rng=rng_for(seed, "data"))
        return Planted(data, _NONE, _NONE, _NONE)

    def config(self) -> dict[str, str]:
        """What an export says of the file: not its content."""
        return {"file": self.name, "sha256": self.digest, "x": self.x, "y": self.y, "label": self.label}


def choose_own() -> OwnPoints | None:
    """Draw the choice of a file and of its columns; None while there is no file.

    Raises:
        DatasetError: the file cannot be used; the sentence names the place.
    """
    file = st.file_uploader(
        "A file of points",
        type=["csv", "tsv", "txt"],
        key=_FILE,
        help="Two columns of numbers and one of labels, up to 20,000 rows. It stays on this server's memory "
        "and is not part of a copied link.",
    )
    if file is None:
        return None
    content = file.getvalue()
    table = _table(content, file.name)
    x, y, label = table.suggestion
    numbers = list(table.feature_columns)
    chosen_x = controls.selectbox("arena", "x", "Across", numbers, x)
    chosen_y = controls.selectbox("arena", "y", "Up", numbers, y)
    chosen_label = controls.selectbox("arena", "label", "Label", list(table.label_columns), label)
    own = OwnPoints(file.name, sha256(content).hexdigest(), chosen_x, chosen_y, chosen_label, content=content)
    data = own.planted(0).dataset
    st.caption(
        f"{len(table.rows):,} rows, {data.classes} classes. A quarter, at most 1,000, is the test set that "
        "every racer is judged on; which rows, the seed decides. Columns are scaled to mean 0, deviation 1."
    )
    return own


@st.cache_data(max_entries=4, show_spinner=False)
def _table(content: bytes, name: str) -> Table:
    return read_table(content, name)
