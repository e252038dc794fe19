"""A user's own file: bytes to a table, or a sentence that names the place where it cannot be read."""

from collections.abc import Iterator

import numpy as np

from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables.columns import Column, Reading, Table, column_of, is_formula, quoted
from alcore.datasets.tables.encoding import as_utf8
from alcore.datasets.tables.lines import Text
from alcore.datasets.tables.numerals import number_in
from alcore.datasets.tables.rows import Row, column_names, counted, full_rows, rows_of
from alcore.datasets.tables.separators import has_points, separator_of

MAX_ROWS = 20_000
MAX_COLUMNS = 50
MAX_BYTES = 20_000_000


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
    between = text.announced or separator or separator_of(text, has_points, "\t;,")

    def collect(found: Iterator[Row]) -> tuple[int, list[str], list[int], list[list[str]]]:
        header, first = next(found, (0, []))
        if not header:
            raise DatasetError(f"{name} is empty: choose a file with a row of names and a row for each point.")
        names = _names(header, first, name)
        rows: list[int] = []
        lines: list[list[str]] = []
        for row, cells in full_rows(found, len(names), MAX_ROWS, name):
            rows.append(row)
            lines.append(cells)
        if not rows:
            raise DatasetError(f"{name} has column names but no rows: add a row for each point.")
        return header, names, rows, lines

    (header, names, rows, lines), quotes = rows_of(text, between, collect)
    columns: dict[str, Column] = {}
    for place, column in enumerate(names):
        text.check_time()
        columns[column] = column_of(column, [cells[place] for cells in lines])
    table = Table(name, columns, np.array(rows), Reading(title, between, header, quotes))
    _require_features(table)
    return table


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
    return column_names(row, header)


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
        f"{table.name} has {counted(len(table.columns), 'column')}, {len(features)} of them of numbers"
        f"{example}: two columns of numbers and one more with labels are needed."
    )
