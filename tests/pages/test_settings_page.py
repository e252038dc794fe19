"""The screen of the three settings without a browser."""

import base64
import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from alcore.report.curves import curve_frame
from pages.screens.scenarios import comparison, stream
from pages.screens.scenarios.controls import (
    DIGITS,
    PAGE,
    THRESHOLDS,
    ScenarioSettings,
    StreamSettings,
    Thresholds,
)
from pages.screens.scenarios.digits_run import READY, ready
from pages.screens.scenarios.grid import FILE, OVERLAPS, ROWS, _cell
from pages.screens.scenarios.starting_points import QUESTIONS
from pages.shared import export_panel
from pages.shared.frame import PAGES
from pages.shared.planar_scene import PlanarScene
from tests.benchmarks import settings
from tests.support.screens import ENDS, assert_fine, charts, move_every_control, players, races, standing, verdicts

SCREEN = "pages/scenarios.py"
SMALL = {"settings_points": "150", "settings_labels": "10", "settings_paired": "6"}
FEW = {"settings_digits_rounds": "1", "settings_digits_batch": "2", "settings_digits_first": "32"}


def numbers(values: Any) -> np.ndarray:
    if isinstance(values, list):
        return np.array(values, dtype=float)
    return np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])


def curves(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The learning curves of a player's figure, by their names."""
    return {one["name"]: one for one in figure["data"] if one.get("meta") == "grows" and one["mode"] == "lines"}


def moving(figure: dict[str, Any], frame: int, axis: str, meta: str) -> list[dict[str, Any]]:
    """The traces of a kind on a pair of axes, as they are in a frame."""
    changes = dict(zip(figure["traces"], figure["frames"][frame], strict=True))
    return [
        trace | changes.get(number, {})
        for number, trace in enumerate(figure["data"])
        if trace["xaxis"] == axis and trace.get("meta") == meta
    ]


def places(trace: dict[str, Any]) -> np.ndarray:
    """The finite positions of a trace."""
    found = np.stack([numbers(trace["x"]), numbers(trace["y"])], axis=1)
    return found[np.isfinite(found).all(axis=1)]


def printed_by(at) -> list[list[str]]:
    """What the program on offer prints, line by line."""
    code = next(one.value for one in at.code if "import" in one.value)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "snippet", "exec"), {})
    return [line.split() for line in printed.getvalue().splitlines()]


def test_opens_with_all_settings_side_by_side_and_a_clear_difference(open_screen) -> None:
    at = open_screen(SCREEN)
    assert_fine(at, "opening")
    said = verdicts(at)
    assert len(said) == 3 and all("20 paired seeds" in one for one in said)
    assert said[0].startswith("Pool beats random") and said[1].startswith("Stream beats random")
    (figure,) = races(at)
    assert len(figure["frames"]) == 41 and list(curves(figure)) == ["Pool", "Stream", "Synthesis", "Random"]
    assert figure["layout"]["meta"]["words"][-1].startswith("40 of 40 labels")
    assert len(at.dataframe[0].value) == 4
    assert ("pages/scenarios.py", "Pool, stream, synthesis") in [entry[:2] for entry in PAGES]


def test_the_default_was_chosen_on_other_seeds_and_stands_on_those_shown() -> None:
    results = json.loads((READY.parents[3] / "tests/benchmarks/results/settings.json").read_text())
    choice, evidence = ([one for one in results if one["work"].startswith(use)] for use in ("choice", "evidence"))
    assert {tuple(one["seeds"]) for one in choice} == {(1000, 1019)}
    assert {tuple(one["seeds"]) for one in evidence} == {(0, 49)}
    best = max(choice, key=lambda one: min(one["pool"][1], one["stream"][1]))
    assert results[-1]["work"].removeprefix("chosen: ") == best["work"].removeprefix("choice: ")
    assert best["work"] == "choice: Two moons, overlap 0.1"
    own = next(one for one in evidence if one["work"].endswith("Two moons, overlap 0.1"))
    assert own["pool"][1] > 0 and own["stream"][1] > 0


def test_the_grid_holds_the_measured_gains() -> None:
    results = json.loads((READY.parents[3] / "tests/benchmarks/results/settings.json").read_text())
    evidence = [one for one in results if one["work"].startswith("evidence")]
    shown = json.loads(FILE.read_text())
    assert len(shown) == len(ROWS) * len(OVERLAPS) == len(evidence)
    for cell, one in zip(shown, evidence, strict=True):
        assert cell == {name: one[name] for name in ("pool", "stream", "synthesis")}


def test_no_cell_is_marked_where_other_settings_differ(open_screen) -> None:
    def grid(**given: str) -> dict[str, Any]:
        at = open_screen(SCREEN, settings_paired="1", **given)
        assert_fine(at, "the grid")
        (sent,) = [one.proto for one in at.get("bidi_component") if one.proto.component_name == "alcore_settings_grid"]
        found: dict[str, Any] = json.loads(sent.json)
        return found

    usual = grid()
    assert usual["chosen"] == [row.data for row in ROWS].index("moons") * len(OVERLAPS) and not usual["note"]
    for other in ({"settings_labels": "10"}, {"settings_strategy": "margin"}, {"settings_points": "200"}):
        differs = grid(**other)
        assert differs["chosen"] == -1 and differs["note"].startswith("Measured with other settings")


def test_a_cell_says_what_it_was_measured_with() -> None:
    words = str(_cell(ROWS[0], OVERLAPS[0], json.loads(FILE.read_text())[0])["words"])
    assert f"{settings.POOL} points, {settings.SEED_LABELS} labels at first and {settings.LABELS} more" in words


def test_the_program_prints_the_curves_that_are_drawn(open_screen) -> None:
    at = open_screen(SCREEN, **SMALL, settings_policy="random", settings_strategy="margin", settings_seed="3")
    assert_fine(at, "side by side")
    lines = printed_by(at)
    drawn = curves(races(at)[0])
    for key, name in (("pool", "Pool"), ("stream", "Stream"), ("synthesis", "Synthesis"), ("random", "Random")):
        own = [[float(line[2]), float(line[3])] for line in lines if line[0] == key and line[1] == "3"]
        assert np.stack([numbers(drawn[name][axis]) for axis in "xy"], axis=1) == pytest.approx(np.array(own))


def test_every_panel_shows_how_its_query_is_found(open_screen) -> None:
    at = open_screen(SCREEN, **SMALL, settings_data="Two moons", settings_seed="1")
    (figure,) = races(at)
    for frame in range(10):
        (climb, strip) = moving(figure, frame, "x3", "climbs")
        (following,) = moving(figure, frame, "x3", "next")
        assert places(climb)[-1] == pytest.approx(places(following)[0], abs=1e-5), "the ascent ends at the query"
        assert np.all(np.diff(places(strip)[:, 1]) >= -1e-6), "uncertainty never falls along it"
    # The stream's gate passes every arrival: the queries of the strip are those above the dashed line.
    gate, skipped, asked = moving(figure, 5, "x2", "flows")
    assert len(places(skipped)) + len(places(asked)) > 5 and len(places(asked)) >= 1
    line = places(gate)
    for x, y in places(asked):
        assert y >= line[np.argmin(np.abs(line[:, 0] - x)), 1] - 1e-6


def test_a_stream_is_played_arrival_by_arrival(open_screen) -> None:
    at = open_screen(SCREEN, **SMALL, settings_section="stream", settings_turn="90", settings_pace="abrupt")
    assert_fine(at, "stream")
    (figure,) = races(at)
    ends = figure["labels"]
    assert ends[0] == 0 and ends[-1] == 146 and len(figure["frames"]) == len(ends) == 41
    words = figure["layout"]["meta"]["words"]
    spent = [int(one.split(", ")[1].split()[0]) for one in words]
    assert words[-1].startswith("arrival 146 of 146") and spent == sorted(spent)
    assert all(used <= np.ceil(0.1 * end) for used, end in zip(spent, ends, strict=True))
    # At most so many labels are on the map as the model is trained on.
    held = [trace for trace in figure["data"] if trace["xaxis"] == "x" and trace["mode"] == "markers+text"]
    assert sum(len(places(trace | {"y": trace["x"]})) for trace in held) == min(30, 4 + spent[-1])
    lines = printed_by(at)
    own = [float(line[4]) for line in lines if line[:2] == ["quantile", "0"]]
    assert numbers(curves(figure)["Quantile threshold"]["y"]) == pytest.approx(own)
    assert len(at.dataframe[0].value) == 5 and all("6 paired seeds" in one for one in verdicts(at))


def test_synthesised_points_can_be_followed(open_screen) -> None:
    at = open_screen(SCREEN, **SMALL, settings_section="synthesis", settings_batch="3")
    assert_fine(at, "synthesised points")
    (figure,) = races(at)
    assert len(figure["frames"]) == 4
    box, *_ = (one for one in figure["data"] if one.get("line", {}).get("dash") == "dot")
    low, high = places(box).min(axis=0), places(box).max(axis=0)
    for frame in range(3):
        (queries,) = moving(figure, frame, "x", "next")
        assert len(places(queries)) == 3
        assert np.all((places(queries) >= low - 1e-5) & (places(queries) <= high + 1e-5))
    assert printed_by(at)[3][0] == "13"


def test_a_round_of_synthesis_keeps_to_the_budget(open_screen) -> None:
    at = open_screen(SCREEN, **(SMALL | {"settings_labels": "5"}), settings_section="synthesis", settings_batch="10")
    assert_fine(at, "a round larger than the budget")
    assert any("with 9 labels" in one.value for one in at.caption)
    assert printed_by(at)[1][0] == "9"


def test_ready_digits_are_those_of_the_defaults() -> None:
    settings, found = ready()
    assert settings == DIGITS and READY.stat().st_size < 20_000
    made = DIGITS.labels_per_round * DIGITS.rounds
    assert found.pictures_Q_H_W.shape == (made, 8, 8) and found.probs_Q_C.shape == (made, 10)
    assert found.probs_Q_C.sum(axis=1) == pytest.approx(np.ones(made), abs=1e-3)
    frame = curve_frame(found.rows)
    assert set(frame["strategy"]) == {"synthesis", "least_confidence", "random"}
    assert frame.groupby("strategy")["labels"].apply(list).map(tuple).nunique() == 1


def test_synthesised_digits_come_along(open_screen) -> None:
    at = open_screen(SCREEN, settings_section="digits")
    assert_fine(at, "digits")
    gallery = next(one.proto.body for one in at.get("html") if "alcore-made-up" in one.proto.body)
    assert gallery.count("<img") == 16 * 6 and gallery.count("nearest agree") == 16
    assert len(charts(at)[0]["data"]) == 3 and asdict(DIGITS)["seed"] == standing(at)["settings_seed"]


@pytest.mark.parametrize("narrow", [False, True])
def test_on_a_phone_the_digits_are_explained_above_them(
    open_screen, monkeypatch: pytest.MonkeyPatch, narrow: bool
) -> None:
    monkeypatch.setattr("pages.screens.scenarios.synthesis_digits.is_narrow", lambda: narrow)
    at = open_screen(SCREEN, settings_section="digits")
    assert_fine(at, "digits")
    told = [str(one.proto) for one in at.main]
    gallery = next(i for i, one in enumerate(told) if "alcore-made-up" in one)
    words = next(i for i, one in enumerate(told) if "Could you label these?" in one and "times as far" in one)
    assert (words < gallery) == narrow


def test_other_digits_are_computed_on_request(open_screen) -> None:
    at = open_screen(SCREEN, **FEW, settings_section="digits")
    assert_fine(at, "before")
    assert not charts(at) and "have not been synthesised yet" in " ".join(one.value for one in at.markdown)
    at.button(key="settings_digits_make").click().run()
    assert_fine(at, "digits")
    drawn = charts(at)[0]["data"]
    lines = printed_by(at)
    assert [line[:2] for line in lines] == [
        [name, labels] for name in ("synthesis", "least_confidence", "random") for labels in ("32", "34")
    ]
    for curve, rows in zip(drawn, (lines[:2], lines[2:4], lines[4:]), strict=True):
        assert [float(row[2]) for row in rows] == pytest.approx(list(numbers(curve["y"]))), curve["name"]


@pytest.mark.parametrize("words", QUESTIONS)
def test_every_question_opens(open_screen, words: str) -> None:
    at = open_screen(SCREEN, **SMALL, **{f"settings_{k}": v for k, v in QUESTIONS[words].items()})
    assert_fine(at, words)


@pytest.mark.parametrize(
    ("section", "stem"),
    [
        ("together", "alcore-scenarios-side-by-side-6-seeds"),
        ("stream", "alcore-scenarios-stream-6-seeds"),
        ("synthesis", "alcore-scenarios-query-synthesis-seed0"),
    ],
)
def test_formats_are_offered_everywhere(open_screen, section: str, stem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    named, download = [], export_panel.download

    def noted(label: str, make: Callable[[], bytes], file_name: str, *, key: str) -> None:
        named.append(file_name)
        download(label, make, file_name, key=key)

    monkeypatch.setattr(export_panel, "download", noted)
    at = open_screen(SCREEN, **SMALL, settings_section=section)
    assert {name.partition(".")[0].removesuffix("-animation") for name in named} == {stem}
    keys = [button.key for button in at.download_button]
    formats = ("csv", "json", "html", "png", "svg", "pdf", "animation")
    assert keys == [f"settings_export_{fmt}" for fmt in formats]
    assert not any(button.disabled for button in at.download_button)


def test_titles_say_what_the_races_depend_on() -> None:
    scene, usual = PlanarScene("moons", 300, 0.2, 2), Thresholds(**THRESHOLDS)
    assert comparison.title_of(ScenarioSettings(scene, 4, 40, "margin", "fixed", usual)) == (
        "Two moons, overlap 0.2, 300 points, 4 + 40 labels, pool by margin, stream by fixed threshold"
    )
    title = stream.title_of(StreamSettings(scene, 6, usual, 0.1, None, 90, "gradual"))
    assert "300 points, 6 initial labels, turn of 90 degrees, 10 % queried, trained on all labels" in title


def test_former_links_open(open_screen) -> None:
    at = open_screen("pages/settings.py", settings_section="Made-up points", settings_made="50", settings_points="150")
    assert_fine(at, "a former link")
    assert not at.warning and "settings_made" not in at.query_params
    assert players(at) and standing(at)["settings_section"] == "synthesis"


def test_a_link_that_asks_for_too_much_is_reported(open_screen) -> None:
    small = {"settings_points": "150", "settings_paired": "6"}
    at = open_screen(SCREEN, **small, settings_policy="nonsense", settings_share="3", settings_section="stream")
    assert_fine(at, "a bad link")
    assert "nonsense" in at.warning[0].value and "Budget, share" in at.warning[0].value


@pytest.mark.parametrize(
    ("section", "policy", "there", "missing"),
    [
        ("together", "fixed", {"labels", "strategy", "threshold"}, {"rate", "step", "share", "turn"}),
        ("stream", "randomised", {"share", "turn", "step", "spread"}, {"labels", "strategy", "rate"}),
        ("synthesis", "quantile", {"labels", "batch", "starts"}, {"policy", "paired", "share"}),
        ("digits", "quantile", {"digits_first", "seed"}, {"data", "labels", "paired"}),
    ],
)
def test_only_controls_that_apply_are_shown(
    open_screen, section: str, policy: str, there: set[str], missing: set[str]
) -> None:
    own = SMALL | {"settings_policy": policy} if section != "digits" else {}
    at = open_screen(SCREEN, settings_section=section, **own)
    keys = {key.removeprefix(f"{PAGE}_") for key in standing(at)}
    assert there <= keys and not missing & keys


@pytest.mark.parametrize("ends", ENDS)
def test_every_control_may_stand_at_its_ends(open_screen, ends: str) -> None:
    at = open_screen(SCREEN, settings_points="150", settings_paired="1", settings_section="stream")
    assert move_every_control(at, ends, leave=("settings_points", "settings_paired")) >= 10
