"""The batch explorer without a browser: what its maps are given, its controls, and a batch of one's own."""

import contextlib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.screens.batch_explorer import maps
from pages.screens.batch_explorer.controls import OPTIONS, PANELS
from tests.support.screens import ENDS, assert_fine, move_every_control

PAGE = "pages/batch_explorer.py"
SMALL = {"batch_points": "100", "batch_duplicates": "20"}


def scene(at: AppTest, part: str) -> dict[str, Any]:
    """What a map is given to draw."""
    found = [one.proto for one in at.get("bidi_component")]
    return next(json.loads(one.json) for one in found if one.component_name == f"alcore_batch_{part}")


def panels(at: AppTest) -> dict[str, dict[str, Any]]:
    return {panel["key"]: panel for panel in scene(at, "panels")["panels"]}


def number(panel: dict[str, Any], term: str) -> float:
    value = next(one["value"] for one in panel["numbers"] if one["term"] == term)
    return float(value.removeprefix("≈ ").removesuffix(" %"))


def picks(panel: dict[str, Any]) -> list[int]:
    return [pick["id"] for pick in panel["picks"]]


def stop_at(at: AppTest, alpha: float) -> dict[str, Any]:
    return next(stop for stop in scene(at, "positions")["stops"] if stop["alpha"] == alpha)


FOUR = {"batch_panels": ["Top-k", "k-center", "Hybrid, sum", "Hybrid, product"]}


def test_opens_with_the_slider_and_four_panels_of_one_pool(open_screen) -> None:
    at = open_screen(PAGE)
    assert_fine(at, "opening")
    shown = panels(at)
    assert tuple(shown) == PANELS
    assert max(shown, key=lambda name: number(shown[name], "Mean uncertainty")) == "top_k"
    assert min(shown, key=lambda name: number(shown[name], "Covering radius")) == "k_center"
    assert scene(at, "dial")["backdrop"] == scene(at, "panels")["backdrop"]
    assert all(panel["says"].startswith(panel["label"]) for panel in shown.values()), "a map without words"
    assert len({(panel["style"]["color"], panel["style"]["shape"]) for panel in shown.values()}) == 4


def test_the_default_is_what_the_rule_chose_and_its_effect_is_sure(open_screen) -> None:
    rows = json.loads((Path(__file__).parents[1] / "benchmarks/results/batch_default.json").read_text())
    chosen = max((row for row in rows if row["work"].startswith("choice")), key=lambda row: row["low"])
    at = open_screen(PAGE)
    keys = {"near_duplicates": "duplicates", "overlap": "overlap", "labeled": "labelled"}
    setting = {name: at.slider(key=f"batch_{key}").value for name, key in keys.items()}
    assert chosen["work"] == f"choice: {setting}" and at.slider(key="batch_size").value == 20
    evidence = [row for row in rows if row["work"].startswith(f"evidence: {setting}")]
    assert len(evidence) == 6 and all(row["low"] > 0 for row in evidence)
    assert chosen["seeds"][0] > evidence[0]["seeds"][1], "other seeds"


def test_the_slider_ends_at_top_k_and_k_center(open_screen) -> None:
    at = open_screen(PAGE, batch_alpha="0.3", **FOUR)
    dial, every, shown = scene(at, "dial"), scene(at, "positions"), panels(at)
    alphas = [stop["alpha"] for stop in every["stops"]]
    assert alphas == sorted(alphas, reverse=True) and len(alphas) == 21 and dial["alpha"] == 0.3
    assert every["stops"][0]["picks"] == picks(shown["top_k"])
    assert every["stops"][-1]["picks"] == picks(shown["k_center"])
    assert stop_at(at, 0.3)["picks"] == picks(shown["hybrid"])
    assert "30 % uncertainty" in shown["hybrid"]["about"]
    assert {index for stop in every["stops"] for index in stop["picks"]} == {int(i) for i in every["points"]}
    # It is drawn before, with the position at which it stands.
    assert dial["stops"] == [stop_at(at, 0.3)] and dial["token"] == every["token"]
    # Wherever it stands, it has the same positions: those that the browser knows already.
    elsewhere = scene(open_screen(PAGE, batch_alpha="0.6", **FOUR), "positions")
    assert elsewhere["token"] == every["token"] and elsewhere["stops"] == every["stops"]
    assert elsewhere["trade"] == every["trade"]


def test_large_batches_work_out_every_other_stop_and_the_one_asked_for(open_screen) -> None:
    at = open_screen(PAGE, batch_size="60", batch_alpha="0.35", **SMALL, **FOUR)
    assert [round(20 * stop["alpha"]) for stop in scene(at, "positions")["stops"]] == [
        *range(20, 7, -2),
        7,
        *range(6, -1, -2),
    ]
    assert stop_at(at, 0.35)["picks"] == picks(panels(at)["hybrid"])


def test_near_duplicates_cost_top_k_labels(open_screen) -> None:
    at = open_screen(PAGE, batch_duplicates="200")
    rates = {name: number(panel, "Near-duplicates") for name, panel in panels(at).items()}
    assert rates["top_k"] > rates["k_center"] == 0
    twice = [pick["twice"] for pick in panels(at)["top_k"]["picks"]]
    assert sum(twice) * 5 == rates["top_k"]


def test_opens_on_a_batch_that_fails(open_screen) -> None:
    at = open_screen(PAGE)
    top = stop_at(at, scene(at, "dial")["alpha"])
    worth = {name: number(panel, "Worth in labels") for name, panel in panels(at).items()}
    assert top["at"][1] == pytest.approx(worth["top_k"], abs=0.05)
    assert worth["top_k"] < 10 < min(worth["k_center"], worth["badge"]) and worth["batchbald"] > 19
    right = {name: number(panel, "Test accuracy with it") for name, panel in panels(at).items()}
    assert right["top_k"] < min(right[name] for name in ("k_center", "badge", "batchbald"))
    dots = {dot["name"]: dot["at"] for dot in scene(at, "dial")["trade"]["dots"]}
    assert set(dots) == {"Top-k", "k-center", "BADGE", "BatchBALD"}


def test_a_model_that_knew_fewer_labels_is_worse_and_measured_as_such(open_screen) -> None:
    whole, early = (
        open_screen(PAGE, batch_labelled="30"),
        open_screen(PAGE, batch_labelled="30", batch_learned="10"),
    )
    assert scene(whole, "dial")["backdrop"] == scene(early, "dial")["backdrop"]
    assert picks(panels(whole)["k_center"]) == picks(panels(early)["k_center"])
    assert picks(panels(whole)["top_k"]) != picks(panels(early)["top_k"])
    told = [next(one.value for one in at.caption if "the 30 labels" in one.value) for at in (whole, early)]
    assert "trained" not in told[0] and "trained on 3 of the labels" in told[1]
    before = [float(stop_at(at, 1.0)["headline"]["rest"].split("accuracy ")[1].split(" %")[0]) for at in (whole, early)]
    assert before[0] > before[1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"batch_size": "9999"}, "9,999"),
        ({"batch_alpha": "x"}, "not a number"),
        ({"batch_alpha": "7"}, "asked for 7"),
        ({"batch_panels": "spam"}, "spam"),
        ({"batch_own": "3-x-<b>"}, "no list of points"),
        ({"batch_data": "cheese"}, "cheese"),
    ],
)
def test_nonsense_in_the_address_is_a_sentence(open_screen, given: dict[str, str], said: str) -> None:
    at = open_screen(PAGE, **given)
    assert_fine(at, "opening")
    assert said in at.warning[0].value
    assert len(panels(at)) == 4


@pytest.mark.parametrize("show", ["own", pytest.param("What does it buy?", marks=pytest.mark.long)])
def test_a_link_opens_its_section_with_every_control_at_both_ends(open_screen, show: str) -> None:
    at = open_screen(PAGE, batch_show=show, batch_seeds="5", batch_rounds="2", **SMALL)
    assert_fine(at, show)
    own = show == "own"
    assert own == ("alcore_batch_chooser" in [one.proto.component_name for one in at.get("bidi_component")])
    assert own != bool(at.get("plotly_chart"))
    for key in ("batch_size", "batch_labelled") if own else ("batch_rounds", "batch_seeds", "batch_target"):
        for value in (at.slider(key=key).min, at.slider(key=key).max):
            at.slider(key=key).set_value(value).run()
            assert_fine(at, f"{key} at {value}")
        at.slider(key=key).set_value(at.slider(key=key).min).run()


@pytest.mark.parametrize("ends", ENDS)
def test_every_control_at_its_ends(open_screen, ends: str) -> None:
    at = open_screen(PAGE)
    assert move_every_control(at, ends) == 12
    for chosen in ([], list(OPTIONS)[:1]):
        at.multiselect[0].set_value(chosen).run()
        assert_fine(at, f"panels {chosen}")
    assert tuple(panels(at)) == OPTIONS[:1]


@pytest.mark.parametrize("shape", ["moons", "far_cluster", "xor"])
def test_other_shapes_have_two_classes(open_screen, shape: str) -> None:
    at = open_screen(PAGE, batch_data=shape, batch_classes="5", batch_outliers="5", **SMALL)
    assert_fine(at, shape)
    assert len(scene(at, "dial")["backdrop"]["labelled"]) == 2
    assert "batch_classes" not in [one.key for one in at.slider], "a control without effect"


def test_every_strategy_of_the_catalogue_beside_the_four(open_screen) -> None:
    at = open_screen(PAGE, **SMALL)
    at.multiselect[0].set_value(list(OPTIONS)).run()
    assert_fine(at, "all strategies")
    shown = panels(at)
    assert tuple(shown) == OPTIONS
    assert all(len(set(picks(panel))) == 20 for panel in shown.values())
    best = max(number(panel, "Joint information") for panel in shown.values())
    assert number(shown["batchbald"], "Joint information") == pytest.approx(best, abs=0.03)


OWN = {"batch_show": "own", **SMALL}


def test_a_batch_point_by_point(open_screen) -> None:
    top = picks(panels(open_screen(PAGE, **SMALL))["top_k"])
    at = open_screen(PAGE, batch_size="3", **OWN)
    (legend,) = [one.value for one in at.caption if "Hollow" in one.value]
    assert "Blue" in legend and "Pink" not in legend
    for name in ("top_k", "top_k", "k_center"):
        at.button(key=f"batch_own_{name}").click().run()
        assert_fine(at, f"adding by {name}")
    chosen = scene(at, "chooser")["chosen"]
    assert chosen[:2] == top[:2] and len(chosen) == 3
    assert at.query_params["batch_own"] in ("-".join(map(str, chosen)), ["-".join(map(str, chosen))])
    assert "Your 3 labels are worth" in at.info[0].value
    assert at.button(key="batch_own_top_k").disabled, "exactly the batch size"
    table = at.dataframe[0].value
    assert table["Batch by"].tolist()[0] == "You" and len(table) == 5
    at.button(key="batch_own_undo").click().run()
    assert scene(at, "chooser")["chosen"] == chosen[:2]
    at.button(key="batch_own_clear").click().run()
    assert scene(at, "chooser")["chosen"] == [] and "batch_own" not in at.query_params
    at.button(key="batch_own_undo").click().run()
    assert scene(at, "chooser")["chosen"] == chosen[:2]


def test_a_batch_of_ones_own_comes_with_the_link_and_goes_with_the_sample(open_screen) -> None:
    at = open_screen(PAGE, **OWN)
    free = [point[0] for point in scene(at, "chooser")["points"]]
    labelled = sorted(set(range(120)) - set(free))
    given = [free[5], labelled[0], free[9], free[5], 999]
    at = open_screen(PAGE, batch_own="-".join(map(str, given)), **OWN)
    assert_fine(at, "opening with a batch")
    assert scene(at, "chooser")["chosen"] == [free[5], free[9]]
    at.slider(key="batch_size").set_value(5).run()
    assert scene(at, "chooser")["chosen"] == [free[5], free[9]]
    at.slider(key="batch_seed").set_value(1).run()
    assert scene(at, "chooser")["chosen"] == []


def test_own_points_are_scored_with_the_same_numbers(open_screen) -> None:
    copied = picks(panels(open_screen(PAGE, batch_alpha="0.5", **SMALL, **FOUR))["hybrid"])
    at = open_screen(PAGE, batch_alpha="0.5", batch_own="-".join(map(str, copied)), **OWN, **FOUR)
    table = at.dataframe[0].value.set_index("Batch by")
    assert table.loc["You"].tolist() == table.loc["Hybrid, sum (0.50)"].tolist()


RACE = {"batch_show": "buys", "batch_size": "10", "batch_seeds": "6", "batch_rounds": "3", **SMALL}


def told_of(at: AppTest) -> str:
    return "  \n".join(one.value for one in at.markdown if "top-k" in one.value)


def test_races_are_run_and_kept(open_screen) -> None:
    at = open_screen(PAGE, **RACE)
    assert_fine(at, "racing")
    told = told_of(at)
    assert "of the accuracy with all labels" in told and "Often quoted: 20 to 40 % fewer labels" in told
    table = at.dataframe[0].value
    assert table["Batch by"].tolist()[-1] == "Random" and len(table) == 5
    kept = at.session_state["_kept_batch_races"]
    (races,) = kept.values()
    at.slider(key="batch_target").set_value(90).run()
    assert list(kept.values()) == [races] and "90 %" in told_of(at)
    at.slider(key="batch_rounds").set_value(2).run()
    assert len(kept) == 2


def test_races_that_would_take_minutes_are_left_out(open_screen, monkeypatch) -> None:
    monkeypatch.setattr("pages.screens.batch_explorer.label_savings.LONGEST", 0.0)
    at = open_screen(PAGE, **(RACE | {"batch_panels": ["BatchBALD"]}))
    assert_fine(at, "racing without BatchBALD")
    assert any("Left out" in one.value and "BatchBALD" in one.value for one in at.caption)


def test_long_races_wait_to_be_switched_on(open_screen, monkeypatch) -> None:
    monkeypatch.setattr("pages.screens.batch_explorer.label_savings.PATIENT", 0.0)
    at = open_screen(PAGE, **RACE)
    assert_fine(at, "waiting")
    assert not at.get("plotly_chart") and at.toggle[0].label.startswith("Race them, about")
    at.toggle[0].set_value(True).run()
    assert_fine(at, "racing")
    assert at.get("plotly_chart")


def test_one_slow_moment_does_not_hide_the_races_nor_does_the_slider(open_screen, monkeypatch) -> None:
    calls = 0

    def clock() -> float:
        """Each second measurement of three takes 50 s, the others 1 ms."""
        nonlocal calls
        calls += 1
        return 50.0 * ((calls + 2) // 6) + 0.001 * calls

    monkeypatch.setattr("pages.screens.batch_explorer.cached.time", SimpleNamespace(perf_counter=clock))
    for alpha in ("0.5", "0.7"):
        at = open_screen(PAGE, batch_alpha=alpha, **(RACE | {"batch_panels": ["Hybrid, sum"], "batch_labelled": "11"}))
        assert_fine(at, "racing")
        assert not at.toggle and at.get("plotly_chart")
    assert calls == 6 * len(["top_k", "hybrid", "random"]), "measured once for all positions of the slider"


def test_the_program_prints_the_numbers_on_screen(open_screen) -> None:
    given = {"batch_alpha": "0.25", "batch_outliers": "3", "batch_learned": "70"}
    free = [point[0] for point in scene(open_screen(PAGE, **given, **OWN), "chooser")["points"]][:3]
    given["batch_own"] = "-".join(map(str, free))
    shown = panels(open_screen(PAGE, **given, **(RACE | {"batch_show": "panels"})))
    at = open_screen(PAGE, **given, **RACE)
    code = next(one.value for one in at.code if "import" in one.value)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "snippet", "exec"), {})
    lines = printed.getvalue().splitlines()
    for name, panel in shown.items():
        line = lines.index(f"{name} {picks(panel)}")
        assert f"joint={panel['told']['joint']!r}" in lines[line + 1]
        assert f"sum_of_marginals={panel['told']['singles']!r}" in lines[line + 1]
        stated = {number["term"]: number["value"] for number in panel["numbers"]}
        worth, accuracy = (float(re.findall(rf"{name}=([^,)]+)", lines[line + 1])[0]) for name in ("worth", "accuracy"))
        assert (
            stated["Worth in labels"] == f"{worth:.1f}" and stated["Test accuracy with it"] == f"{100 * accuracy:.1f} %"
        )
    # The slider's own batch.
    assert any(line.startswith("hybrid [") for line in lines)
    assert f"you {free}" in lines
    told = told_of(at).split("  \n")
    assert lines[-len(told) :] == told


def test_six_formats_are_offered(open_screen) -> None:
    at = open_screen(PAGE, **SMALL)
    keys = [button.key for button in at.download_button]
    assert keys == [f"batch_export_{fmt}" for fmt in ("csv", "json", "html", "png", "svg", "pdf")]
    at = open_screen(PAGE, batch_panels="", **SMALL)
    assert np.all([button.disabled is False for button in at.download_button])
    disabled = {one.proto.popover.label: one.proto.popover.disabled for one in at.get("popover")}
    assert disabled["Export"] is False, "the slider's batch is shown without any strategy"


def test_what_a_map_sends_after_it_has_left_the_page_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Callable[[], None]] = []
    monkeypatch.setattr(maps, "_DIAL", lambda **given: sent.append(given["on_alpha_change"]))
    monkeypatch.setattr(maps, "_CHOOSER", lambda **given: sent.append(given["on_chosen_change"]))
    heard: list[object] = []
    maps.dial({}, heard.append, token="")
    maps.chooser({}, heard.append)
    for callback in sent:
        callback()
    assert len(sent) == 2 and not heard
