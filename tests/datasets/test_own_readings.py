"""A user's own points: what a file shows is read, what it leaves open is asked, what was assumed is said."""

import pickle
import unicodedata

import numpy as np
import pytest

from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables import lines
from alcore.datasets.tables.dataset import csv_dataset, read_csv, reading_of, scale_of, unlabelled
from alcore.datasets.tables.encoding import ENCODINGS
from alcore.datasets.tables.question import Ambiguous, Question
from alcore.rng import rng_for
from tests.support.own_files import GOOD, file, points, said_about


def table_file(cells: list[list[str]], separator: str = ",") -> bytes:
    """Rows under the names x, y and label."""
    return file([["x", "y", "label"], *cells], separator)


def asked_about(data: bytes) -> Question:
    with pytest.raises(Ambiguous) as caught:
        points(data, x="x", y="y", label="label")
    return caught.value.question


def numbers(data: bytes, *, decimal=None, **reading) -> list[float]:
    """The column x in the order of y, which counts the rows."""
    table = read_csv(data, "mine.csv", **reading)
    chosen = {"x": "x", "y": "y", "label": "label", "decimal": decimal}
    found = csv_dataset(table, rng=rng_for(0), **chosen)
    scale = scale_of(table, **chosen)
    given = np.concatenate([found.x_pool, found.x_test]) * scale.spread_2 + scale.centre_2
    return [float(f"{x:.12g}") for x in given[np.argsort(given[:, 1]), 0]]


def test_thousands_are_asked_about_and_never_taken_for_decimals() -> None:
    cells = [[f"{n:,}".replace(",", "."), str(m), "ab"[m % 2]] for m, n in enumerate(range(250, 20_000, 500))]
    data = table_file(cells, ";")
    question = asked_about(data)
    assert question.argument == "decimal" and "Row 4, column 'x' holds '1.250'" in question.sentence
    assert [option.example for option in question.options] == ["'1.250' is 1.25", "'1.250' is 1250"]
    assert numbers(data, decimal=",") == list(range(250, 20_000, 500))
    assert numbers(data, decimal=".")[:4] == [250, 750, 1.25, 1.75]
    table = read_csv(data, "mine.csv")
    assert reading_of(table, x="x", y="y", decimal=",") == (
        "Read as UTF-8, columns separated by semicolons, decimal comma, points between thousands in 'x', "
        "no decimal sign in 'y', names in row 1."
    )
    with pytest.raises(Ambiguous):
        reading_of(table, x="x", y="y")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("1.250", "0.5"), (1.25, 0.5)),
        (("1.250", "0,5"), (1250, 0.5)),
        (("1.250", "1.000.000"), (1250, 1_000_000)),
        (("1.250", "1.250,75"), (1250, 1250.75)),
        (("1,250", "1,250.75"), (1250, 1250.75)),
        (("1,250", "-3,5"), (1.25, -3.5)),
        (("1.250", "0.250"), (1.25, 0.25)),
        (("1.250", "1e3"), None),
        (("+1,250", "12"), None),
        (("1.250", "1,250"), None),
    ],
)
def test_a_column_shows_its_signs_by_one_cell(cells: tuple[str, str], expected: tuple[float, float]) -> None:
    rows = [[cells[n % 2], str(n), "ab"[n // 2 % 2]] for n in range(40)]
    data = table_file(rows, ";")
    if expected is None:
        assert asked_about(data).argument == "decimal"
    else:
        assert numbers(data)[:2] == list(expected)


def test_one_column_says_it_for_the_other_and_the_label_for_none() -> None:
    rows = [["1.250", f"{n},5", "ab"[n % 2]] for n in range(1, 41)]
    rows[0][0] = "2.250"
    assert numbers(table_file(rows, ";"))[:2] == [2250, 1250]
    rows = [["1.250" if n else "2.250", str(n), f"{n % 2}.5"] for n in range(40)]
    assert asked_about(table_file(rows, ";")).argument == "decimal"


def test_a_column_of_both_signs_is_refused_with_its_row() -> None:
    rows = [[f"{n}.5", str(n), "ab"[n % 2]] for n in range(40)]
    rows[7][0] = "1.234,5"
    said = said_about(table_file(rows, ";"), x="x", y="y", label="label")
    assert said.startswith("Row 9, column 'x' holds '1.234,5', but other rows of this column have a decimal point")


@pytest.mark.parametrize(
    "labels",
    [
        ("01234", "1234", "99"),
        ("12345678901234567890", "12345678901234567891", "5"),
        ("1.1", "1.10", "1,1"),
        ("NA", "None", "null"),
        ("1", "true", "True"),
    ],
)
def test_labels_that_differ_are_different_classes(labels: tuple[str, str, str]) -> None:
    data = points(
        table_file([[str(n), str(n % 7), labels[n % 3]] for n in range(39)], ";"), x="x", y="y", label="label"
    )
    assert set(data.class_names) == set(labels)
    assert np.bincount(np.concatenate([data.y_pool, data.y_test])).tolist() == [13, 13, 13]


def test_labels_that_look_the_same_are_one_class() -> None:
    both = [unicodedata.normalize(form, "Café") for form in ("NFC", "NFD")]
    cells = [[str(n), str(n % 7), (*both, " Café ", "Tee")[n % 4]] for n in range(40)]
    assert points(table_file(cells), x="x", y="y", label="label").class_names == ("Café", "Tee")
    twice = file([[*both, "kind"], ["1", "2", "a"]])
    assert "both 'Café'" in said_about(twice)


def test_rows_without_a_label_are_left_out_and_counted() -> None:
    cells = [[str(n), str(n * n), "" if n % 4 == 3 else "ab"[n % 2]] for n in range(40)]
    cells[3][0] = "no number"  # nothing in such a row matters
    table = read_csv(table_file(cells), "mine.csv")
    assert unlabelled(table, "label") == 10
    data = csv_dataset(table, x="x", y="y", label="label", rng=rng_for(0))
    assert len(data.y_pool) + len(data.y_test) == 30 and data.class_names == ("a", "b")
    scale = scale_of(table, x="x", y="y", label="label")
    np.testing.assert_allclose(scale.centre_2[0], np.mean([n for n in range(40) if n % 4 != 3]))
    cells = [[*row[:2], " "] for row in cells]
    said = said_about(table_file(cells), x="x", y="y", label="label")
    assert said.startswith("Column 'label' has no label in any row")
    # A complaint counts rows as they stand in the file.
    cells = [[str(n), str(n * n), "" if n < 3 else "ab"[n % 2]] for n in range(40)]
    cells[20][1] = "tall"
    assert said_about(table_file(cells), x="x", y="y", label="label").startswith("Row 22, column 'y' holds 'tall'")


@pytest.mark.parametrize("unit", [1e-170, 5e-324, 1e-300, 1e90])
def test_numbers_of_any_size_are_coordinates(unit: float) -> None:
    rng = rng_for(1)
    steps = rng.permutation(40)
    rows = [[repr(float(step * unit)), str(n), "ab"[n % 2]] for n, step in enumerate(steps)]
    data = points(table_file(rows), x="x", y="y", label="label")
    every = np.concatenate([data.x_pool, data.x_test])
    expected = (steps - steps.mean()) / steps.std()
    np.testing.assert_allclose(every[np.argsort(every[:, 1]), 0], expected, atol=1e-9)


def test_a_line_that_announces_the_separator() -> None:
    plain = points(file(GOOD))
    for mark, start in ((";", "sep=;\n"), ("|", "SEP=|\r\n"), ("\t", "sep=\t\n"), (",", '"sep=,"\n')):
        data = start.encode() + file(GOOD, mark)
        np.testing.assert_array_equal(points(data).x_pool, plain.x_pool)
        np.testing.assert_array_equal(points(b"\xef\xbb\xbf" + data).x_pool, plain.x_pool)
    data = b"sep=|\r" + file(GOOD, "|").replace(b"\n", b"\r")
    np.testing.assert_array_equal(points(data).x_pool, plain.x_pool)
    # A spreadsheet does not count it as a row.
    data = b"sep=;\n" + file([*GOOD[:4], ["tall", "1", "a"], *GOOD[4:]], ";")
    assert said_about(data).startswith("Row 5, column 'width' holds 'tall'")


def test_a_separator_that_the_rows_leave_open_is_asked_about() -> None:
    rows = "".join(f"{n},1;{n % 7},2;{n % 2},3\n" for n in range(40))
    data = b"a,b;c,d;e,f\n" + rows.encode()
    with pytest.raises(Ambiguous, match="semicolons .* or by commas") as caught:
        read_csv(data, "mine.csv")
    assert caught.value.question.argument == "separator"
    by_commas = read_csv(data, "mine.csv", separator=",")
    assert list(by_commas.columns) == ["a", "b;c", "d;e", "f"]
    by_semicolons = read_csv(data, "mine.csv", separator=";")
    assert by_semicolons.columns["c,d"].numbers[:3].tolist() == [0.2, 1.2, 2.2]


def test_backslashes_before_quotation_marks() -> None:
    rows = [[*row, '"so \\"good\\", or not"' if n else "note"] for n, row in enumerate(GOOD)]
    table = read_csv(file(rows), "mine.csv")
    assert table.columns["note"].cells[0] == 'so "good", or not'
    np.testing.assert_array_equal(points(file(rows)).x_pool, points(file(GOOD)).x_pool)
    assert "quotation marks escaped by backslashes" in reading_of(table, x="width", y="height")
    # A backslash that is no such sign stays.
    rows = [[*row, r'"C:\"' if n else "note"] for n, row in enumerate(GOOD)]
    assert read_csv(file(rows), "mine.csv").columns["note"].cells[0] == "C:\\"


WORDS = {
    "cp1252": ("Größe", "façade"),
    "mac_roman": ("Größe", "façade"),
    "cp1250": ("żółty", "źle"),
    "cp1251": ("кошка", "собака"),
    "koi8_r": ("кошка", "собака"),
    "mac_cyrillic": ("кошка", "собака"),
    "cp1253": ("γάτα", "σκύλος"),
    "cp949": ("고양이", "강아지"),
    "cp932": ("ネコ", "いぬ"),
    "euc_jp": ("ネコ", "いぬ"),
    "gb18030": ("猫", "小狗"),
    "big5hkscs": ("貓", "小狗"),
}


@pytest.mark.parametrize("encoding", WORDS)
def test_an_encoding_is_asked_about_and_then_right(encoding: str) -> None:
    words = WORDS[encoding]
    data = b"x,y,label\n" + "".join(f"{n},{n * n},{words[n % 2]}\n" for n in range(40)).encode(encoding)
    question = asked_about(data)
    assert question.argument == "encoding" and len(question.options) > 1
    right = [option for option in question.options if option.example == ", ".join(words)]
    assert len(right) == 1 and right[0].value in ENCODINGS
    table = read_csv(data, "mine.csv", encoding=right[0].value)
    found = csv_dataset(table, x="x", y="y", label="label", rng=rng_for(0))
    assert found.class_names == tuple(sorted(words))
    assert f"Read as {right[0].value} ({ENCODINGS[right[0].value]})" in reading_of(table, x="x", y="y")


def test_an_encoding_that_does_not_fit_and_one_that_is_unknown() -> None:
    data = b"x,y,label\n" + "1,2,ネコ\n".encode("cp932") * 10
    with pytest.raises(DatasetError, match="is not in euc_jp .*line 2"):
        read_csv(data, "mine.csv", encoding="euc_jp")
    with pytest.raises(ValueError, match="unknown encoding 'zip'"):
        read_csv(data, "mine.csv", encoding="zip")


def test_a_question_outlives_pickling() -> None:
    question = asked_about(table_file([["1.250", str(n), "ab"[n % 2]] for n in range(40)]))
    again = pickle.loads(pickle.dumps(Ambiguous(question)))
    assert again.question == question and str(again) == question.sentence


def test_reading_ends_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_SECONDS", -1.0)
    assert "seconds to read" in said_about(file(GOOD))


def test_empty_rows_cost_no_memory_and_are_read() -> None:
    data = file(GOOD) + b",,\r\n" * 200_000
    np.testing.assert_array_equal(points(data).x_pool, points(file(GOOD)).x_pool)
