"""The reader's own points in the arena."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.own_files import GOOD, file, spoiled
from tests.screens import assert_fine, races

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
    assert "own_points" in at.code[-1].value and "'kind'" in at.code[-1].value


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
