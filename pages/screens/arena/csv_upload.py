"""Uploaded points: a file, and the roles of its columns."""

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Literal

import numpy as np
import streamlit as st

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import CorruptedDataset
from alcore.datasets.tables.dataset import Table, csv_dataset, read_csv, reading_of, unlabelled
from alcore.datasets.tables.question import Ambiguous, Question
from alcore.datasets.tables.read import MAX_BYTES
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

    def corrupted(self, seed: int) -> CorruptedDataset:
        """The points of a race, without corruptions: the seed selects the test set; cached.

        Raises:
            DatasetError: if the points are invalid; the sentence names the place.
        """
        return CorruptedDataset(_dataset(self, seed), _NONE, _NONE, _NONE)

    def dataset(self, seed: int) -> Dataset:
        """The points of a race; raises as `corrupted` does."""
        return _dataset(self, seed)

    def config(self) -> dict[str, Any]:
        """The file's description in exports, without its content."""
        columns = {"x": self.x, "y": self.y, "label": self.label}
        return {"data": "own", "own": {"file": self.name, "sha256": self.digest, **columns, **self._chosen()}}

    def program(self) -> tuple[list[str], str]:
        """Import lines, and a function `data(seed)` that returns the points of a race."""
        reading = "".join(f", {name}={value!r}" for name, value in self._chosen().items() if name != "decimal")
        decimal = "" if self.decimal is None else f", decimal={self.decimal!r}"
        imports = [
            "from pathlib import Path",
            "from alcore.datasets.tables.dataset import csv_dataset, read_csv",
            "from alcore.rng import rng_for",
        ]
        function = f"""\
def data(seed):
    table = read_csv(Path({self.name!r}).read_bytes(), {self.name!r}{reading})
    columns = dict(x={self.x!r}, y={self.y!r}, label={self.label!r}{decimal})
    return csv_dataset(table, **columns, rng=rng_for(seed, "data"))
"""
        return imports, function

    def _chosen(self) -> dict[str, str]:
        """The choices for an ambiguous file, by argument name."""
        return {name: value for name in _TITLES if (value := getattr(self, name)) is not None}


def choose_own() -> OwnPoints | None:
    """Draw the choice of a file and of its columns; None while there is no file.

    Raises:
        Ambiguous: if the file has several readings and none is chosen.
        DatasetError: if the file is invalid; the sentence names the place.
    """
    controls.drawn_only()
    file = st.file_uploader(
        "A file of points",
        type=["csv", "tsv", "txt"],
        key=_FILE,
        max_upload_size=MAX_BYTES // 1_000_000,
        help="Two columns of numbers and one of labels, up to 20,000 rows. It stays in this server's memory "
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
    numbers = {column: column for column in read.feature_columns}
    own = OwnPoints(
        file.name,
        digest,
        controls.selectbox("arena", "x", "x axis", numbers, x),
        controls.selectbox("arena", "y", "y axis", numbers, y),
        controls.selectbox("arena", "label", "Label", {column: column for column in read.label_columns}, label),
        encoding=answers.get("encoding"),
        separator=answers.get("separator"),
        content=content,
    )
    try:
        data = own.dataset(0)
    except Ambiguous as error:
        own = replace(own, decimal="," if _answer(error.question) == "," else ".")
        data = own.dataset(0)
    st.caption(plain(reading_of(read, x=own.x, y=own.y, decimal=own.decimal)))
    left_out = unlabelled(read, own.label)
    st.caption(
        f"{len(data.y_pool) + len(data.y_test):,} rows, {data.classes} classes"
        f"{f'; {left_out:,} more without a label are left out' if left_out else ''}.",
        help="A quarter, at most 1,000, is the test set, the same for all racers and selected by the seed. Columns are "
        "scaled to mean 0, deviation 1.",
    )
    return own


def _answer(question: Question) -> str:
    """Draw a choice between the readings of a file.

    Raises:
        Ambiguous: if none is chosen.
    """
    words = {_OPEN: "Choose"} | {option.value: option.title for option in question.options}
    given = controls.selectbox("arena", question.argument, _TITLES[question.argument], words, _OPEN)
    if given == _OPEN:
        for option in question.options[:6]:
            st.caption(f"{plain(option.title)}: {plain(option.example)}")
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


@st.cache_data(max_entries=64, show_spinner=False)
def _dataset(own: OwnPoints, seed: int) -> Dataset:
    return csv_dataset(
        _table(own.content, own.name, own.encoding, own.separator),
        x=own.x,
        y=own.y,
        label=own.label,
        rng=rng_for(seed, "data"),
        decimal=own.decimal,
    )
