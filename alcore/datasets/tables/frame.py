"""A user's table of any columns: CSV, TSV, JSON lines, Parquet or Excel to a data frame. Cells are never evaluated."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from itertools import chain, islice
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alcore.datasets.dataset import DatasetError
from alcore.datasets.item_ids import checked_ids, content_ids
from alcore.datasets.tables.columns import MISSING, cleaned, quoted
from alcore.datasets.tables.encoding import as_utf8
from alcore.datasets.tables.kinds import ColumnInfo, Thousands, column_infos, dates_of, numbers_of
from alcore.datasets.tables.lines import Text
from alcore.datasets.tables.numerals import Decimal as DecimalSign
from alcore.datasets.tables.question import Question
from alcore.datasets.tables.rows import Row, column_names, full_rows, has_header, rows_of
from alcore.datasets.tables.separators import SEPARATORS, has_columns, separator_of
from alcore.datasets.tables.signs import SIGNS
from alcore.datasets.tables.typed_files import excel_cells, json_cells, parquet_cells
from alcore.datasets.user_files import UserFile, bytes_of, listed, size_of

MAX_ROWS = 200_000
MAX_COLUMNS = 5_000
MAX_BYTES = 500_000_000
MAX_SECONDS = 300.0
# Rows made into a frame at a time: as lists of Python texts all of them would take several times as much memory.
_BLOCK = 10_000
_COMPARED = 1_000  # rows with which the first is compared
_SPREADSHEET, _OLD_OFFICE, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"
_THOUSANDS = {",": "commas", ".": "points", " ": "spaces", "'": "apostrophes"}


@dataclass(frozen=True)
class TableOptions:
    """What the user says about a file; None: what the file shows, or a question where it leaves that open.

    Attributes:
        encoding: a key of `ENCODINGS`.
        separator: one character between the columns.
        decimal: the decimal sign of numbers that leave it open.
        thousands: the sign between thousands of such numbers, empty for none.
        header: whether the first row names the columns.
        day_first: whether 03/04/2021 is in April.
        sheet: of an Excel workbook.
    """

    encoding: str | None = None
    separator: str | None = None
    decimal: DecimalSign | None = None
    thousands: Thousands | None = None
    header: bool | None = None
    day_first: bool | None = None
    sheet: str | None = None

    def answered(self, question: Question, value: str) -> "TableOptions":
        """The options with the value of one of the question's options."""
        answer: Any = value == "yes" if question.argument in ("header", "day_first") else value
        return replace(self, **{question.argument: answer})


@dataclass(frozen=True)
class FileReading:
    """How a file was read.

    Attributes:
        kind: `CSV`, `JSON lines`, `Parquet` or `Excel`.
        encoding: its name for people; empty where the kind settles it.
        separator: between the columns of CSV.
        header: the row with the columns' names; None where the columns are numbered or named by the kind.
        quotes: how quotation marks were read, see `rows_of`.
        sheet: of an Excel workbook.
    """

    kind: str
    encoding: str = ""
    separator: str = ""
    header: int | None = None
    quotes: str = ""
    sheet: str = ""

    @property
    def sentence(self) -> str:
        """What was assumed."""
        parts = [f"Read as {self.kind}"]
        if self.encoding:
            parts.append(f"encoding {self.encoding}")
        if self.separator:
            parts.append(f"columns separated by {SEPARATORS.get(self.separator, quoted(self.separator))}")
        if self.quotes:
            parts.append(self.quotes)
        if self.sheet:
            parts.append(f"sheet {quoted(self.sheet)}")
        if self.kind in ("CSV", "Excel"):
            parts.append("no row of names" if self.header is None else f"names in row {self.header:,}")
        return ", ".join(parts) + "."


@dataclass(frozen=True, eq=False)
class TableSource:
    """Items that are rows of a table.

    Attributes:
        name: the file's name.
        frame: (N, columns) cells. From CSV all are text, as they stand in the file without spaces around them, empty
            where nothing is. From other kinds columns of numbers or dates are typed, all else is text.
        rows_N: where each row stands in its file, from 1.
        columns: what each column holds, by its name.
        reading: how the file was read.
        ids: one an item, each different, the same at the next reading.
        id_column: where they come from; None: they are made of the contents of all columns but that of labels.
        label_column: the column of labels, None if there is none.
    """

    name: str
    frame: pd.DataFrame
    rows_N: NDArray[np.int64] = field(repr=False)
    columns: dict[str, ColumnInfo]
    reading: FileReading
    ids: tuple[str, ...] = field(repr=False)
    id_column: str | None = None
    label_column: str | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def with_roles(self, *, ids: str | None = None, label: str | None = None) -> "TableSource":
        """The table with columns of ids and of labels.

        Args:
            ids: the column of ids; None: they are made of the contents.
            label: the column of labels, which has no part in ids that are made.

        Raises:
            DatasetError: there is no such column, both are the same, or an id is blank or there twice.
        """
        if ids is not None and ids == label:
            raise DatasetError(f"Column {quoted(ids)} cannot hold both ids and labels: choose two columns.")
        if label is not None:
            self.info(label)
        if ids is None:
            made = content_ids(_contents(self.frame.drop(columns=[] if label is None else [label])))
        else:
            made = checked_ids(self.texts(ids), self.rows_N.tolist(), f"Column {quoted(ids)}")
        return replace(self, ids=made, id_column=ids, label_column=label)

    @cached_property
    def labels(self) -> tuple[str | None, ...]:
        """The label of each item, None where its cell is blank: it is unlabelled."""
        if self.label_column is None:
            return (None,) * len(self)
        return tuple(text or None for text in self.texts(self.label_column))

    def texts(self, column: str) -> list[str]:
        """The cells of a column as text, empty where nothing is.

        Raises:
            DatasetError: there is no such column.
        """
        self.info(column)
        return cell_texts(self.frame[column])

    def numbers(self, column: str) -> NDArray[np.float64]:
        """The numbers of a column, (N,); NaN where a cell is missing or no number.

        Raises:
            DatasetError: there is no such column, or its file says that it is one of dates.
        """
        info = self.info(column)
        if pd.api.types.is_datetime64_any_dtype(self.frame[column].dtype):
            raise DatasetError(f"Column {quoted(column)} is one of dates, not of numbers: take it for that.")
        return numbers_of(self.frame[column], info)

    def dates(self, column: str) -> pd.Series:
        """The dates of a column of the kind `date`, NaT where a cell is missing; in UTC where they name an offset.

        Raises:
            DatasetError: there is no such column, or it is of another kind.
        """
        info = self.info(column)
        if info.kind != "date":
            raise DatasetError(
                f"Column {quoted(column)} is not one of dates in a known format: take it for another kind."
            )
        return dates_of(self.frame[column], info)

    def digest(self, columns: Sequence[str]) -> str:
        """A hash of the contents of columns and of how they were read, 16 hexadecimal digits."""
        infos = [repr(self.info(column)) for column in columns]
        contents = "".join(content_ids([*map(str.encode, infos), *_contents(self.frame[list(columns)])]))
        return content_ids([contents.encode()])[0]

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """What was assumed in reading, what was not expected, and how many items have no label."""
        said = [self.reading.sentence]
        signs: dict[str, list[str]] = {}
        for info in self.columns.values():
            words = [f"decimal {SIGNS[info.decimal]}"] if info.decimal else []
            words += [f"{_THOUSANDS[info.thousands]} between thousands"] if info.thousands else []
            if info.date_format and info.date_format.startswith(("%d", "%m")):
                words.append(f"the {'day' if info.date_format.startswith('%d') else 'month'} first in dates")
            if words:
                signs.setdefault(", ".join(words), []).append(info.name)
        for spoken, names in signs.items():
            said.append(f"{spoken[0].upper()}{spoken[1:]} in {listed(names)}.")
        said += [info.note for info in self.columns.values() if info.note]
        if empty := [info.name for info in self.columns.values() if info.kind == "empty"]:
            said.append(f"Nothing is in {listed(empty)}.")
        if self.label_column is not None:
            blank = self.labels.count(None)
            said.append(f"{blank:,} of {len(self):,} items have no label in column {quoted(self.label_column)}.")
            if marks := sorted({label for label in self.labels if label is not None and label.lower() in MISSING}):
                said.append(f"{listed(marks)} in column {quoted(self.label_column)} is a label like any other.")
        return tuple(said)

    def info(self, column: str) -> ColumnInfo:
        """What a column holds.

        Raises:
            DatasetError: there is no such column.
        """
        if column not in self.columns:
            raise DatasetError(
                f"{self.name} has no column {quoted(column)}: choose one of {listed(list(self.columns))}."
            )
        return self.columns[column]


def read_table(file: UserFile, name: str, options: TableOptions | None = None) -> TableSource:
    """Read a table of up to 200,000 rows, 5,000 columns and 500 MB, with ids made of the rows' contents.

    The kind of file is found by its first bytes, JSON lines by the name's ending. The encoding of CSV is UTF-8 or that
    of the byte-order mark, the separator is the one that splits all rows alike or that of a first line such as `sep=;`;
    the first row names the columns if no number is in it. Empty rows are skipped, but counted.

    Args:
        file: its path, or its bytes.
        name: what to call it in sentences; its ending tells JSON lines from CSV.
        options: what the user says about it.

    Raises:
        Ambiguous: the file leaves something open that no option says; its question holds the readings.
        DatasetError: with a sentence that names the place and what to do.
        MissingExtraError: the file is of a kind that needs the extra `label`.
    """
    options = options or TableOptions()
    size_of(file, name)
    if isinstance(file, bytes):
        start = file[:4]
    else:
        with file.open("rb") as opened:
            start = opened.read(4)
    if start == _PARQUET:
        cells, reading = parquet_cells(file, name, MAX_ROWS, MAX_COLUMNS), FileReading("Parquet")
    elif start == _SPREADSHEET:
        cells, sheet, header = excel_cells(file, name, options.sheet, options.header, MAX_ROWS, MAX_COLUMNS)
        reading = FileReading("Excel", header=header, sheet=sheet)
    elif start == _OLD_OFFICE:
        raise _old_office(bytes_of(file, name, MAX_BYTES), name)
    elif name.lower().endswith((".jsonl", ".ndjson", ".json")):
        content, title = as_utf8(bytes_of(file, name, MAX_BYTES), name, options.encoding)
        cells = json_cells(content, name, MAX_ROWS, MAX_COLUMNS)
        reading = FileReading("JSON lines", title)
    else:
        return _read_delimited(bytes_of(file, name, MAX_BYTES), name, options)
    frame = pd.DataFrame({column: _series(values) for column, values in cells.columns.items()})
    return _source(name, frame, cells.rows_N, reading, options)


def cell_texts(cells: pd.Series) -> list[str]:
    """The cells of a column as text: whole numbers without a point, dates as ISO 8601, empty where nothing is."""
    if pd.api.types.is_string_dtype(cells.dtype):
        return cells.tolist()
    return ["" if missing else _text(value) for value, missing in zip(cells.tolist(), cells.isna(), strict=True)]


def _read_delimited(data: bytes, name: str, options: TableOptions) -> TableSource:
    content, title = as_utf8(data, name, options.encoding)
    text = Text(name, content, MAX_SECONDS)
    separator = text.announced or options.separator or separator_of(text, has_columns)

    def collect(found: Iterator[Row]) -> tuple[pd.DataFrame, list[int], int | None]:
        first, cells = next(found, (0, []))
        if not cells:
            raise DatasetError(f"{name} is empty: choose a file with a row of names and a row for each item.")
        if len(cells) > MAX_COLUMNS:
            raise DatasetError(
                f"{name} has {len(cells):,} columns, more than {MAX_COLUMNS:,}: keep those that matter, or give "
                "numbers as .npy."
            )
        head = list(islice(found, _BLOCK))
        named = has_header(first, cells, (line for _, line in head[:_COMPARED]), options.header)
        names = column_names(first, cells if named else [""] * len(cells))
        rows: list[int] = []
        blocks: list[pd.DataFrame] = []
        below = chain([] if named else [(first, cells)], head, found)
        lines = full_rows(below, len(names), MAX_ROWS, name)
        while block := list(islice(lines, _BLOCK)):
            rows += [row for row, _ in block]
            blocks.append(pd.DataFrame([line for _, line in block], columns=names, dtype="str"))
        if not blocks:
            raise DatasetError(f"{name} has column names but no rows: add a row for each item.")
        return pd.concat(blocks, ignore_index=True), rows, first if named else None

    (frame, rows, header), quotes = rows_of(text, separator, collect)
    shown = separator if len(frame.columns) > 1 else ""
    reading = FileReading("CSV", title, shown, header, quotes)
    return _source(name, frame, np.array(rows, dtype=np.int64), reading, options)


def _source(
    name: str, frame: pd.DataFrame, rows_N: NDArray[np.int64], reading: FileReading, options: TableOptions
) -> TableSource:
    columns = column_infos(
        frame, rows_N, decimal=options.decimal, thousands=options.thousands, day_first=options.day_first
    )
    return TableSource(name, frame, rows_N, columns, reading, content_ids(_contents(frame)))


def _contents(frame: pd.DataFrame) -> Iterator[bytes]:
    """Each row as bytes that no other row has."""
    for row in zip(*(cell_texts(frame[column]) for column in frame), strict=True):
        yield json.dumps(row, ensure_ascii=False).encode(errors="surrogatepass")


def _series(values: list[Any]) -> pd.Series:
    """A column of whole numbers, of numbers or of dates where all values are that or None; else of text."""
    given = [float(value) if isinstance(value, Decimal) else value for value in values if value is not None]
    kinds = {type(value) for value in given}
    largest = max((abs(value) for value in given if type(value) is int), default=0)
    if kinds == {int} and largest < 2**63:
        return pd.Series(values, dtype="Int64")
    if kinds and kinds <= {int, float} and largest < 2**53:
        return pd.Series([np.nan if value is None else float(value) for value in values], dtype=np.float64)
    if given and all(isinstance(value, date) for value in given):
        return pd.to_datetime(pd.Series(values), errors="coerce", utc=True).dt.tz_localize(None)
    return pd.Series(["" if value is None else _text(value) for value in values], dtype="str")


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return cleaned(str(value))


def _old_office(data: bytes, name: str) -> DatasetError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return DatasetError(f"{name} is protected by a password: open it in Excel and save it without one.")
    return DatasetError(f"{name} is of an old Excel format: open it in a spreadsheet and save it as .xlsx or CSV.")
