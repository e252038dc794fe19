"""The screen of the three settings without a browser."""

import base64
import contextlib
import io
from typing import Any

import numpy as np
import pytest

from alcore.report.phrases import format_labels
from pages.screens.scenarios.starting_points import QUESTIONS
from pages.shared.frame import PAGES
from tests.support.screens import assert_fine, charts, move_every_control

PAGE = "pages/scenarios.py"
SMALL = {"settings_points": "150", "settings_labels": "10", "settings_paired": "6"}
DIGITS = {"settings_digits_rounds": "1", "settings_digits_batch": "2", "settings_digits_first": "32"}


def trace(chart: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in chart["data"] if one.get("name") == name)


def numbers(values: dict[str, str]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])


def printed_by(at) -> list[list[str]]:
    """What the program on offer prints, line by line."""
    code = next(one.value for one in at.code if "import" in one.value)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "snippet", "exec"), {})
    return [line.split() for line in printed.getvalue().splitlines()]


def test_opens_with_all_settings_side_by_side(open_screen) -> None:
    at = open_screen(PAGE)
    assert_fine(at, "opening")
    assert "Judged on 20 paired seeds" in at.info[0].value
    curves, *planes = charts(at)
    assert [one["name"] for one in curves["data"] if "name" in one and "fill" not in one] == [
        "Pool-based",
        "Stream-based",
        "Synthesis",
        "Random",
    ]
    assert at.dataframe[0].value["Verdict"].tolist()[3] == "" and len(at.dataframe[0].value) == 4
    assert len(planes) == 3 and all(len(numbers(one["data"][-1]["x"])) for one in planes)
    assert ("pages/scenarios.py", "Pool, stream, synthesis") in [entry[:2] for entry in PAGES]


def test_the_program_prints_the_curves_that_are_drawn(open_screen) -> None:
    at = open_screen(PAGE, **SMALL, settings_policy="random", settings_strategy="margin")
    assert_fine(at, "side by side")
    lines = printed_by(at)
    for key, name in (("pool", "Pool-based"), ("stream", "Stream-based"), ("synthesis", "Synthesis")):
        drawn = trace(charts(at)[0], name)
        assert numbers(drawn["x"]).tolist() == list(range(4, 15))
        for labels, height in zip(numbers(drawn["x"]), numbers(drawn["y"]), strict=True):
            own = [float(line[3]) for line in lines if line[0] == key and int(line[2]) == labels]
            assert len(own) == 6 and height == pytest.approx(np.mean(own))


@pytest.mark.parametrize("when", [1, 50, 100])
def test_a_stream_is_looked_at_after_any_arrival(open_screen, when: int) -> None:
    at = open_screen(PAGE, **SMALL, settings_section="stream", settings_when=str(when))
    assert_fine(at, f"{when} %")
    time, plane, _ = charts(at)
    asked, spent = numbers(trace(time, "Asked")["x"]), numbers(trace(time, "Spent")["y"])
    arrivals, now = len(spent), max(1, 146 * when // 100)
    assert arrivals == 146 and time["layout"]["shapes"][0]["x0"] == now
    assert spent.tolist() == [int((asked <= t).sum()) for t in range(1, arrivals + 1)]
    assert np.all(spent <= numbers(trace(time, "Earned")["y"]))
    told = " ".join(one.value for one in at.markdown)
    assert f"After arrival {now} of 146" in told and f"{format_labels(spent[now - 1])} spent of" in told
    shown = [one for one in plane["data"] if str(one.get("name", "")).startswith(("Asked: ", "First labels"))]
    held = sum(np.isfinite(numbers(one["x"])).sum() for one in shown)
    assert held == min(30, 4 + spent[now - 1])


def test_the_stream_s_program_and_table(open_screen) -> None:
    at = open_screen(PAGE, **SMALL, settings_section="stream", settings_turn="90", settings_pace="abrupt")
    assert_fine(at, "stream")
    lines = printed_by(at)
    policies = trace(charts(at)[2], "Variable threshold")
    for arrivals, height in zip(numbers(policies["x"]), numbers(policies["y"]), strict=True):
        own = [float(line[4]) for line in lines if line[0] == "variable" and int(line[2]) == arrivals]
        assert len(own) == 6 and height == pytest.approx(np.mean(own))
    assert len(at.dataframe[0].value) == 5
    assert "6 paired streams" in at.info[0].value


def test_synthesised_points_can_be_followed(open_screen) -> None:
    at = open_screen(PAGE, **SMALL, settings_section="synthesis", settings_batch="3", settings_made="50")
    assert_fine(at, "synthesised points")
    plane = charts(at)[0]
    made = [numbers(trace(plane, name)[axis]) for name in ("Asked: A", "Asked: B") for axis in ("x", "y")]
    assert sum(np.isfinite(one).sum() for one in made) == 2 * 3  # one of three rounds, two axes
    box = trace(plane, "The box")
    for x, y in zip(made[::2], made[1::2], strict=True):
        assert not np.any((x < numbers(box["x"]).min() - 1e-6) | (y > numbers(box["y"]).max() + 1e-6))
    assert printed_by(at)[3][0] == "13"


def test_a_round_of_synthesis_keeps_to_the_budget(open_screen) -> None:
    at = open_screen(PAGE, **(SMALL | {"settings_labels": "5"}), settings_section="synthesis", settings_batch="10")
    assert_fine(at, "a round larger than the budget")
    assert "with 9 labels" in at.info[0].value
    assert printed_by(at)[1][0] == "9"


def test_synthesised_digits_are_beside_real_ones(open_screen) -> None:
    at = open_screen(PAGE, **DIGITS, settings_section="digits")
    assert_fine(at, "digits")
    gallery = next(one.proto.body for one in at.get("html") if "alcore-made-up" in one.proto.body)
    assert gallery.count("<img") == 2 * 6 and gallery.count("nearest real ones agree") == 2
    curves = charts(at)[0]["data"]
    assert {len(one["x"]) if isinstance(one["x"], list) else len(numbers(one["x"])) for one in curves} == {2}
    assert len(curves) == 3 and "Accuracy" in at.info[0].value
    lines = printed_by(at)
    assert [line[:2] for line in lines] == [
        [name, labels] for name in ("synthesis", "least_confidence", "random") for labels in ("32", "34")
    ]
    for curve, rows in zip(curves, (lines[:2], lines[2:4], lines[4:]), strict=True):
        heights = curve["y"] if isinstance(curve["y"], list) else numbers(curve["y"])
        assert [float(row[2]) for row in rows] == pytest.approx(list(heights)), curve["name"]


@pytest.mark.parametrize("words", QUESTIONS)
def test_every_question_opens(open_screen, words: str) -> None:
    at = open_screen(PAGE, **(SMALL | DIGITS), **{f"settings_{k}": v for k, v in QUESTIONS[words].items()})
    assert_fine(at, words)
    assert not at.warning


@pytest.mark.parametrize("section", ["together", "stream", "synthesis"])
def test_formats_are_offered_everywhere(open_screen, section: str) -> None:
    at = open_screen(PAGE, **SMALL, settings_section=section)
    keys = [button.key for button in at.download_button]
    assert keys == [f"settings_export_{fmt}" for fmt in ("csv", "json", "html", "png", "svg", "pdf")]
    assert not any(button.disabled for button in at.download_button)


def test_a_link_that_asks_for_too_much_is_reported(open_screen) -> None:
    at = open_screen(PAGE, **SMALL, settings_policy="nonsense", settings_share="3", settings_section="stream")
    assert_fine(at, "a bad link")
    assert "nonsense" in at.warning[0].value and "Budget, share" in at.warning[0].value


def test_every_control_may_stand_at_its_ends(open_screen) -> None:
    at = open_screen(PAGE, settings_points="150", settings_paired="1", settings_section="stream")
    assert move_every_control(at, leave=("settings_points", "settings_paired")) > 20
