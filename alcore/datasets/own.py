"""A user's own points: three columns of a table as a pool and a test set."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset, DatasetError
from alcore.datasets.delimited import read_table
from alcore.datasets.table import MAX_CLASSES, MISSING, Column, Table, is_formula, quoted

TEST_SHARE = 0.25
MOST_TEST_POINTS = 1000
# One for the test set, and enough in the pool that a balanced start of a few labels finds one.
FEWEST_ROWS = 5
# Squares of larger numbers would overflow.
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


def own_points(table: Table, *, x: str, y: str, label: str, rng: np.random.Generator) -> Dataset:
    """Two columns as standardised coordinates, a third as labels; a stratified part is the test set.

    The test set is a random quarter of each class, at most about 1,000 points in all and one a class or more;
    its size does not depend on the stream. Columns are standardised by the mean and standard deviation of all
    rows, in which no label has a part: see `scale_of`. Labels may be words or numbers; classes are in their
    order. Labels are shown as they are and never begin like a formula, so that an export is safe to open.

    Args:
        table: as `read_table` returned it.
        x: the column of horizontal positions.
        y: the column of vertical positions.
        label: the column of labels.
        rng: the split's stream; another one is another split of the same points.

    Returns:
        A data set named `own`, the pool in random order.

    Raises:
        DatasetError: with a sentence that names row and column and what to do.
    """
    if len({x, y, label}) < 3:
        raise DatasetError(
            f"x is {quoted(x)}, y is {quoted(y)} and the label is {quoted(label)}: choose three different "
            "columns."
        )
    points_N_2 = _coordinates(table, x, y)
    scale = scale_of(table, x=x, y=y)
    classes, labels_N = _labels(table, _column(table, label))
    coordinates_N_2 = (points_N_2 - scale.centre_2) / scale.spread_2
    pool, test = _split(labels_N, rng)
    return Dataset(
        "own", coordinates_N_2[pool], labels_N[pool], coordinates_N_2[test], labels_N[test], classes
    )


def scale_of(table: Table, *, x: str, y: str) -> Scale:
    """What turns the coordinates of `own_points` back into the columns' own numbers.

    Raises:
        DatasetError: as `own_points`.
    """
    points_N_2 = _coordinates(table, x, y)
    return Scale(points_N_2.mean(axis=0), points_N_2.std(axis=0))


def _column(table: Table, name: str) -> Column:
    if name not in table.columns:
        raise DatasetError(f"{table.name} has no column {quoted(name)}: choose one of those it has.")
    return table.columns[name]


def _coordinates(table: Table, x: str, y: str) -> NDArray[np.float64]:
    """Two columns, (N, 2), every number fit to be a coordinate."""
    columns = [_column(table, name) for name in (x, y)]
    for column in columns:
        # NaN compares as false.
        unfit = np.flatnonzero(~(np.abs(column.numbers) <= LARGEST))
        if len(unfit):
            raise DatasetError(
                _complaint(table, column, int(unfit[0])) + _more(len(unfit) - 1, "have no number to use")
            )
        if np.ptp(column.numbers) == 0 or column.numbers.std() == 0:
            raise DatasetError(
                f"Column {quoted(column.name)} holds {column.numbers[0]:g} in every row, from row "
                f"{table.rows[0]:,} to row {table.rows[-1]:,}: choose a column that varies."
            )
    return np.stack([column.numbers for column in columns], axis=1)


def _labels(table: Table, column: Column) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The classes in order and each row's place among them, or a sentence about the labels."""
    for place, cell in enumerate(column.cells):
        if cell.lower() in MISSING or (is_formula(cell) and np.isnan(column.numbers[place])):
            raise DatasetError(_complaint(table, column, place))
    where = f"column {quoted(column.name)}"
    if np.isnan(column.numbers).any():
        classes = tuple(sorted(set(column.cells)))
        place_of = {name: place for place, name in enumerate(classes)}
        labels_N = np.array([place_of[cell] for cell in column.cells])
    else:  # 1 and 1.0 are one class, and 2 comes before 10
        values, labels_N = np.unique(column.numbers, return_inverse=True)
        classes = tuple(repr(value + 0.0).removesuffix(".0") for value in values.tolist())
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


def _complaint(table: Table, column: Column, place: int) -> str:
    """What is wrong with a cell, where, and what to do."""
    cell, where = column.cells[place], f"Row {table.rows[place]:,}, column {quoted(column.name)}"
    if cell.lower() in MISSING:
        return f"{where} has no value: fill it in or delete the row."
    if np.abs(column.numbers[place]) > LARGEST:
        return (
            f"{where} holds {quoted(cell)}, which is not finite or too large: correct it or delete the row."
        )
    if "," in cell and cell.lstrip("+-").replace(",", "", 1).isdecimal():
        return (
            f"{where} holds {quoted(cell)}: write numbers with a decimal point, or separate the columns by "
            "semicolons."
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


__all__ = ["Scale", "Table", "own_points", "read_table", "scale_of"]
