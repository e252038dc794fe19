"""The rows of a text with separators, one by one, and the names of their columns."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables.columns import cleaned, quoted
from alcore.datasets.tables.lines import Text
from alcore.datasets.tables.numerals import is_number
from alcore.datasets.tables.question import Ambiguous, Option, Question

T = TypeVar("T")
Row = tuple[int, list[str]]


def rows_of(text: Text, separator: str, collect: Callable[[Iterator[Row]], T]) -> tuple[T, bool]:
    """What `collect` makes of the rows, and whether backslashes stand before quotation marks inside quotes.

    Args:
        text: the file.
        separator: what separates its columns.
        collect: called with the rows that hold anything: the number of each in the file, from 1, and its cells. Called
            again, with backslashes before quotation marks taken as escapes, if it raises DatasetError.

    Raises:
        DatasetError: as `collect`, or if a quotation mark is left open.
    """
    try:
        return collect(_records(text.lines(), separator, text.name)), False
    except DatasetError as error:
        if b'\\"' not in text.content:
            raise
        try:
            unescaped = (line.replace('\\"', '""') for line in text.lines())
            return collect(_records(unescaped, separator, text.name)), True
        except DatasetError:
            raise error from None


def _records(lines: Iterator[str], separator: str, name: str) -> Iterator[Row]:
    row = 0
    try:
        for row, cells in enumerate(csv.reader(lines, delimiter=separator, strict=True), start=1):
            if any(cells) and any(clean := [cleaned(cell) for cell in cells]):
                yield row, clean
    except csv.Error as error:
        raise DatasetError(
            f"{name} cannot be read beyond row {row:,} ({error}): look for a quotation mark left open or "
            f"in the middle of a cell in row {row + 1:,}."
        ) from error


def full_rows(rows: Iterable[Row], columns: int, most: int, name: str) -> Iterator[Row]:
    """The rows, each with as many cells as there are columns.

    Raises:
        DatasetError: there are more than `most`, or a row has another number of cells.
    """
    for count, (row, cells) in enumerate(rows):
        if count == most:
            raise DatasetError(
                f"{name} has more than {most:,} rows: row {row:,} is the first too many. Keep a random part of it."
            )
        if len(cells) != columns:
            raise DatasetError(
                f"Row {row:,} has {counted(len(cells), 'cell')}, but the first row names "
                f"{counted(columns, 'column')}: look for a missing or a surplus separator in row {row:,}."
            )
        yield row, cells


def column_names(row: int, header: Sequence[str]) -> list[str]:
    """The names that a row gives to the columns, `column 3` where it gives none.

    Raises:
        DatasetError: two columns have one name.
    """
    names = [cell or f"column {place}" for place, cell in enumerate(header, start=1)]
    twice, count = Counter(names).most_common(1)[0]
    if count > 1:
        first, second = [place for place, one in enumerate(names, start=1) if one == twice][:2]
        raise DatasetError(
            f"Row {row} names columns {first} and {second} both {quoted(twice)}: give each its own name."
        )
    return names


def counted(number: int, word: str) -> str:
    """`1 cell`, `2 cells`."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def has_header(row: int, cells: Sequence[str], given: bool | None) -> bool:
    """Does the first row name the columns?

    Args:
        row: its number in the file.
        cells: the row.
        given: the answer, where the user gave it.

    Raises:
        Ambiguous: a cell is a number, and there is no answer.
    """
    if given is not None:
        return given
    number = next((place for place, cell in enumerate(cells, start=1) if is_number(cell)), None)
    if number is None:
        return True
    example = ", ".join(map(quoted, cells[:3]))
    raise Ambiguous(
        Question(
            "header",
            f"Row {row:,} holds the number {quoted(cells[number - 1])} in column {number}, so it may be an item rather "
            "than a row of names: choose which it is.",
            (
                Option("no", "The first row is an item", f"column 1 holds {quoted(cells[0])}"),
                Option("yes", "The first row names the columns", f"columns are named {example}"),
            ),
        )
    )
