"""What the columns of a table hold, by their cells."""

import io

import numpy as np
import pandas as pd
import pytest

from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables.frame import TableOptions, TableSource, read_table
from alcore.datasets.tables.kinds import ColumnInfo
from alcore.datasets.tables.question import Ambiguous, Question


def table(cells: list[str], name: str = "c", **options) -> TableSource:
    rows = "".join(f"{cell}\tx{place % 2}\n" for place, cell in enumerate(cells))
    return read_table(f"{name}\tother\n{rows}".encode(), "mine.tsv", TableOptions(**options))


def info(cells: list[str], name: str = "c", **options) -> ColumnInfo:
    return table(cells, name, **options).columns[name]


def asked(cells: list[str]) -> Question:
    with pytest.raises(Ambiguous) as caught:
        table(cells)
    return caught.value.question


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2.5", "", "-3e2"], "numbers"),
        (["5", "5", "7", "NA"], "numbers"),
        (["3", "9", "4", "1"], "numbers"),
        (["1", "2", "3", "4"], "id"),
        (["", "", "", ""], "empty"),
        (["NA", "NA", "yes", "no"], "category"),
        (["a", "b"] * 10, "category"),
        ([f"city {n % 30}" for n in range(300)], "category"),
        ([f"city {n % 31}" for n in range(300)], "text"),
        ([f"u{n:04}" for n in range(50)], "id"),
        ([f"this is text {n}" for n in range(50)], "text"),
        (["word " * 30, "word " * 30, "other", "x"], "text"),
        (["2024-01-05", "2024-02-29", "", "1999-12-31"], "date"),
        (["2024-01-05T10:00:00Z", "2024-02-29 11:30"], "date"),
        (["31.01.2024 08:15", "01.02.2024 23:59"], "date"),
        (["2024-13-05", "2024-02-29"], "category"),
        (["1e999", "2", "3"], "category"),
        (["1.2.3", "4.5.6", "7.8.9"], "category"),
        (["<script>alert(1)</script>", "=HYPERLINK(1)"] * 12, "category"),
    ],
)
def test_kinds(cells: list[str], kind: str) -> None:
    found = info(cells)
    assert found.kind == kind
    assert found.held == sum(cell != "" for cell in cells)
    assert found.distinct == len(set(cells) - {""})


@pytest.mark.parametrize("name", ["id", "user_id", "Row", "item-key"])
def test_different_numbers_under_the_name_of_an_id(name: str) -> None:
    assert info(["30", "10", "20"], name).kind == "id"
    assert info(["30", "10", "10"], name).kind == "numbers"


@pytest.mark.parametrize(
    ("cells", "numbers", "decimal", "thousands"),
    [
        (["0,5", "1.234,75"], [0.5, 1234.75], ",", "."),
        (["0.5", "1,234.75"], [0.5, 1234.75], ".", ","),
        (["1 234,5", "12", "2 000 000"], [1234.5, 12, 2e6], ",", " "),
        (["1\xa0234.5", "1.5"], [1234.5, 1.5], ".", " "),
        (["1'234.5", "-2’000"], [1234.5, -2000], ".", "'"),
        (["12", "13", "15"], [12, 13, 15], None, ""),
        (["?", "1.5", "n/a"], [np.nan, 1.5, np.nan], ".", ""),
    ],
)
def test_signs_of_numbers(cells: list[str], numbers: list[float], decimal: str | None, thousands: str) -> None:
    found = table(cells)
    assert (found.columns["c"].decimal, found.columns["c"].thousands) == (decimal, thousands)
    np.testing.assert_array_equal(found.numbers("c"), numbers)


def test_an_open_sign_is_asked_about_and_can_be_given() -> None:
    cells = ["7", "1.250", "2.500"]
    question = asked(cells)
    assert question.argument == "decimal"
    assert question.sentence.startswith("Row 3, column 'c' holds '1.250', which can be 1.25 or 1250")
    for options, expected in [
        ({"decimal": "."}, [7, 1.25, 2.5]),
        ({"decimal": ","}, [7, 1250, 2500]),
        ({"thousands": "."}, [7, 1250, 2500]),
        ({"thousands": ""}, [7, 1.25, 2.5]),
        ({"thousands": " "}, [7, 1.25, 2.5]),
    ]:
        np.testing.assert_array_equal(table(cells, **options).numbers("c"), expected)
    assert table(cells, thousands=".").columns["c"].thousands == "."
    assert "Decimal comma, points between thousands in 'c'." in table(cells, thousands=".").sentences
    with pytest.raises(DatasetError, match="comma cannot be both"):
        table(cells, decimal=",", thousands=",")


def test_other_columns_say_the_sign_if_they_agree() -> None:
    def numbers(text: str) -> list[float]:
        return read_table(text.encode(), "m.csv").numbers("a").tolist()

    assert numbers("a;b\n1.250;0,5\n") == [1250]
    assert numbers("a;b\n1.250;0.5\n") == [1.25]
    with pytest.raises(Ambiguous):
        numbers("a;b;c\n1.250;0.5;0,5\n")


def test_what_is_not_expected_is_said() -> None:
    assert info(["1", "2", "NA", "NA"]).note == (
        "Column 'c' is one of numbers: 'NA' in 2 of its cells is read as missing."
    )
    assert info(["1", "2", "7", "twelve"]).note == (
        "Most of column 'c' is numbers, but row 5 holds 'twelve': it is not read as numbers until that is corrected."
    )
    assert info(["a", "b", "a", "1"]).note == ""
    out = io.BytesIO()
    pd.DataFrame({"x": [1.0, np.inf, 2.5]}).to_parquet(out)
    found = read_table(out.getvalue(), "m.parquet")
    assert found.columns["x"].note == ("Column 'x' holds inf in row 2, infinite or too large: it is read as missing.")
    np.testing.assert_array_equal(found.numbers("x"), [1, np.nan, 2.5])


def test_dates_and_which_part_is_first() -> None:
    cells = ["03/04/2021", "05/04/2021", ""]
    question = asked(cells)
    assert question.argument == "day_first"
    assert question.sentence.startswith("Row 2, column 'c' holds '03/04/2021', which can be 2021-04-03 or 2021-03-04")
    for value, months in (("yes", [4, 4]), ("no", [3, 5])):
        rows = "".join(f"{cell},x\n" for cell in cells).encode()
        found = read_table(b"c,o\n" + rows, "m.csv", TableOptions().answered(question, value))
        dates = found.dates("c")
        assert dates.dt.month.tolist()[:2] == months and dates.isna().tolist() == [False, False, True]
        first = "day" if value == "yes" else "month"
        assert f"The {first} first in dates in 'c'." in found.sentences
    for open_too in (["03-04-2021", "05-04-2021"], ["03/04/2021 10:30", "12/04/2021 11:00"]):
        assert asked(open_too).argument == "day_first"
    for settled in (["03.04.2021", "05.04.2021"], ["03/03/2021", "04/04/2021"], ["13-04-2021", "05-04-2021"]):
        assert "The day first in dates in 'c'." in table(settled).sentences
    assert table(["13/04/2021", "05/04/2021"]).dates("c").dt.day.tolist() == [13, 5]
    assert table(["04/13/2021", "04/05/2021"]).dates("c").dt.day.tolist() == [13, 5]
    assert table(["2024-01-05T10:00:00+02:00"] * 2).dates("c")[0] == pd.Timestamp("2024-01-05 08:00")
    out = io.BytesIO()
    found.frame.assign(c=dates).to_parquet(out)
    typed = read_table(out.getvalue(), "m.parquet")
    pd.testing.assert_series_equal(typed.dates("c"), dates, check_names=False, check_dtype=False)
    with pytest.raises(DatasetError, match="Column 'c' is one of dates, not of numbers"):
        typed.numbers("c")
    with pytest.raises(DatasetError, match="'c' is not one of dates"):
        table(["a", "b"]).dates("c")


def test_empty_columns_are_said() -> None:
    found = read_table(b"a,b,c\nx,,\ny,,\n", "m.csv")
    assert found.sentences[-1] == "Nothing is in 'b', 'c'."


def test_kinds_do_not_depend_on_the_order_of_rows() -> None:
    rng = np.random.default_rng(0)
    cells = [*(f"{n / 7:.3f}" for n in rng.permutation(40)), "NA", ""]
    expected = info(cells)
    for _ in range(5):
        assert info([cells[place] for place in rng.permutation(len(cells))]) == expected
