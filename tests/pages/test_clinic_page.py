"""The failure clinic without a browser."""

import json
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from alcore.loops.failure_modes.cases import FAILURE_MODES, OutlierAttraction
from alcore.loops.failure_modes.replayed import replayed
from alcore.loops.races.grid import grid_over
from alcore.report.interactive.packing import unpacked
from alcore.report.phrases import percent
from alcore.report.text.failure_modes import effects, signed
from pages.screens.failure_clinic.as_python import as_python
from pages.screens.failure_clinic.cached import exported, frame_of
from pages.screens.failure_clinic.controls import PAGE as PREFIX
from pages.screens.failure_clinic.controls import PAIRED
from pages.screens.failure_clinic.texts import ARMS, EXPORTED, WORDS, drawn_as
from tests.support.screens import ENDS, NONSENSE, assert_fine, charts, move_every_control, players

PAGE = "pages/failure_modes.py"


def verdict(at) -> str:
    """The claims on the screen."""
    (body,) = [one.proto.body for one in at.get("html") if 'class="verdict"' in one.proto.body]
    return body


def captions(at) -> str:
    return " ".join(one.value for one in at.caption)


def quick(mode: str, **more: str) -> dict[str, str]:
    settings = {"paired": "5", "rounds": "10", "points": "100"} | more
    return {f"{PREFIX}_{mode}_{name}": value for name, value in settings.items()} | {"clinic_ward": mode}


def test_every_failure_mode_has_words() -> None:
    assert set(WORDS) == set(FAILURE_MODES)


@pytest.mark.parametrize(("mode", "field"), [("outliers", "outliers"), ("bias", "overlap"), ("cold", "imbalance")])
def test_the_severity_says_at_which_end_it_is_worse(open_screen, mode: str, field: str) -> None:
    at = open_screen(PAGE, **quick(mode))
    (severity,) = [one for one in at.slider if one.label.startswith("Severity")]
    costs = []
    for end in (severity.min, severity.max):
        races = FAILURE_MODES[mode](**{field: type(getattr(FAILURE_MODES[mode](), field))(end)}).trial(
            range(10), lambda share: None
        )
        costs.append((races.reference.accuracy_S_T - races.without.accuracy_S_T).mean())
    assert costs[0] != costs[1]
    assert ("is worse)" in severity.label) == (costs[0] > costs[1])


@pytest.mark.parametrize("mode", ["calibration", "outliers"])
def test_a_whole_number_has_no_decimals_on_a_slider(open_screen, mode: str) -> None:
    at = open_screen(PAGE, **quick(mode))
    halves = [one for one in at.slider if one.step == 0.5]
    assert halves and all(one.proto.format == "%g" for one in halves)


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize(
    ("mode", "drawn", "heading"),
    [
        ("calibration", 4, "Reliability diagram"),
        ("bias", 4, "Accuracy by strength of the remedy"),
        ("outliers", 2, "The budget spent on outliers"),
        ("cold", 3, "Every start, from the worst to the best"),
    ],
)
def test_a_failure_mode_opens_and_each_control_goes_to_its_ends(
    open_screen, mode: str, drawn: int, heading: str, ends: str
) -> None:
    at = open_screen(PAGE, **quick(mode))
    assert_fine(at, "opening")
    assert len(charts(at)) == drawn
    assert f"**{heading}**" in [one.value for one in at.markdown]
    assert "5 paired seeds" in verdict(at) and verdict(at).count("<img alt=") == 3
    slow = {f"clinic_{mode}_{name}" for name in ("paired", "rounds", "points")}
    assert move_every_control(at, ends, leave=slow) >= 5


def test_differences_are_in_points_and_shares_in_percent(open_screen) -> None:
    first, ranks, gains = charts(open_screen(PAGE, **quick("cold")))
    axis = gains["layout"]["yaxis"]
    assert axis["title"]["text"] == "Gain over random (points)" and "%" not in axis.get("tickformat", "")
    assert "%" in first["layout"]["yaxis"]["tickformat"] and "%" in ranks["layout"]["yaxis"]["tickformat"]
    trace = next(one for one in gains["data"] if one.get("name") == "Without the remedy")
    assert "%{y:.1f}" in trace["hovertemplate"]


def test_the_link_is_the_state_and_the_sentence_is_that_of_the_library(open_screen) -> None:
    at = open_screen(PAGE, **quick("outliers", outliers="8", beta="1.5", strategy="k_center", start="6", seed="3"))
    assert_fine(at, "opening a link")
    setting = OutlierAttraction(outliers=8, beta=1.5, strategy="k_center", seed_labels=6, rounds=10, points=100)
    trial = setting.trial(range(5))
    arms = (trial.without, trial.treated, trial.control_without, trial.control_treated, trial.reference)
    found = effects(*(arm.accuracy_S_T for arm in arms))
    assert signed(found.recovery.low) in verdict(at) and signed(found.recovery.high) in verdict(at)
    assert "Seed 3 of 5" in captions(at)


def test_the_maps_show_the_typical_seed_unless_the_reader_chooses_another(open_screen) -> None:
    setting = OutlierAttraction(rounds=10, points=100)
    trial = setting.trial(range(6))
    gain_S = (trial.treated.accuracy_S_T - trial.without.accuracy_S_T).mean(axis=1)
    typical = int(np.argmin(abs(gain_S - gain_S.mean())))
    assert len(set(gain_S)) == 6

    def drawn(at) -> str:
        assert_fine(at, "opening")
        (seed,) = re.findall(r"Seed (\d+) of 6", captions(at))
        (player,) = [one.proto for one in at.get("bidi_component") if one.proto.component_name == "alcore_player"]
        alt = unpacked(player.bytes)["alt"]
        for arm, title in ARMS.items():
            accuracy = getattr(trial, arm).accuracy_S_T[int(seed), -1]
            assert f"{percent(accuracy)} {title.lower()}" in alt
        # The race shown stands beside the mean, of the cost and of the effect of the remedy.
        cost_S = (trial.without.accuracy_S_T - trial.reference.accuracy_S_T).mean(axis=1)
        races = re.findall(r"this race: ([−+.0-9]+)", verdict(at))
        cost, gain = signed(cost_S[int(seed)]), signed(gain_S[int(seed)])
        assert races == [cost, cost, gain, gain], "in the drawing and in words"
        return captions(at)

    at = open_screen(PAGE, **quick("outliers", paired="6"))
    told = drawn(at)
    assert f"Seed {typical} of 6, by the remedy's effect the typical seed" in told
    assert f"here {signed(gain_S[typical])} points, on average {signed(gain_S.mean())}" in told
    other = (typical + 1) % 6
    at = open_screen(PAGE, **quick("outliers", paired="6", seed=str(other)))
    assert f"Seed {other} of 6" in drawn(at) and f"not the typical seed, which is {typical}" in drawn(at)
    at = open_screen(PAGE, **quick("outliers", paired="6", seed="47"))
    assert "Seed 5 of 6" in drawn(at), "where there are fewer, the last"


@pytest.mark.parametrize(("mode", "plays"), [("outliers", False), ("calibration", True)])
def test_races_that_end_alike_play_once_when_they_open(open_screen, mode: str, plays: bool) -> None:
    at = open_screen(PAGE, clinic_ward=mode)
    (first,) = players(at)
    assert bool(first["opening"]) is plays
    seed = at.selectbox(key=f"{PREFIX}_{mode}_seed")
    seed.set_value(seed.options[1]).run()
    assert_fine(at, mode)
    assert players(at)[0]["opening"] == first["opening"], "and not again"


@pytest.mark.parametrize("mode", list(WORDS))
def test_the_race_that_is_played_is_the_one_that_was_run(mode: str) -> None:
    setting = FAILURE_MODES[mode](rounds=4, points=60)
    trial = setting.trial(range(2))
    data = trial.data[1].dataset
    grid = grid_over(data, rows=6)
    for arm in ARMS:
        race, course = replayed(trial, arm, 1, grid, name=arm), getattr(trial, arm)
        assert [one.labels for one in race.rounds] == course.labels_T.tolist()
        assert [one.accuracy for one in race.rounds] == course.accuracy_S_T[1].tolist()
        assert len(set(race.order.tolist())) == len(race.order) == race.rounds[-1].labels
        assert race.order[-4:].tolist() == course.asked_S_M[1].tolist()
        # The model's class at each place of the grid is that of the model at these places.
        probs = course.at(1).probs(4, grid.points_P_2[None])[0]
        assert race.surfaces_R_Y_X_C[4].reshape(-1, 2) == pytest.approx(probs, abs=1e-6)


def test_the_costs_on_the_tabs_are_measured() -> None:
    measured = json.loads((Path(__file__).parents[1] / "benchmarks/results/clinic.json").read_text())
    for row in measured:
        mode = row["work"].partition(":")[0]
        if "disease" in row:
            assert WORDS[mode].cost == pytest.approx(-row["on_opening"]["failure"]["estimate"])
            assert row["on_opening"]["seeds"] == [0, PAIRED[mode] - 1]
            assert row["failure"]["high"] < 0, "the default shows a failure"


@pytest.mark.parametrize(
    "mode", ["outliers", *(pytest.param(mode, marks=pytest.mark.long) for mode in WORDS if mode != "outliers")]
)
def test_a_tab_says_the_cost_that_the_verdict_says_as_it_opens(open_screen, mode: str) -> None:
    at = open_screen(PAGE, clinic_ward=mode)
    assert_fine(at, "opening")
    number = re.search(r"<b>−([0-9.]+)<small>", verdict(at))
    assert number is not None
    assert float(number[1]) == pytest.approx(WORDS[mode].cost, abs=0.06)


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize("controls", [("ward",), ("cold_imbalance", "cold_start", "cold_strategy")])
def test_nonsense_in_the_address_is_a_sentence_at_most(open_screen, controls: tuple[str, ...], value: str) -> None:
    given = quick("cold") | quick("calibration") | {"clinic_ward": "cold"}
    at = open_screen(PAGE, **(given | {f"clinic_{control}": value for control in controls}))
    assert_fine(at, f"{controls}={value}")
    assert len(at.warning[0].value.splitlines()) >= len(controls) and charts(at)


def test_the_program_prints_the_effects(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "clinic.py"
    script.write_text(as_python(OutlierAttraction(rounds=5, points=60), 3))
    found = runpy.run_path(str(script))["found"]
    assert str(found.recovery) in capsys.readouterr().out


@pytest.mark.parametrize(("mode", "arms"), [("calibration", 5), ("bias", 5), ("outliers", 5), ("cold", 6)])
def test_no_curve_is_exported_twice(mode: str, arms: int) -> None:
    setting = FAILURE_MODES[mode](rounds=3, points=60)
    trial = setting.trial(range(2))
    frame = frame_of(setting, 2, trial)
    assert set(exported(trial, "theirs")) <= set(EXPORTED) and len(exported(trial, "theirs")) == arms
    assert set(frame["strategy"]) == {drawn_as(arm) for arm in exported(trial, "theirs")}
