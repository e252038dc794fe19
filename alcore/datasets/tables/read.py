"""A user's own file: bytes to a table, or a sentence that names the place where it cannot be read."""

import csv
from collections import Counter
from collections.abc import Iterator

import numpy as np

from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables.columns import Column, Reading, Table, cleaned, column_of, is_formula, quoted
from alcore.datasets.tables.encoding import as_utf8
from alcore.datasets.tables.lines import Text
from alcore.datasets.tables.numerals import number_in
from alcore.datasets.tables.separators import separator_of

MAX_ROWS = 20_000
MAX_COLUMNS = 50
MAX_BYTES = 20_000_000

_Parsed = tuple[int, list[str], list[int], list[list[str]]]


def read_csv(data: bytes, name: str, *, encoding: str | None = None, separator: str | None = None) -> Table:
    """Read a file of up to 20,000 points whose first row names the columns.

    Commas, semicolons or tabs separate the columns, or what a first line such as `sep=;` says. The encoding
    is UTF-8, or that of the byte-order mark, or `encoding`. Empty rows are skipped, but counted. Numbers have
    a decimal point or a decimal comma, see `Column`. Only the shape of the file is judged here: what the
    cells hold matters in the columns that are chosen, see `own_points`.

    A file has up to 20 MB, 50 columns and 1,100,000 lines, empty ones included; a line up to a million
    characters. Reading ends after 20 seconds.

    Args:
        data: the file.
        name: what to call it in sentences.
        encoding: a key of `ENCODINGS`, for a file that has several readings.
        separator: one character, for a file that has several readings.

    Raises:
        Ambiguous: an argument is not given that decides what the file says.
        DatasetError: with a sentence that names the place and what to do.
    """
    if len(data) > MAX_BYTES:
        raise DatasetError(
            f"{name} has {len(data) / 1e6:.1f} MB, more than {MAX_BYTES / 1e6:.0f}: keep the columns and "
            "rows that matter."
        )
    content, title = as_utf8(data, name, encoding)
    text = Text(name, content)
    between = text.announced or separator or separator_of(text)
    (header, names, rows, lines), backslashes = _parsed(text, between)
    columns: dict[str, Column] = {}
    for place, column in enumerate(names):
        text.check_time()
        columns[column] = column_of(column, [cells[place] for cells in lines])
    table = Table(name, columns, np.array(rows), Reading(title, between, header, backslashes))
    _require_features(table)
    return table


def _parsed(text: Text, separator: str) -> tuple[_Parsed, bool]:
    """The rows, and whether backslashes stand before quotation marks inside quotes, as in some files."""
    try:
        return _parse(text, text.lines(), separator), False
    except DatasetError as error:
        if b'\\"' not in text.content:
            raise
        try:
            return _parse(text, (line.replace('\\"', '""') for line in text.lines()), separator), True
        except DatasetError:
            raise error from None


def _parse(text: Text, lines: Iterator[str], separator: str) -> _Parsed:
    """The number of the header's row, its names, and the other rows: their numbers and their cells."""
    records = _records(csv.reader(lines, delimiter=separator, strict=True), text.name)
    first = next(records, None)
    if first is None:
        raise DatasetError(f"{text.name} is empty: choose a file with a row of names and a row for each point.")
    names = _names(*first, text.name)
    rows: list[int] = []
    kept: list[list[str]] = []
    for row, cells in records:
        if len(rows) == MAX_ROWS:
            raise DatasetError(
                f"{text.name} has more than {MAX_ROWS:,} rows of points: row {row:,} is the first too many. "
                "Keep a random part of it."
            )
        if len(cells) != len(names):
            raise DatasetError(
                f"Row {row:,} has {_count(len(cells), 'cell')}, but the first row names "
                f"{_count(len(names), 'column')}: look for a missing or a surplus separator in row {row:,}."
            )
        rows.append(row)
        kept.append(cells)
    if not rows:
        raise DatasetError(f"{text.name} has column names but no rows: add a row for each point.")
    return first[0], names, rows, kept


def _records(reader: Iterator[list[str]], name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with its number in the file."""
    row = 0
    try:
        for row, cells in enumerate(reader, start=1):
            if any(cells) and any(clean := [cleaned(cell) for cell in cells]):
                yield row, clean
    except csv.Error as error:
        raise DatasetError(
            f"{name} cannot be read beyond row {row:,} ({error}): look for a quotation mark left open or "
            f"in the middle of a cell in row {row + 1:,}."
        ) from error


def _names(row: int, header: list[str], name: str) -> list[str]:
    """The names of the columns, or a sentence about the first row."""
    if len(header) == 1:
        raise DatasetError(
            f"{name} has one column only ({quoted(header[0])}): two columns of numbers and one of labels are "
            "needed, separated by commas, semicolons or tabs."
        )
    if len(header) > MAX_COLUMNS:
        raise DatasetError(f"{name} has {len(header):,} columns, more than {MAX_COLUMNS}: keep those that matter.")
    for place, cell in enumerate(header, start=1):
        where = f"Row {row}, column {place}"
        if np.isfinite(number_in(cell, ".")) or np.isfinite(number_in(cell, ",")):
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
