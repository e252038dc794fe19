"""A user's own file: bytes to a table, or a sentence that names the place where it cannot be read."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np

from alcore.datasets.dataset import DatasetError
from alcore.datasets.table import Column, Table, is_formula, number_in, quoted

MAX_ROWS = 20_000
MAX_COLUMNS = 50
MAX_BYTES = 20_000_000

# Where two split the rows equally well, the earlier: commas also stand inside cells, the others hardly ever.
_SEPARATORS = ("\t", ";", ",")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def read_table(data: bytes, name: str) -> Table:
    """Read a file of up to 20,000 points whose first row names the columns.

    Commas, semicolons or tabs separate the columns; UTF-8 with or without its mark, or Windows' Latin-1.
    Empty rows are skipped, but counted. Numbers have a decimal point; where semicolons separate the columns,
    a decimal comma as well. Only the shape of the file is judged here: what the cells hold matters in the
    columns that are chosen, see `own_points`.

    Args:
        data: the file.
        name: what to call it in sentences.

    Raises:
        DatasetError: with a sentence that names the place and what to do.
    """
    text = _decode(data, name)
    separator = _separator(text, name)
    records = _records(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), name)
    names = _names(*next(records), name)
    rows: list[int] = []
    lines: list[list[str]] = []
    for row, cells in records:
        if len(rows) == MAX_ROWS:
            raise DatasetError(
                f"{name} has more than {MAX_ROWS:,} rows of points: row {row:,} is the first too many. "
                "Keep a random part of it."
            )
        if len(cells) != len(names):
            raise DatasetError(
                f"Row {row:,} has {_count(len(cells), 'cell')}, but the first row names "
                f"{_count(len(names), 'column')}: look for a missing or a surplus separator in row {row:,}."
            )
        rows.append(row)
        lines.append(cells)
    if not rows:
        raise DatasetError(f"{name} has column names but no rows: add a row for each point.")
    # Elsewhere a comma in a number may stand before thousands.
    point = "," if separator == ";" else "."
    columns = {
        title: Column(title, cells, np.array([number_in(cell.replace(point, ".")) for cell in cells]))
        for title, cells in zip(names, zip(*lines, strict=True), strict=True)
    }
    table = Table(name, columns, np.array(rows))
    _require_features(table)
    return table


def _decode(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise DatasetError(
            f"{name} has {len(data) / 1e6:.1f} MB, more than {MAX_BYTES / 1e6:.0f}: keep the columns and "
            "rows that matter."
        )
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _NOT_TEXT.search(text):
            break
        return text
    raise DatasetError(
        f"{name} is not a text file: save it as CSV (in a spreadsheet: Save as, CSV UTF-8) and choose that."
    )


def _records(reader: Iterator[list[str]], name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with its number in the file."""
    row = 0
    try:
        for row, cells in enumerate(reader, start=1):
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield row, stripped
    except csv.Error as error:
        raise DatasetError(
            f"{name} cannot be read beyond row {row:,} ({error}): look for a quotation mark left open or "
            f"in the middle of a cell in row {row + 1:,}."
        ) from error


def _separator(text: str, name: str) -> str:
    """What splits the first rows into more than one column, equally many in each, and the most."""

    def fit(separator: str) -> tuple[bool, bool, int]:
        # Not strict: quotation marks stand in odd places for all separators but the right one.
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        widths = [len(cells) for _, cells in islice(_records(reader, name), 20)]
        if not widths:
            raise DatasetError(
                f"{name} is empty: choose a file with a row of names and a row for each point."
            )
        return widths[0] > 1, len(set(widths)) == 1, widths[0]

    return max(_SEPARATORS, key=fit)


def _names(row: int, header: list[str], name: str) -> list[str]:
    """The names of the columns, or a sentence about the first row."""
    if len(header) == 1:
        raise DatasetError(
            f"{name} has one column only ({quoted(header[0])}): two columns of numbers and one of labels are "
            "needed, separated by commas, semicolons or tabs."
        )
    if len(header) > MAX_COLUMNS:
        raise DatasetError(
            f"{name} has {len(header):,} columns, more than {MAX_COLUMNS}: keep those that matter."
        )
    for place, cell in enumerate(header, start=1):
        where = f"Row {row}, column {place}"
        if np.isfinite(number_in(cell.replace(",", "."))):
            raise DatasetError(
                f"{where} holds the number {quoted(cell)} where a column's name should be: put a row with a "
                "name for each column on top of the file."
            )
        if is_formula(cell):
            raise DatasetError(
                f"{where} holds a formula ({quoted(cell)}) where a column's name should be: give the column "
                "a name that does not begin with =, +, - or @."
            )
    names = [cell or f"column {place}" for place, cell in enumerate(header, start=1)]
    twice, count = Counter(names).most_common(1)[0]
    if count > 1:
        first, second = [place for place, one in enumerate(names, start=1) if one == twice][:2]
        raise DatasetError(
            f"Row {row} names columns {first} and {second} both {quoted(twice)}: give each its own name."
        )
    return names


def _require_features(table: Table) -> None:
    features = table.feature_columns
    if len(table.columns) >= 3 and len(features) >= 2:
        return
    example = ""
    for column in [column for column in table.columns.values() if not column.is_numeric][:1]:
        place = int(np.isnan(column.numbers).argmax())
        held = quoted(column.cells[place])
        example = f" (row {table.rows[place]:,} of column {quoted(column.name)} holds {held})"
    raise DatasetError(
        f"{table.name} has {_count(len(table.columns), 'column')}, {len(features)} of them of numbers"
        f"{example}: two columns of numbers and one more with labels are needed."
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
