"""The decimal signs of two columns, and in words what was assumed in reading them."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from alcore.datasets.tables.columns import Column, Table, quoted
from alcore.datasets.tables.numerals import Decimal, number_in
from alcore.datasets.tables.question import Ambiguous, Option, Question
from alcore.datasets.tables.separators import SEPARATORS

SIGNS: dict[Decimal, str] = {".": "point", ",": "comma"}


def decided_signs(table: Table, x: str, y: str, decimal: Decimal | None) -> Table:
    """The table with the decimal signs of two columns known; one may say it for the other."""
    columns = {name: table.column(name) for name in (x, y)}
    for name, other in ((x, y), (y, x)):
        column = columns[name]
        if column.unclear is None:
            continue
        sign = decimal or table.column(other).decimal
        if sign is None:
            row = int(table.rows[column.unclear])
            raise Ambiguous(decimal_question(column.cells[column.unclear], name, row, "the two columns"))
        columns[name] = column.read(sign)
    return replace(table, columns=table.columns | columns)


def decimal_question(cell: str, column: str, row: int, others: str) -> Question:
    """Which number a cell such as 1.250 is.

    Args:
        cell: what it holds.
        column: the name of its column.
        row: its row in the file.
        others: which numbers do not settle it either.
    """
    options = tuple(
        Option(sign, f"Decimal {word}", f"{quoted(cell)} is {number_in(cell, sign):.15g}")
        for sign, word in SIGNS.items()
    )
    values = " or ".join(option.example.partition(" is ")[2] for option in options)
    return Question(
        "decimal",
        f"Row {row:,}, column {quoted(column)} holds {quoted(cell)}, which can be {values}, and no other number of "
        f"{others} says which: choose the decimal sign.",
        options,
    )


def reading_of(table: Table, *, x: str, y: str, decimal: Decimal | None = None) -> str:
    """What was assumed in reading a file, as a sentence.

    Raises:
        Ambiguous: as `own_points`.
    """
    reading = table.reading
    table = decided_signs(table, x, y, decimal)
    parts = [
        f"Read as {reading.encoding}",
        f"columns separated by {SEPARATORS.get(reading.separator, quoted(reading.separator))}",
    ]
    parts += [reading.quotes] if reading.quotes else []
    parts += _spoken_signs([table.column(name) for name in (x, y)])
    parts.append(f"names in row {reading.header:,}")
    return ", ".join(parts) + "."


def _spoken_signs(columns: Iterable[Column]) -> list[str]:
    """The decimal and thousands signs of columns of numbers."""
    found: dict[str, list[str]] = {}
    for column in columns:
        if column.decimal is None:
            words = "no decimal sign"
        else:
            thousands: Decimal = "," if column.decimal == "." else "."
            words = f"decimal {SIGNS[column.decimal]}"
            if any(
                thousands in cell and not np.isnan(number)
                for cell, number in zip(column.cells, column.numbers, strict=True)
            ):
                words += f", {SIGNS[thousands]}s between thousands"
        found.setdefault(words, []).append(column.name)
    if len(found) == 1:
        return list(found)
    return [f"{words} in {quoted(names[0])}" for words, names in found.items()]
