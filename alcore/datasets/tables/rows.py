"""The rows of a text with separators, one by one, and the names of their columns."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, TypeVar

from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables.columns import cleaned, quoted
from alcore.datasets.tables.lines import Text
from alcore.datasets.tables.numerals import is_number
from alcore.datasets.tables.question import Ambiguous, Option, Question

T = TypeVar("T")
Row = tuple[int, list[str]]


def rows_of(text: Text, separator: str, collect: Callable[[Iterator[Row]], T]) -> tuple[T, str]:
    """What `collect` makes of the rows, and how quotation marks were read, for people; empty where as usual.

    Quotation marks around a cell are not part of it, two inside stand for one. Where that does not give the rows of a
    table, backslashes before quotation marks are taken as escapes, then, between tabs, quotation marks as text.

    Args:
        text: the file.
        separator: what separates its columns.
        collect: called with the rows that hold anything: the number of each in the file, from 1, and its cells. Called
            again, with the next way to read quotation marks, if it raises DatasetError.

    Raises:
        DatasetError: as `collect` the first time, or if a quotation mark is left open.
    """
    ways: list[tuple[str, Iterator[str], Literal[0, 1, 2, 3]]] = [("", text.lines(), csv.QUOTE_MINIMAL)]
    if b'\\"' in text.content:
        unescaped = (line.replace('\\"', '""') for line in text.lines())
        ways.append(("quotation marks escaped by backslashes", unescaped, csv.QUOTE_MINIMAL))
    if separator == "\t" and b'"' in text.content:
        ways.append(("quotation marks taken as text", text.lines(), csv.QUOTE_NONE))
    problems: list[DatasetError] = []
    for quotes, lines, quoting in ways:
        try:
            return collect(_records(lines, separator, text.name, quoting)), quotes
        except Ambiguous:
            raise
        except DatasetError as error:
            problems.append(error)
    raise problems[0]


def _records(lines: Iterator[str], separator: str, name: str, quoting: Literal[0, 1, 2, 3]) -> Iterator[Row]:
    row = 0
    try:
        for row, cells in enumerate(csv.reader(lines, delimiter=separator, strict=True, quoting=quoting), start=1):
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


def has_header(row: int, cells: Sequence[str], below: Iterable[Sequence[str]], given: bool | None) -> bool:
    """Does the first row name the columns?

    Args:
        row: its number in the file.
        cells: the row.
        below: rows after it.
        given: the answer, where the user gave it.

    Raises:
        Ambiguous: a cell is a number, or stands below in its column too, and there is no answer.
    """
    if given is not None:
        return given
    number = next((place for place, cell in enumerate(cells) if is_number(cell)), None)
    pairs = ((place, cell) for line in below for place, cell in enumerate(line[: len(cells)]))
    doubtful = number if number is not None else next((at for at, cell in pairs if cell and cell == cells[at]), None)
    if doubtful is None:
        return True
    what = "the number " if number is not None else ""
    also = "" if number is not None else ", as a row below does"
    example = ", ".join(map(quoted, cells[:3]))
    raise Ambiguous(
        Question(
            "header",
            f"Row {row:,} holds {what}{quoted(cells[doubtful])} in column {doubtful + 1}{also}, so it may be an item "
            "rather than a row of names: choose which it is.",
            (
                Option("no", "The first row is an item", f"column 1 holds {quoted(cells[0])}"),
                Option("yes", "The first row names the columns", f"columns are named {example}"),
            ),
        )
    )
