"""Any address is followed or reported, on every screen, and never an exception."""

import ast
from pathlib import Path

import pytest

from pages.screens.mnist_lab.selection import RUN
from tests.support.lab import Lab, finished, said
from tests.support.screens import assert_fine

ROOT = Path(__file__).resolve().parents[2]
ARENA, BATCH = "pages/arena.py", "pages/batch_explorer.py"
QUICK = {"arena_rounds": "4", "arena_paired": "1"}
DIGITS = "9" * 5000


@pytest.mark.parametrize(
    "path", [ROOT / "dashboard.py", *sorted((ROOT / "pages").rglob("*.py"))], ids=lambda path: path.stem
)
def test_parameters_are_read_in_one_place(path: Path) -> None:
    if path.name == "address.py":
        return
    used = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr == "query_params"
        or isinstance(node, ast.keyword)
        and node.arg == "bind"
        and path.name != "controls.py"
    ]
    assert not used, f"line {used}: go through pages/shared/address.py or controls.py"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (DIGITS, "5,000 characters; at most 2,000 are read"),
        ("9" * 1900, "which is none of the points that have no label after this round"),
        ("9" * 9, "“999999999”, which is none of the points"),
        ("-1", "which is none of the points"),
        ("²", "“²”, which is none of the points"),
        ("<b>[x](y)\0</b>", r"“\<b\>\[x\]\(y\) \</b\>”, which is none of the points"),
        (["5000", "6000"], "gives it 2 times (“5000”, “6000”); the last one counts"),
    ],
)
def test_a_point_that_is_not_there_is_reported(open_screen, given: str | list[str], words: str) -> None:
    at = open_screen(ARENA, **QUICK, arena_show="why", arena_point=given)
    assert_fine(at, "a point that is not there")
    assert words in at.warning[0].value and "arena_point" not in at.query_params
    assert len(at.warning[0].value) < 400


def test_a_note_about_a_point_goes_with_another_point(open_screen) -> None:
    at = open_screen(ARENA, **QUICK, arena_show="why", arena_point="9000")
    assert "“9000”" in at.warning[0].value
    at.selectbox(key="_arena_point").select_index(7).run()
    assert_fine(at, "another point")
    assert not at.warning


def test_a_question_that_does_not_exist_is_reported(open_screen) -> None:
    at = open_screen(ARENA, **QUICK, arena_question="why?")
    assert "“why?”; lose, you, outlier, start, three are possible" in at.warning[0].value
    assert "arena_question" not in at.query_params
    at = open_screen(ARENA, **QUICK, arena_question=["lose", "start"])
    assert "**Question:** the link gives it 2 times" in at.warning[0].value
    assert any("Nine in ten points are A" in one.value for one in at.markdown)


@pytest.mark.parametrize(
    "path", ["dashboard.py", *(f"pages/{one.name}" for one in sorted((ROOT / "pages").glob("*.py")))]
)
def test_what_no_control_reads_is_reported(open_screen, home: Path, fetches: list[str], path: str) -> None:
    quick = {
        ARENA: QUICK,
        "pages/scenarios.py": {"settings_points": "150", "settings_labels": "5", "settings_paired": "1"},
        "pages/failure_modes.py": {"clinic_outliers_paired": "5", "clinic_outliers_rounds": "10"},
    }.get(path, {})
    # Streamlit's own parameter, `embed`, is none of them.
    at = open_screen(path, **quick, **{"arena_sed": "3", "embed": "true", "<b>": DIGITS})
    assert not at.exception
    assert r"without effect on this screen as it is set now: “arena\_sed”, “\<b\>”." in at.warning[0].value


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("pages/tournament.py", {"tournament_strategies": ""}),
        (ARENA, {"arena_data": "own"}),
        (BATCH, {"batch_panels": ""}),
        ("pages/tournament.py", {"tournament_learners": "CNN with dropout"}),
    ],
)
def test_it_is_reported_also_where_the_page_ends_early(open_screen, path: str, given: dict[str, str]) -> None:
    at = open_screen(path, **given, unknown="1")
    assert not at.exception
    assert any("without effect on this screen as it is set now: “unknown”" in one.value for one in at.warning)


def test_points_of_ones_own_batch_that_are_not_there_are_counted(open_screen) -> None:
    at = open_screen(BATCH, batch_points="150", batch_own="149-9999-123456789")
    assert_fine(at, "a batch of strangers")
    assert "2 of the 3 points in the address are left out" in at.warning[0].value
    for given in (DIGITS, "1--2", "٣", "-"):
        at = open_screen(BATCH, batch_points="150", batch_own=given)
        assert_fine(at, given[:9])
        assert "Your own batch" in at.warning[0].value and "batch_own" not in at.query_params


@pytest.mark.usefixtures("fetches")
def test_any_text_for_a_parameter_of_the_lab_is_a_sentence(lab: Lab, home: Path) -> None:
    run = finished(home)
    for name, given, words in (
        ("round", DIGITS, "Round:** the link gives “9999"),
        ("round", "9" * 1900, "the link asked for round “9999"),
        ("round", "²", "the link asked for round “²”"),
        ("round", ["1", "2"], "gives it 2 times (“1”, “2”); the last one counts"),
        ("round", "0", "Round 0 has no query"),
        ("point", DIGITS, "Inspected image:** the link gives “9999"),
        ("point", "9" * 1900, "the link asked for image “9999"),
        ("point", "x", "the link asked for image “x”"),
        ("run", DIGITS, "Run:** the link gives “9999"),
        ("run", "9" * 1900, "there is no run “9999"),
        ("compare", DIGITS, "Past runs:** the link gives “9999"),
        ("compare", "9" * 1900, "1 run that this machine does not have"),
        ("page", DIGITS, "Page of the gallery:** the link gives “9999"),
        ("page", "2e9", "asked for 2,000,000,000; 1 to 2 are possible"),
    ):
        at = lab(**{RUN: run.run_id} | {f"mnist_{name}": given})
        assert not at.exception and not at.error, (name, given[:9])
        assert words in said(at), (name, given[:9])
        if name in ("round", "point") and "the link asked for" in words:
            assert f"mnist_{name}" not in at.query_params
        assert at.query_params[RUN] == run.run_id
        assert max(len(one.value) for one in (*at.warning, *at.caption)) < 1000


def test_a_typed_example_is_cut_before_it_is_read(open_screen) -> None:
    path = "pages/strategies.py"
    at = open_screen(path, strategies_section="simplex", strategies_first="1 " * 900)
    assert_fine(at, "a long line")
    assert "at most 60 characters are possible" in at.warning[0].value
    assert at.text_input(key="strategies_first").value == "0.34 0.33 0.33"
