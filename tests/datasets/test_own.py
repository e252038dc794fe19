"""A user's own points: what is read, and what becomes of it."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from alcore.datasets.tables.dataset import read_csv, scale_of
from alcore.datasets.tables.read import MAX_ROWS
from alcore.rng import rng_for
from tests.support.own_files import GOOD, file, points, said_about, spoiled


def test_a_table_knows_its_columns() -> None:
    rows = b"".join(b"%d,%d,%d,k%d,%d\n" % (n + 5, n * n, -n, n % 3, n % 2) for n in range(30))
    table = read_csv(b"id,width,height,kind,grade\n" + rows, "mine.csv")
    assert list(table.columns) == ["id", "width", "height", "kind", "grade"]
    assert table.feature_columns == ("width", "height", "grade", "id")
    assert table.label_columns[:2] == ("kind", "grade")
    assert table.suggestion == ("width", "height", "kind")
    assert table.rows.tolist() == list(range(2, 32))


def test_a_label_of_numbers_is_suggested_and_two_number_columns_are_left() -> None:
    table = read_csv(b"x,y,label\n" + b"".join(b"%d,%d,%d\n" % (n * n, -n * n, n % 2) for n in range(30)), "f")
    assert table.suggestion == ("x", "y", "label")
    table = read_csv(b"a,b,name\n" + b"".join(b"%d,%d,n%d\n" % (n % 2, n % 3, n) for n in range(30)), "f")
    assert table.suggestion == ("a", "b", "name")


def test_points_are_standardised_and_the_scale_leads_back() -> None:
    table = read_csv(file(GOOD), "mine.csv")
    data = points(file(GOOD))
    given = np.array([[float(w), float(h)] for w, h, _ in GOOD[1:]])
    every = np.concatenate([data.x_pool, data.x_test])
    expected = StandardScaler().fit_transform(given)
    np.testing.assert_allclose(every[np.lexsort(every.T)], expected[np.lexsort(expected.T)], atol=1e-12)
    scale = scale_of(table, x="width", y="height")
    back = every * scale.spread_2 + scale.centre_2
    np.testing.assert_allclose(back[np.lexsort(back.T)], given[np.lexsort(given.T)], atol=1e-12)
    # Each point keeps its own label.
    kinds = {(float(w), float(h)): k for w, h, k in GOOD[1:]}
    labels = np.concatenate([data.y_pool, data.y_test])
    assert [kinds[tuple(np.round(one, 6))] for one in back] == [data.class_names[c] for c in labels]


def test_the_split_is_stratified_seeded_and_a_quarter() -> None:
    rows = [
        ["width", "height", "kind"],
        *[[str(n), str(n * n), "common" if n % 10 else "rare"] for n in range(400)],
    ]
    data, again, other = (points(file(rows), seed=seed) for seed in (1, 1, 2))
    assert data.class_names == ("common", "rare")
    assert np.bincount(data.y_test).tolist() == [90, 10] == np.bincount(other.y_test).tolist()
    assert np.bincount(data.y_pool).tolist() == [270, 30]
    np.testing.assert_array_equal(data.x_pool, again.x_pool)
    assert not np.array_equal(data.x_pool, other.x_pool)
    assert len(np.unique(np.concatenate([data.x_pool, data.x_test]), axis=0)) == 400
    assert np.any(np.diff(data.x_pool[:, 0]) < 0)


def test_the_largest_file_and_one_row_more() -> None:
    rng = rng_for(0)
    rows = [
        ["x", "y", "z"],
        *[[f"{a:.4f}", f"{b:.4f}", "q" if a > 1 else "p"] for a, b in rng.normal(size=(MAX_ROWS, 2))],
    ]
    data = points(file(rows), x="x", y="y", label="z")
    assert len(data.y_pool) + len(data.y_test) == 20_000 and 999 <= len(data.y_test) <= 1001
    said = said_about(file([*rows, rows[-1]]), x="x", y="y", label="z")
    assert "more than 20,000 rows" in said and "row 20,002" in said


def test_a_rare_class_is_in_pool_and_test() -> None:
    rows = [["width", "height", "kind"], *[[str(n), str(-n), "many"] for n in range(9000)]]
    for n in range(5):
        rows[1 + n][2] = "few"
    data = points(file(rows))
    assert np.bincount(data.y_test)[0] == 1 and np.bincount(data.y_pool)[0] == 4


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_separators_marks_and_line_ends(separator: str, start: str) -> None:
    plain = points(file(GOOD))
    text = start + file(GOOD, separator).decode().replace("\n", "\r\n")
    np.testing.assert_array_equal(points(text.encode()).x_pool, plain.x_pool)
    np.testing.assert_array_equal(points(text.replace("\r\n", "\r").encode()).x_pool, plain.x_pool)


def test_decimal_commas_go_with_semicolons() -> None:
    plain = points(file(GOOD))
    text = file(GOOD, ";").decode().replace(".", ",")
    np.testing.assert_array_equal(points(text.encode()).x_pool, plain.x_pool)
    labels = b"a;b;c\n" + b"".join(b"%d,5;%d,25;-%d,0\n" % (n * n, n, n % 2) for n in range(20))
    assert points(labels, x="a", y="b", label="c").class_names == ("-0,0", "-1,0")
    said = said_about(spoiled(7, 0, '"1,5"'))
    assert said.startswith("Row 7, column 'width' holds '1,5'") and "decimal point" in said


def test_commas_and_quotation_marks_inside_cells() -> None:
    head = '"width; m";"height, m";kind\n'
    rows = "".join(f'{n};{n * n};"kind ""{n % 2}"", or so; maybe"\n' for n in range(20))
    data = points((head + rows).encode(), x="width; m", y="height, m")
    assert data.class_names == ('kind "0", or so; maybe', 'kind "1", or so; maybe')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings(encoding: str) -> None:
    rows = [
        ["Größe", "height", "kind"],
        *[[str(n), str(n * n), "Äpfel €"[: 5 + 2 * (n % 2)]] for n in range(20)],
    ]
    text = "".join(",".join(row) + "\n" for row in rows)
    data = points(text.encode(encoding), x="Größe")
    assert data.class_names == ("Äpfel", "Äpfel €")


def test_labels_are_text_in_the_order_of_their_numbers() -> None:
    cells = ["10", "2", "2.0", "1e1", "-0.5", "+2", " 10.0 "]
    rows = [["width", "height", "kind"], *[[str(n), str(n * n), cells[n % 7]] for n in range(70)]]
    data = points(file(rows))
    assert data.class_names == ("-0.5", "+2", "2", "2.0", "10", "10.0", "1e1")
    assert (np.bincount(data.y_pool) + np.bincount(data.y_test)).tolist() == [10] * 7


def test_signs_alone_are_classes() -> None:
    rows = [["width", "height", "kind"], *[[str(n), str(n * n), "+-"[n % 2]] for n in range(20)]]
    assert points(file(rows)).class_names == ("+", "-")


def test_empty_rows_are_skipped_but_counted() -> None:
    rows = [[], *GOOD[:3], [], ["", "", ""], *GOOD[3:]]
    np.testing.assert_array_equal(points(file(rows)).x_pool, points(file(GOOD)).x_pool)
    rows[10] = ["x", "1", "a"]
    assert said_about(file(rows)).startswith("Row 11, column 'width' holds 'x'")


def test_columns_without_a_name_get_one() -> None:
    rows = [["", *GOOD[0]], *[[str(n), *row] for n, row in enumerate(GOOD[1:])]]
    assert list(read_csv(file(rows), "f").columns) == ["column 1", "width", "height", "kind"]
