"""A user's own points: every failure is a sentence that names its place."""

import re

import numpy as np
import pytest

from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables.dataset import csv_dataset, read_csv
from alcore.datasets.tables.read import MAX_BYTES
from alcore.rng import rng_for
from tests.support.own_files import GOOD, file, points, said_about, spoiled


@pytest.mark.parametrize("cell", ["", "  ", "NA", "nan", "NULL", "?", "n/a"])
@pytest.mark.parametrize(("column", "name"), [(0, "width"), (1, "height")])
def test_missing_values_are_placed(cell: str, column: int, name: str) -> None:
    said = said_about(spoiled(9, column, cell))
    assert said == f"Row 9, column '{name}' has no value: fill it in or delete the row."


def test_more_of_the_same_is_counted() -> None:
    rows = [list(row) for row in GOOD]
    rows[4][1], rows[7][1], rows[8][1] = "high", "", "low"
    said = said_about(file(rows))
    assert said.startswith("Row 5, column 'height' holds 'high', which is not a number")
    assert said.endswith("2 more rows of this column have no number to use.")
    rows[8][1] = rows[7][1] = "1"
    assert said_about(file(rows)).endswith("choose another column.")


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e999", "-1e101"])
def test_numbers_without_bound_are_placed(cell: str) -> None:
    said = said_about(spoiled(12, 1, cell))
    assert said.startswith(f"Row 12, column 'height' holds '{cell}', which is not finite or too large")


@pytest.mark.parametrize("cell", ["1_000", "0x10", "1.2.3", "١٢", "1 000", "--", "True", "-", "12%"])
def test_what_python_or_nobody_calls_a_number_is_text(cell: str) -> None:
    assert "Row 6, column 'width' holds" in said_about(spoiled(6, 0, cell))


@pytest.mark.parametrize("cell", ["1" * 100_000 + "x", "1." * 50_000, "'" + "1,234" * 20_000])
def test_a_cell_too_long_for_a_number_is_text(cell: str) -> None:
    said = said_about(spoiled(6, 0, f'"{cell}"'))
    assert said.startswith(f"Row 6, column 'width' holds '{cell[:39]}…', which is not a number")
    unused = [[*row, f'"{cell}"' if n else "note"] for n, row in enumerate(GOOD)]
    np.testing.assert_array_equal(points(file(unused)).x_pool, points(file(GOOD)).x_pool)


def test_a_long_label_is_placed() -> None:
    assert said_about(spoiled(6, 2, "a" * 300)).startswith("Row 6, column 'kind' holds a label of 300 characters")


@pytest.mark.parametrize("cell", ["=1+1", "=cmd|' /C calc'!A0", "+A1", "-A1*2", "@SUM(A1)"])
@pytest.mark.parametrize(("column", "name"), [(0, "width"), (2, "kind")])
def test_formulas_are_placed_and_never_evaluated(cell: str, column: int, name: str) -> None:
    said = said_about(spoiled(3, column, cell))
    assert said.startswith(f"Row 3, column '{name}' holds a formula ('{cell}'), which is never evaluated")


def test_a_formula_as_a_name_is_placed() -> None:
    assert said_about(spoiled(1, 1, "=B2")).startswith("Row 1, column 2 holds a formula ('=B2')")


def test_a_column_that_is_not_chosen_may_hold_anything() -> None:
    rows = [[*row, "=A1" if n else "note"] for n, row in enumerate(GOOD)]
    np.testing.assert_array_equal(points(file(rows)).x_pool, points(file(GOOD)).x_pool)


def test_one_class_is_placed() -> None:
    rows = [GOOD[0], *[[w, h, "only"] for w, h, _ in GOOD[1:]]]
    said = said_about(file(rows))
    assert said.startswith("Only one class, 'only', is in column 'kind' from row 2 to row 41")


def test_too_many_classes_are_placed() -> None:
    rows = [GOOD[0], *[[w, h, f"c{max(n - 5, 0)}"] for n, (w, h, _) in enumerate(GOOD[1:])]]
    said = said_about(file(rows))
    assert "35 different labels in column 'kind', number 11 in row 17" in said
    rows = [GOOD[0], *[[w, h, f"c{n % 10}"] for n, (w, h, _) in enumerate(GOOD[1:] + GOOD[1:])]]
    assert points(file(rows)).classes == 10


def test_a_class_with_too_few_rows_is_placed() -> None:
    rows = [list(row) for row in GOOD]
    for row in (8, 20, 33):
        rows[row - 1][2] = "rare"
    said = said_about(file(rows))
    assert said.startswith("Class 'rare' in column 'kind' has too few rows (row 8, 20, 33)")


@pytest.mark.parametrize("cell", ["0.1", "3", "1e-300"])
def test_a_constant_column_is_placed(cell: str) -> None:
    rows = [GOOD[0], *[[w, cell, k] for w, _, k in GOOD[1:]]]
    said = said_about(file(rows))
    assert said.startswith(f"Column 'height' holds {cell} in every row, from row 2 to row 41")


def test_too_many_and_too_few_cells_are_placed() -> None:
    rows = [list(row) for row in GOOD]
    rows[24].append("more")
    assert said_about(file(rows)).startswith("Row 25 has 4 cells, but the first row names 3 columns")
    rows[24] = ["1"]
    assert said_about(file(rows)).startswith("Row 25 has 1 cell, but")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "mine.csv is empty"),
        (b"\xef\xbb\xbf \r\n\n", "mine.csv is empty"),
        (b",,\n,,\n", "mine.csv is empty"),
        (b'""\n', "mine.csv is empty"),
        (b"width,height,kind\n", "mine.csv has column names but no rows"),
        (file(GOOD[1:]), "Row 1, column 1 holds the number '0.0' where a column's name should be"),
        (b"\n\na,2.5,b\n1,2,3\n", "Row 3, column 2 holds the number '2.5'"),
        (b"x,kind,x\n1,a,2\n", "Row 1 names columns 1 and 3 both 'x'"),
        (b"x\n1\n2\n", "mine.csv has one column only ('x')"),
        (b"x|y|z\n1|2|a\n", "mine.csv has one column only ('x|y|z')"),
        (b"x,y\n1,2\n", "mine.csv has 2 columns, 2 of them of numbers:"),
        (b"x,y,z\n1,a,b\n", "3 columns, 1 of them of numbers (row 2 of column 'y' holds 'a')"),
        (b"x,y,z\n1,2,c\n1,\"2,c\n1,2,c\n", "cannot be read beyond row 2"),
        (b'x,y,z\n1,2,c\n1,2,"c"d\n', "quotation mark left open or in the middle of a cell in row 3"),
        (b'x,y,z\n1,2,"' + b"c" * 200_000, "in row 2"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "mine.csv is not a text file"),
        (b"PK\x03\x04rest", "mine.csv is not a text file"),
        ("x,y,z\n1,2,a\n".encode("utf-16-le"), "mine.csv is not a text file"),
        ("x,y,z\n1,2,a\n".encode("utf-16")[:-1], "mine.csv is not a text file"),
        (b"x,y,z\n1,2,\x81\n", "mine.csv is not in UTF-8 and does not name its encoding"),
        (b"x,y,z\n1,2,a\n" + b"\n" * 2_000_000, "mine.csv has more than 1,100,000 lines"),
        (b"x,y,z\n" + b"," * 1_500_000, "Line 2 of mine.csv has 1,500,000 characters, more than 1,000,000"),
        (b"a" * (MAX_BYTES + 100_000), "mine.csv has 20.1 MB, more than 20"),
        (file([[f"c{n}" for n in range(51)]]), "mine.csv has 51 columns, more than 50"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_placed(data: bytes, said: str) -> None:
    assert said in said_about(data)


def test_the_columns_must_be_there_and_three() -> None:
    assert "mine.csv has no column 'depth'" in said_about(file(GOOD), y="depth")
    assert "mine.csv has no column 'sort'" in said_about(file(GOOD), label="sort")
    assert "choose three different columns" in said_about(file(GOOD), y="width")
    assert "choose three different columns" in said_about(file(GOOD), label="width")


def test_a_long_cell_is_cut_and_kept_on_one_line() -> None:
    said = said_about(spoiled(4, 0, '"much\nmore than\n' + "x" * 500 + '"'))
    assert re.match(r"Row 4, column 'width' holds 'much more than x{24}…'", said)


def test_nothing_but_sentences_ever_comes_out() -> None:
    """Files damaged at random: each is either read or refused in a sentence."""
    refused = 0
    pieces = [b",", b";", b'"', b"\n", b"=", b"e9", b"inf"]
    for case in range(400):
        rng = rng_for(case, "damage")
        data = bytearray(file(GOOD, rng.choice([",", ";", "\t"])))
        for _ in range(rng.integers(1, 6)):
            place = int(rng.integers(len(data)))
            piece = rng.bytes(3) if rng.random() < 0.3 else pieces[rng.integers(len(pieces))]
            data[place : place + int(rng.integers(0, 4))] = piece
        try:
            table = read_csv(bytes(data), "mine.csv")
            x, y, label = table.suggestion
            found = csv_dataset(table, x=x, y=y, label=label, rng=rng)
        except DatasetError as error:
            refused += 1
            assert re.search(r"[Rr]ow \d|[Cc]olumn|not a text file|encoding", str(error)), error
        else:
            assert np.isfinite(found.x_pool).all() and found.classes >= 2
    assert 50 < refused < 400
