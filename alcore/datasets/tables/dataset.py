"""A user's own points: three columns of a table as a pool and a test set."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset, DatasetError
from alcore.datasets.tables.columns import MAX_CLASSES, MAX_LABEL, MISSING, Column, Table, is_formula, quoted
from alcore.datasets.tables.numerals import Decimal, is_number, number_in
from alcore.datasets.tables.read import read_csv
from alcore.datasets.tables.signs import SIGNS, decided_signs, reading_of

TEST_SHARE = 0.25
MOST_TEST_POINTS = 1000
# One for the test set, and enough in the pool that a balanced start of a few labels finds one.
FEWEST_ROWS = 5
# Beyond it distances between coordinates could overflow.
LARGEST = 1e100


@dataclass(frozen=True, eq=False)
class Scale:
    """How two columns became coordinates: original = coordinate * spread + centre.

    Attributes:
        centre_2: the mean of each column.
        spread_2: its standard deviation.
    """

    centre_2: NDArray[np.float64]
    spread_2: NDArray[np.float64]


def csv_dataset(
    table: Table, *, x: str, y: str, label: str, rng: np.random.Generator, decimal: Decimal | None = None
) -> Dataset:
    """Two columns as standardised coordinates, a third as labels; a stratified part is the test set.

    Rows without a label are left out, see `unlabelled`. The test set is a random quarter of each class, at
    most about 1,000 points in all and one a class or more; its size does not depend on the stream. Columns
    are standardised by the mean and standard deviation of all rows with a label, in which no label has a
    part: see `scale_of`. Labels are text, equal in Unicode's NFC: 1 and 1.0 are two classes. Classes are in
    the order of the numbers if all are numbers. Labels never begin like a formula, so that an export is safe
    to open.

    Args:
        table: as `read_csv` returned it.
        x: the column of horizontal positions.
        y: the column of vertical positions.
        label: the column of labels.
        rng: the split's stream; another one is another split of the same points.
        decimal: the decimal sign of a column whose cells leave it open, as 1.250 does.

    Returns:
        A data set named `own`, the pool in random order.

    Raises:
        Ambiguous: a column leaves its decimal sign open, and neither `decimal` nor the other column says it.
        DatasetError: with a sentence that names row and column and what to do.
    """
    if len({x, y, label}) < 3:
        raise DatasetError(
            f"x is {quoted(x)}, y is {quoted(y)} and the label is {quoted(label)}: choose three different columns."
        )
    table = _labelled(decided_signs(table, x, y, decimal), label)
    units_N_2, _ = _in_units(table, x, y)
    classes, labels_N = _labels(table, table.column(label))
    coordinates_N_2 = (units_N_2 - units_N_2.mean(axis=0)) / units_N_2.std(axis=0)
    pool, test = _split(labels_N, rng)
    return Dataset("own", coordinates_N_2[pool], labels_N[pool], coordinates_N_2[test], labels_N[test], classes)


def scale_of(table: Table, *, x: str, y: str, label: str | None = None, decimal: Decimal | None = None) -> Scale:
    """What turns the coordinates of `csv_dataset` back into the columns' own numbers.

    Args:
        table: as `csv_dataset`.
        x: as `csv_dataset`.
        y: as `csv_dataset`.
        label: as `csv_dataset`; None for a table with a label in every row.
        decimal: as `csv_dataset`.

    Raises:
        DatasetError: as `csv_dataset`.
    """
    table = decided_signs(table, x, y, decimal)
    units_N_2, exponents_2 = _in_units(table if label is None else _labelled(table, label), x, y)
    return Scale(np.ldexp(units_N_2.mean(axis=0), exponents_2), np.ldexp(units_N_2.std(axis=0), exponents_2))


def unlabelled(table: Table, label: str) -> int:
    """How many rows have no label, and are left out by `csv_dataset`."""
    return table.column(label).cells.count("")


def _labelled(table: Table, label: str) -> Table:
    """The rows that have a label."""
    column = table.column(label)
    places = np.flatnonzero([cell != "" for cell in column.cells])
    if len(places) == 0:
        raise DatasetError(f"Column {quoted(label)} has no label in any row: fill in labels or choose another.")
    if len(places) == len(column.cells):
        return table
    columns = {name: column.at(places) for name, column in table.columns.items()}
    return replace(table, columns=columns, rows=table.rows[places])


def _in_units(table: Table, x: str, y: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Two columns as (N, 2) between -1 and 1, every number fit to be a coordinate, and their exponents.

    Each column is divided by a power of two, which loses nothing: squares of the numbers that were given can
    be too small or too large for a float. Column j holds units_N_2[:, j] * 2**exponents_2[j].
    """
    columns = [table.column(name) for name in (x, y)]
    for column in columns:
        # NaN compares as false.
        unfit = np.flatnonzero(~(np.abs(column.numbers) <= LARGEST))
        if len(unfit):
            raise DatasetError(
                _complaint(table, column, int(unfit[0])) + _more(len(unfit) - 1, "have no number to use")
            )
    given_N_2 = np.stack([column.numbers for column in columns], axis=1)
    exponents_2 = np.frexp(np.abs(given_N_2).max(axis=0))[1].astype(np.int64)
    units_N_2 = np.ldexp(given_N_2, -exponents_2)
    for column, units_N in zip(columns, units_N_2.T, strict=True):
        if np.ptp(column.numbers) == 0 or units_N.std() == 0:
            raise DatasetError(
                f"Column {quoted(column.name)} holds {column.numbers[0]:g} in every row, from row "
                f"{table.rows[0]:,} to row {table.rows[-1]:,}: choose a column that varies."
            )
    return units_N_2, exponents_2


def _labels(table: Table, column: Column) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The classes in order and each row's place among them, or a sentence about the labels."""
    where = f"column {quoted(column.name)}"
    for place, cell in enumerate(column.cells):
        if len(cell) > MAX_LABEL:
            raise DatasetError(
                f"Row {table.rows[place]:,}, {where} holds a label of {len(cell):,} characters "
                f"({quoted(cell)}), more than {MAX_LABEL}: choose a column of short labels."
            )
        if is_formula(cell):
            raise DatasetError(_complaint(table, column, place))
    classes = _in_order(set(column.cells))
    place_of = {name: place for place, name in enumerate(classes)}
    labels_N = np.array([place_of[cell] for cell in column.cells], dtype=np.int64)
    if len(classes) == 1:
        raise DatasetError(
            f"Only one class, {quoted(classes[0])}, is in {where} from row {table.rows[0]:,} to row "
            f"{table.rows[-1]:,}: choose a column with two to {MAX_CLASSES} classes."
        )
    if len(classes) > MAX_CLASSES:
        new = int(np.sort(np.unique(labels_N, return_index=True)[1])[MAX_CLASSES])
        raise DatasetError(
            f"There are {len(classes):,} different labels in {where}, number {MAX_CLASSES + 1} in "
            f"row {table.rows[new]:,}: choose a column with two to {MAX_CLASSES} classes."
        )
    counts_C = np.bincount(labels_N)
    rarest = int(counts_C.argmin())
    if counts_C[rarest] < FEWEST_ROWS:
        only = ", ".join(f"{row:,}" for row in table.rows[labels_N == rarest])
        raise DatasetError(
            f"Class {quoted(classes[rarest])} in {where} has too few rows (row {only}): each class needs "
            f"{FEWEST_ROWS} or more, so add rows of it or delete these."
        )
    return classes, labels_N


def _in_order(labels: set[str]) -> tuple[str, ...]:
    """By their values if all are numbers, so that 2 comes before 10; else as text."""
    values = {label: number_in(label) for label in labels}
    if any(np.isnan(value) for value in values.values()):
        return tuple(sorted(labels))
    return tuple(sorted(labels, key=lambda label: (values[label], label)))


def _complaint(table: Table, column: Column, place: int) -> str:
    """What is wrong with a cell, where, and what to do."""
    cell = column.cells[place]
    where = f"Row {table.rows[place]:,}, column {quoted(column.name)}"
    if cell.lower() in MISSING:
        return f"{where} has no value: fill it in or delete the row."
    if np.abs(column.numbers[place]) > LARGEST:
        return f"{where} holds {quoted(cell)}, which is not finite or too large: correct it or delete the row."
    if column.decimal is not None and is_number(cell):
        sign = SIGNS[column.decimal]
        return (
            f"{where} holds {quoted(cell)}, but other rows of this column have a decimal {sign}: "
            f"write it with a decimal {sign} too."
        )
    if is_formula(cell):
        return (
            f"{where} holds a formula ({quoted(cell)}), which is never evaluated: put its value there, "
            "not beginning with =, +, - or @ unless it is a number."
        )
    return f"{where} holds {quoted(cell)}, which is not a number: correct it or choose another column."


def _more(count: int, what: str) -> str:
    return f" {count:,} more rows of this column {what}." if count else ""


def _split(labels_N: NDArray[np.int64], rng: np.random.Generator) -> tuple[NDArray[np.int64], ...]:
    """Indices of the pool and of the test set, each in random order."""
    order = rng.permutation(len(labels_N))
    share = min(TEST_SHARE, MOST_TEST_POINTS / len(labels_N))
    tested_N = np.zeros(len(labels_N), dtype=bool)
    for members in (order[labels_N[order] == c] for c in range(labels_N.max() + 1)):
        tested_N[members[: max(1, round(share * len(members)))]] = True
    return order[~tested_N[order]], order[tested_N[order]]


__all__ = ["Scale", "Table", "csv_dataset", "read_csv", "reading_of", "scale_of", "unlabelled"]
