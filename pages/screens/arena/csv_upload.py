"""Uploaded points: a file, and the roles of its columns."""

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Literal

import numpy as np
import streamlit as st

from alcore.datasets.planar.generate import CorruptedDataset
from alcore.datasets.tables.dataset import Table, csv_dataset, read_csv, reading_of, unlabelled
from alcore.datasets.tables.question import Ambiguous, Question
from alcore.rng import rng_for
from pages.shared import controls
from pages.shared.markdown import plain

_FILE = "_arena_file"
_ASKED = "_arena_asked"
_NONE = np.zeros(0, dtype=np.int64)
_TITLES = {"encoding": "Encoding", "separator": "Column separator", "decimal": "Decimal sign"}
_OPEN = "open"


@dataclass(frozen=True)
class OwnPoints:
    """A file with the roles of its columns; equal content compares equal.

    Attributes:
        name: the file's name.
        digest: the SHA-256 of its content.
        x: column of x positions.
        y: column of y positions.
        label: column of labels.
        encoding: chosen encoding if the file is ambiguous, otherwise None.
        separator: chosen separator of columns, likewise.
        decimal: chosen decimal sign, likewise.
        content: bytes of the file.
    """

    name: str
    digest: str
    x: str
    y: str
    label: str
    encoding: str | None = None
    separator: str | None = None
    decimal: Literal[".", ","] | None = None
    content: bytes = field(default=b"", repr=False, compare=False)

    @property
    def title(self) -> str:
        """The data in a few words."""
        return f"{self.name}: {self.label} by {self.x} and {self.y}"

    def chosen(self) -> dict[str, str]:
        """The choices for an ambiguous file, by argument name."""
        given = {"encoding": self.encoding, "separator": self.separator, "decimal": self.decimal}
        return {argument: value for argument, value in given.items() if value is not None}

    def planted(self, seed: int) -> CorruptedDataset:
        """The points of a race: the seed selects the test set.

        Raises:
            DatasetError: if the points are invalid; the sentence names the place.
        """
        data = csv_dataset(
            _table(self.content, self.name, self.encoding, self.separator),
            x=self.x,
            y=self.y,
            label=self.label,
            rng=rng_for(seed, "data"),
            decimal=self.decimal,
        )
        return CorruptedDataset(data, _NONE, _NONE, _NONE)

    def config(self) -> dict[str, str]:
        """The file's description in exports, without its content."""
        columns = {"x": self.x, "y": self.y, "label": self.label}
        return {"file": self.name, "sha256": self.digest, **columns, **self.chosen()}


def choose_own() -> OwnPoints | None:
    """Draw the choice of a file and of its columns; None while there is no file.

    Raises:
        Ambiguous: if the file has several readings and none is chosen.
        DatasetError: if the file is invalid; the sentence names the place.
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
    digest = sha256(content).hexdigest()
    _forget_answers(digest)
    answers: dict[str, str] = {}
    read = _read(content, file.name)
    while isinstance(read, Question):
        answers[read.argument] = _answer(read)
        read = _read(content, file.name, **answers)
    x, y, label = read.suggestion
    numbers = list(read.feature_columns)
    own = OwnPoints(
        file.name,
        digest,
        controls.selectbox("arena", "x", "Across", numbers, x),
        controls.selectbox("arena", "y", "Up", numbers, y),
        controls.selectbox("arena", "label", "Label", list(read.label_columns), label),
        encoding=answers.get("encoding"),
        separator=answers.get("separator"),
        content=content,
    )
    try:
        data = own.planted(0).dataset
    except Ambiguous as error:
        own = replace(own, decimal="," if _answer(error.question) == "," else ".")
        data = own.planted(0).dataset
    st.caption(plain(reading_of(read, x=own.x, y=own.y, decimal=own.decimal)))
    left_out = unlabelled(read, own.label)
    st.caption(
        f"{len(data.y_pool) + len(data.y_test):,} rows, {data.classes} classes"
        f"{f'; {left_out:,} more without a label are left out' if left_out else ''}. A quarter, at most "
        "1,000, is the test set that every racer is judged on; which rows, the seed decides. Columns are "
        "scaled to mean 0, deviation 1."
    )
    return own


def _answer(question: Question) -> str:
    """Draw a choice between the readings of a file.

    Raises:
        Ambiguous: if none is chosen.
    """
    words = {_OPEN: "Choose"} | {option.value: option.title for option in question.options}
    title = _TITLES[question.argument]
    given = controls.selectbox("arena", question.argument, title, list(words), _OPEN, labels=words.__getitem__)
    for option in question.options[: None if given == _OPEN else 0][:6]:
        st.caption(f"{plain(option.title)}: {plain(option.example)}")
    if given == _OPEN:
        raise Ambiguous(question)
    return given


def _forget_answers(digest: str) -> None:
    """Reset the choices for a new file; a link may set those of the first."""
    if st.session_state.setdefault(_ASKED, digest) != digest:
        st.session_state[_ASKED] = digest
        for argument in _TITLES:
            if f"arena_{argument}" in st.session_state:
                st.session_state[f"arena_{argument}"] = _OPEN


def _read(content: bytes, name: str, encoding: str | None = None, separator: str | None = None) -> Table | Question:
    try:
        return _table(content, name, encoding, separator)
    except Ambiguous as error:
        return error.question


@st.cache_data(max_entries=4, show_spinner=False)
def _table(content: bytes, name: str, encoding: str | None, separator: str | None) -> Table:
    return read_csv(content, name, encoding=encoding, separator=separator)
