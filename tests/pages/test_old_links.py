"""Old links: a screen that has another name now is found by its former address."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.old_links import RENAMED
from tests.support.lab import finished
from tests.support.screens import assert_fine

LINK = {"settings_section": "stream", "settings_share": "0.15", "settings_seed": "7"}


def test_the_scenarios_open_by_their_former_address(open_screen: Callable[..., AppTest]) -> None:
    former, now = (open_screen(path, **LINK) for path in ("pages/settings.py", "pages/scenarios.py"))
    assert_fine(former, "former address")
    assert former.title[0].value == now.title[0].value
    assert {key: former.query_params[key] for key in LINK} == {key: now.query_params[key] for key in LINK}
    assert [one.value for one in former.info] == [one.value for one in now.info]
    assert former.session_state["settings_seed"] == now.session_state["settings_seed"] == 7


# Parameter -> page, a former label, its option, and the parameters under which the control is drawn.
QUICK = {"arena_rounds": "3", "arena_paired": "1"}
OWN = {"mnist_experiment": "Own values", "mnist_strategy": "BALD"}
FORMER: dict[str, tuple[str, str, object, dict[str, str]]] = {
    "arena_third": ("arena", "Nobody", "none", QUICK),
    "arena_fork": ("arena", "Nobody", "none", QUICK),
    "arena_surface": ("arena", "Own score", "score", QUICK),
    "arena_target": ("arena", "A height all reach", "auto", QUICK),
    "batch_show": ("batch_explorer", "What does it buy?", "buys", {"batch_rounds": "2", "batch_seeds": "5"}),
    "mnist_experiment": ("mnist", "Small network", "mlp-1d-mnist", {}),
    "mnist_carry": ("mnist", "Made anew", "new", {}),
    "mnist_until": ("mnist", "As long as it helps", "settled", OWN),
    "mnist_committee": ("mnist", "Other starts", "ensemble", OWN),
    "mnist_look": ("mnist", "Mistakes", "mistakes", {}),
    "settings_policy": ("scenarios", "Random skipping", "random", {"settings_section": "stream"}),
    "settings_section": ("scenarios", "Made-up points", "synthesis", {"settings_labels": "5"}),
    "strategies_section": ("strategies", "Two kinds of doubt", "doubt", {}),
    "strategies_families": ("strategies", "Both at once", ["Hybrid"], {}),
    "tournament_chart": ("tournament", "Chance to win", "improvement", {}),
    "tournament_datasets": ("tournament", "make_classification", ["classification"], {}),
    "tournament_learners": ("tournament", "Small network", ["mlp"], {}),
    **{
        f"clinic_{mode}_seed": (
            "failure_modes",
            "Median seed",
            "Typical seed",
            {"clinic_ward": mode, f"clinic_{mode}_paired": "5", f"clinic_{mode}_rounds": "10"},
        )
        for mode in ("outliers", "bias", "cold", "calibration")
    },
}


@pytest.mark.usefixtures("fetches")
@pytest.mark.parametrize("key", RENAMED)
def test_an_option_is_found_by_its_former_label(open_screen: Callable[..., AppTest], home: Path, key: str) -> None:
    page, label, option, others = FORMER[key]
    assert label in RENAMED[key]
    if key == "mnist_look":
        finished(home, rounds=1)
    at = open_screen(f"pages/{page}.py", **others, **{key: label})
    assert_fine(at, "former label")
    assert at.session_state[key] == option
    assert not [one for one in at.warning if "the link asked for" in one.value]
    now = RENAMED[key][label]
    assert key not in at.query_params or at.query_params[key] in (now, [now])


def test_a_parameter_is_found_by_its_former_name(open_screen: Callable[..., AppTest]) -> None:
    former, now = (
        open_screen("pages/strategies.py", strategies_section="simplex", **{f"strategies_{name}": "A"})
        for name in ("yardstick", "reference")
    )
    assert_fine(former, "former parameter")
    assert former.session_state["strategies_reference"] == now.session_state["strategies_reference"] == "first"
    assert "strategies_yardstick" not in former.query_params and not former.warning


def test_no_former_label_is_a_label_of_today() -> None:
    for renamed in RENAMED.values():
        assert renamed and not set(renamed) & set(renamed.values())
