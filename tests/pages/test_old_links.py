"""Old links: a screen that has another name now is found by its former address."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from pages.shared.old_links import RENAMED
from tests.screens import assert_fine

LINK = {"settings_section": "stream", "settings_share": "0.15", "settings_seed": "7"}


def test_the_scenarios_open_by_their_former_address(open_screen: Callable[..., AppTest]) -> None:
    former, now = (open_screen(path, **LINK) for path in ("pages/settings.py", "pages/scenarios.py"))
    assert_fine(former, "former address")
    assert former.title[0].value == now.title[0].value
    assert {key: former.query_params[key] for key in LINK} == {key: now.query_params[key] for key in LINK}
    assert [one.value for one in former.info] == [one.value for one in now.info]
    assert former.session_state["settings_seed"] == now.session_state["settings_seed"] == 7


def test_an_option_is_found_by_its_former_label(open_screen: Callable[..., AppTest]) -> None:
    at = open_screen("pages/strategies.py", strategies_families="Both at once")
    assert_fine(at, "former label")
    assert at.session_state["strategies_families"] == ["Hybrid"]
    assert at.query_params["strategies_families"] in ("Hybrid", ["Hybrid"])
    assert not at.warning


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
