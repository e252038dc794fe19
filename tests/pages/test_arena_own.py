"""The reader's own points in the arena."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.support.own_files import GOOD, file, spoiled
from tests.support.screens import assert_fine, races

PAGE = "pages/arena.py"
QUICK = {"arena_data": "own", "arena_rounds": "4", "arena_paired": "3"}


def upload(at: AppTest, content: bytes) -> AppTest:
    at.file_uploader[0].set_value([("mine.csv", content, "text/csv")])
    return at.run()


def test_without_a_file_the_page_says_what_to_choose(open_screen) -> None:
    at = open_screen(PAGE, **QUICK)
    assert_fine(at, "opening")
    assert "Choose a CSV file" in at.info[0].value and not races(at)


def test_own_points_race_like_any_other(open_screen) -> None:
    at = upload(open_screen(PAGE, **QUICK), file(GOOD))
    assert_fine(at, "uploading")
    assert at.selectbox(key="arena_label").value == "kind"
    assert "40 rows, 2 classes" in "\n".join(caption.value for caption in at.caption)
    assert len(races(at)[0]["labels"]) == 5
    assert "csv_dataset" in at.code[-1].value and "'kind'" in at.code[-1].value


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (spoiled(5, 0, ""), "Row 5, column"),
        (spoiled(7, 1, "tall"), "Row 7, column"),
        (spoiled(9, 2, "=1+1"), "holds a formula"),
        (file([GOOD[0], *([*row[:2], "a"] for row in GOOD[1:])]), "Only one class"),
        (file([GOOD[0], *(["3", *row[1:]] for row in GOOD[1:])]), "in every row"),
        (file([GOOD[0], *(GOOD[1 + n % 40] for n in range(20_001))]), "more than 20,000 rows"),
        (b"\x00\x01\x02\xff", "mine.csv"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_the_screen_goes_on(open_screen, content: bytes, said: str) -> None:
    at = upload(open_screen(PAGE, **QUICK), content)
    assert not at.exception
    (error,) = [one.value for one in at.error]
    assert said in error, error
    # Nothing that was set is forgotten, and a good file goes on from here.
    assert at.slider(key="arena_rounds").value == 4
    upload(at, file(GOOD))
    assert_fine(at, "a good file after a bad one")
    assert races(at)


GERMAN = "x;y;kind\n" + "".join(f"{n:,};{n % 7};{'ab'[n // 500 % 2]}\n" for n in range(250, 20_000, 500))
GERMAN_FILE = GERMAN.replace(",", ".").encode()
KOREAN_FILE = ("x,y,종류\n" + "".join(f"{n},{n % 7},{['고양이', '강아지'][n % 2]}\n" for n in range(40))).encode(
    "cp949"
)


def said_under_the_file(at: AppTest) -> str:
    return "\n".join(caption.value for caption in at.sidebar.caption)


def test_what_was_assumed_is_said_under_the_file(open_screen) -> None:
    at = upload(open_screen(PAGE, **QUICK), file(GOOD))
    said = said_under_the_file(at)
    assert "Read as UTF" in said and "columns separated by commas, decimal point in 'width'" in said
    assert not [box for box in at.selectbox if box.key in ("arena_encoding", "arena_separator", "arena_decimal")]


def test_a_number_with_two_values_is_asked_about(open_screen) -> None:
    at = upload(open_screen(PAGE, **QUICK), GERMAN_FILE)
    assert_fine(at, "uploading")
    assert "can be 1.25 or 1250" in at.info[0].value.replace("\\", "") and not races(at)
    assert "'1.250' is 1250" in said_under_the_file(at).replace("\\", "")
    at.selectbox(key="arena_decimal").set_value(",").run()
    assert_fine(at, "choosing the decimal comma")
    assert races(at) and "decimal comma, points between thousands" in said_under_the_file(at)
    assert "decimal=','" in at.code[-1].value
    # Another file is another question; one without a question has no control.
    upload(at, GERMAN_FILE + b"1.250;1;a\n")
    assert not races(at) and at.selectbox(key="arena_decimal").value == "open"
    upload(at, file(GOOD))
    assert_fine(at, "a file without a question")
    assert races(at) and not [box for box in at.selectbox if box.key == "arena_decimal"]


def test_an_encoding_is_asked_about_and_a_link_may_say_it(open_screen) -> None:
    at = upload(open_screen(PAGE, **QUICK), KOREAN_FILE)
    assert_fine(at, "uploading")
    assert "does not name its encoding" in at.info[0].value.replace("\\", "") and not races(at)
    assert "고양이" in said_under_the_file(at)
    at.selectbox(key="arena_encoding").set_value("cp949").run()
    assert_fine(at, "choosing an encoding")
    assert races(at) and "Read as cp949" in said_under_the_file(at).replace("\\", "")
    assert "encoding='cp949'" in at.code[-1].value and at.selectbox(key="arena_label").value == "종류"
    linked = upload(open_screen(PAGE, **QUICK, arena_encoding="cp949"), KOREAN_FILE)
    assert_fine(linked, "a link that says the encoding")
    assert races(linked)


def test_the_program_reads_what_the_screen_read(open_screen, tmp_path, monkeypatch) -> None:
    at = upload(open_screen(PAGE, **QUICK, arena_decimal=","), GERMAN_FILE)
    lines = at.code[-1].value.split("\n\n\n")
    (tmp_path / "mine.csv").write_bytes(GERMAN_FILE)
    monkeypatch.chdir(tmp_path)
    made: dict = {}
    exec("\n".join(lines[:2]), made)  # up to the function that makes the data
    every = np.concatenate([made["data"](0).x_pool, made["data"](0).x_test])
    assert len(every) == 40 and abs(every[:, 0]).max() < 2


def test_rows_without_a_label_are_counted_under_the_file(open_screen) -> None:
    rows = [GOOD[0], *([*row[:2], "" if n % 4 == 3 else row[2]] for n, row in enumerate(GOOD[1:]))]
    at = upload(open_screen(PAGE, **QUICK), file(rows))
    assert_fine(at, "uploading")
    assert "30 rows, 2 classes; 10 more without a label are left out" in said_under_the_file(at)
