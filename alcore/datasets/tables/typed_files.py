"""Tables in files that hold typed values: JSON lines, Parquet and Excel. Formulas and objects are never evaluated."""

import io
import json
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables.columns import quoted
from alcore.datasets.tables.question import Ambiguous, Option, Question
from alcore.datasets.tables.rows import column_names, has_header
from alcore.datasets.user_files import UserFile, open_archive
from alcore.extras import optional_imports

_MOST_UNPACKED = 1_000_000_000
# A workbook's text is parsed cell by cell, at some ten megabytes a second.
_MOST_WORKBOOK = 400_000_000
_MOST_PARTS = 10_000
# Cells name their rows and columns, so that the text of a large sheet shrinks to a tenth, not to less than a hundredth.
_LARGE, _MOST_SHRUNK = 20_000_000, 100
_BLOCK = 1_000


class Cells(NamedTuple):
    """The values of a table, by column: numbers, booleans, dates, texts, None where nothing is.

    Attributes:
        columns: N values each.
        rows_N: where each row stands in its file, from 1.
    """

    columns: dict[str, list[Any]]
    rows_N: NDArray[np.int64]


def json_cells(content: bytes, name: str, most_rows: int, most_columns: int) -> Cells:
    """One JSON object a line; columns are the keys in the order in which they first occur, blank lines are skipped.

    Raises:
        DatasetError: a line is no object, or there are too many rows or columns.
    """
    rows: list[int] = []
    columns: dict[str, list[Any]] = {}
    for number, line in enumerate(io.BytesIO(content), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DatasetError(
                f"Line {number:,} of {name} is no JSON ({error}): correct it; each line is one object such as "
                '{"text": "...", "label": "..."}.'
            ) from error
        if not isinstance(item, dict):
            raise DatasetError(
                f"Line {number:,} of {name} is no JSON object: write one object a line, such as "
                '{"text": "...", "label": "..."}, without brackets around all of them.'
            )
        if len(rows) == most_rows:
            raise _too_many(name, most_rows, "rows")
        for key, value in item.items():
            if key not in columns:
                if len(columns) == most_columns:
                    raise _too_many(name, most_columns, "columns")
                columns[key] = []
            columns[key] += [None] * (len(rows) - len(columns[key])) + [value]
        rows.append(number)
    if not columns:
        raise DatasetError(f"{name} holds no values: write one JSON object a line.")
    for values in columns.values():
        values += [None] * (len(rows) - len(values))
    return Cells(columns, np.array(rows, dtype=np.int64))


def parquet_cells(file: UserFile, name: str, most_rows: int, most_columns: int) -> Cells:
    """The columns of a Parquet file, one read at a time; rows are counted from 1.

    Raises:
        DatasetError: it is damaged, empty or too large, or two columns have one name.
        MissingExtraError: pyarrow is not installed.
    """
    with optional_imports():
        import pyarrow as pa
        import pyarrow.parquet as parquet
    try:
        with parquet.ParquetFile(pa.BufferReader(file) if isinstance(file, bytes) else file, memory_map=True) as opened:
            rows = opened.metadata.num_rows
            names = column_names(1, opened.schema_arrow.names)
            if rows > most_rows:
                raise _too_many(name, most_rows, "rows")
            if len(names) > most_columns:
                raise _too_many(name, most_columns, "columns")
            if not rows or not names:
                raise DatasetError(f"{name} has no rows: choose a file that holds data.")
            columns: dict[str, list[Any]] = {}
            size = 0
            for column in names:
                values: list[Any] = []
                for batch in opened.iter_batches(_BLOCK, columns=[column]):
                    # A value stored once and repeated takes next to nothing in the file.
                    size += batch.nbytes
                    if size > _MOST_UNPACKED:
                        raise DatasetError(
                            f"{name} unpacks to more than {_MOST_UNPACKED / 1e6:,.0f} MB: keep the columns and rows "
                            "that matter."
                        )
                    values += batch.column(0).to_pylist()
                columns[column] = values
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise DatasetError(f"{name} is no whole Parquet file ({error}): write or download it again.") from error
    return Cells(columns, np.arange(1, rows + 1))


def excel_cells(
    file: UserFile, name: str, sheet: str | None, header: bool | None, most_rows: int, most_columns: int
) -> tuple[Cells, str, int | None]:
    """A sheet of an Excel workbook, of formulas their last saved values; empty rows are skipped, but counted.

    Args:
        file: the workbook (.xlsx or .xlsm).
        name: what to call it in sentences.
        sheet: the sheet; None: the only one that holds anything.
        header: whether the first row names the columns; None: see `has_header`.
        most_rows: how many rows it may have.
        most_columns: how many columns.

    Returns:
        The cells, the sheet's name, and the row of names, None without.

    Raises:
        Ambiguous: several sheets hold something and none is chosen, or the first row holds a number.
        DatasetError: it is damaged, protected by a password, empty or too large, or there is no such sheet.
        MissingExtraError: openpyxl is not installed.
    """
    with optional_imports():
        import openpyxl
    _check_parts(file, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of a workbook that are not read, such as validation
            given = io.BytesIO(file) if isinstance(file, bytes) else file
            with closing(openpyxl.load_workbook(given, read_only=True, data_only=True)) as book:
                chosen = sheet or _only_sheet(book, name)
                if chosen not in book.sheetnames:
                    known = ", ".join(map(quoted, book.sheetnames))
                    raise DatasetError(f"{name} has no sheet {quoted(chosen)}: choose one of {known}.")
                rows = list(_sheet_rows(book[chosen], name, most_rows, most_columns))
    except (DatasetError, MemoryError):
        raise
    except Exception as error:  # openpyxl says of a damaged workbook whatever its parts run into
        raise DatasetError(
            f"{name} is no workbook that can be read ({error}): open it in a spreadsheet and save it as .xlsx or CSV."
        ) from error
    if not rows:
        raise DatasetError(f"Sheet {quoted(chosen)} of {name} is empty: choose another sheet or file.")
    width = max(len(values) for _, values in rows)
    first = rows[0][0]
    titles = ["" if value is None else str(value).strip() for value in rows[0][1]]
    titles += [""] * (width - len(titles))
    named = has_header(first, titles, ([str(value) for value in values] for _, values in rows[1:_BLOCK]), header)
    names = column_names(first, titles if named else [""] * width)
    below = rows[1:] if named else rows
    if not below:
        raise DatasetError(f"Sheet {quoted(chosen)} of {name} has column names but no rows: add a row for each item.")
    columns = {
        column: [values[place] if place < len(values) else None for _, values in below]
        for place, column in enumerate(names)
    }
    return Cells(columns, np.array([row for row, _ in below], dtype=np.int64)), chosen, first if named else None


def _check_parts(file: UserFile, name: str) -> None:
    """Raise DatasetError for a workbook whose parts are no sheets of its size, by the archive's list of them."""
    with open_archive(file, name, most_members=_MOST_PARTS, most_bytes=sys.maxsize) as archive:
        parts = archive.infolist()
    unpacked, packed = (sum(getattr(part, size) for part in parts) for size in ("file_size", "compress_size"))
    if any(part.file_size > max(_LARGE, _MOST_SHRUNK * part.compress_size) for part in parts):
        raise DatasetError(
            f"{name} is no table: its {packed / 1e6:,.1f} MB unpack to {unpacked / 1e6:,.0f} MB of repetitions. Save "
            "the sheet as CSV."
        )
    if unpacked > _MOST_WORKBOOK:
        raise DatasetError(
            f"{name} unpacks to {unpacked / 1e6:,.0f} MB, more than {_MOST_WORKBOOK / 1e6:,.0f} for a workbook: save "
            "the sheet as CSV, or keep the columns and rows that matter."
        )


def _only_sheet(book: Any, name: str) -> str:
    filled: dict[str, str] = {}
    for sheet in book.worksheets:
        row = next(_filled_rows(sheet), None)
        if row is not None:
            filled[sheet.title] = ", ".join(quoted(str(value)) for value in row[1][:3])
    if len(filled) > 1:
        options = tuple(Option(title, f"Sheet {quoted(title)}", example) for title, example in filled.items())
        known = " or ".join(map(quoted, filled))
        raise Ambiguous(
            Question("sheet", f"{name} has several sheets: choose {known}.", options),
        )
    return next(iter(filled), book.sheetnames[0])


def _filled_rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """The rows that hold anything, without the empty cells at their ends."""
    sheet.reset_dimensions()  # what the file says of them need not be true
    for row, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        last = max((place for place, value in enumerate(values, start=1) if value not in (None, "")), default=0)
        if last:
            yield row, list(values[:last])


def _sheet_rows(sheet: Any, name: str, most_rows: int, most_columns: int) -> Iterable[tuple[int, list[Any]]]:
    for count, (row, values) in enumerate(_filled_rows(sheet)):
        if count > most_rows:
            raise _too_many(name, most_rows, "rows")
        if len(values) > most_columns:
            raise _too_many(name, most_columns, "columns")
        yield row, values


def _too_many(name: str, most: int, what: str) -> DatasetError:
    advice = "Keep a random part of it." if what == "rows" else "Keep those that matter, or give numbers as .npy."
    return DatasetError(f"{name} has more than {most:,} {what}. {advice}")
