"""Controls bound to the address: what a link asks for, what the page makes of it, and what it says."""

import json

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from pages.shared.address import whole
from tests.support.screens import address

SCRIPT = """
import streamlit as st
from pages.shared import controls, link_warnings as notes

notes.open_place("p")
controls.slider("p", "points", "Points", 50, 1000, 300, step=50)
controls.slider("p", "alpha", "Alpha", 0.0, 1.0, 0.5)
controls.number("p", "seed", "Seed", 0, 9999, 0)
controls.selectbox("p", "strategy", "Strategy", {"random": "Random", "margin_2": "Margin *2*"}, "random")
controls.segmented("p", "combine", "Combine", {"sum": "Sum", "product": "Product"}, "sum")
controls.toggle("p", "carry", "Carry on", True)
"""
DEFAULTS = {"points": 300, "alpha": 0.5, "seed": 0, "strategy": "random", "combine": "sum", "carry": True}


def opened(**params: str | list[str]) -> AppTest:
    at = AppTest.from_string(SCRIPT, default_timeout=30)
    for name, value in params.items():
        at.query_params[f"p_{name}"] = value
    return at.run()


def values(at: AppTest) -> dict[str, object]:
    return {name: at.session_state[f"p_{name}"] for name in DEFAULTS}


def test_without_parameters_everything_is_at_its_default() -> None:
    at = opened()
    assert values(at) == DEFAULTS
    assert not at.exception and not at.warning


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("points", "50", 50),
        ("points", "1000", 1000),
        ("alpha", "0", 0.0),
        ("alpha", "1.0", 1.0),
        ("seed", "9999", 9999),
        ("strategy", "Margin *2*", "margin_2"),
        ("strategy", "margin_2", "margin_2"),
        ("strategy", "MARGIN_2", "margin_2"),
        ("combine", "product", "product"),
        ("carry", "false", False),
        ("carry", "0", False),
        ("carry", "on", True),
        ("seed", "", 0),
        ("seed", "٣", 3),
        ("seed", "1e3", 1000),
        ("seed", ["7", "7"], 7),
        ("combine", ["product", "product"], "product"),
        ("combine", "", "sum"),
        ("carry", "", True),
    ],
)
def test_a_good_link_is_followed_without_a_word(name: str, text: str | list[str], value: object) -> None:
    at = opened(**{name: text})
    assert values(at) == DEFAULTS | {name: value}
    assert not at.exception and not at.warning


@pytest.mark.parametrize(
    ("name", "text", "value", "said"),
    [
        ("points", "99999", 1000, "asked for 99,999; 50 to 1,000 are possible, so 1,000 is used"),
        ("points", "-5", 50, "asked for −5; 50 to 1,000 are possible, so 50 is used"),
        ("points", "abc", 300, "“abc”, which is not a number; 50 to 1,000 are possible, so 300 is used"),
        ("points", "nan", 300, "not a number"),
        ("alpha", "inf", 1.0, "so 1 is used"),
        ("seed", "9" * 1900, 9999, "so 9,999 is used"),
        ("seed", "9" * 5000, 0, "5,000 characters; at most 2,000 are read; 0 to 9,999 are possible, so 0 is"),
        ("seed", "-1e400", 0, "so 0 is used"),
        ("seed", "1e400", 9999, "asked for “1e400”; 0 to 9,999 are possible, so 9,999 is used"),
        ("seed", "2.5", 2, "asked for 2.5; steps of 1 are possible, so 2 is used"),
        ("seed", "5\0", 0, "“5 ”, which is not a number"),
        ("seed", "²", 0, "“²”, which is not a number"),
        ("alpha", "0,5", 0.5, "“0,5”, which is not a number"),
        ("strategy", "best", "random", "“best”; Random, Margin"),
        ("strategy", "<b>[x](http://y)</b>", "random", "“\\<b\\>\\[x\\]\\(http\N{WORD JOINER}\\:"),
        ("combine", "x" * 500, "sum", "…”; Sum, Product are possible, so Sum is used"),
        ("combine", "x" * 5000, "sum", "5,000 characters; at most 2,000 are read; Sum, Product are possible"),
        ("carry", "maybe", True, "“maybe”; true and false are possible, so true is used"),
        ("carry", "1" * 5000, True, "5,000 characters; at most 2,000 are read; true and false are possible"),
    ],
)
def test_a_bad_link_gets_a_sentence(name: str, text: str, value: object, said: str) -> None:
    at = opened(**{name: text})
    assert not at.exception
    assert values(at) == DEFAULTS | {name: value}
    assert len(at.warning) == 1 and said in at.warning[0].value


@pytest.mark.parametrize(
    ("name", "given", "value", "said", "right"),
    [
        ("seed", ["1", "2"], 2, "gives it 2 times (“1”, “2”); the last one counts", "2"),
        ("seed", ["1", "x"], 0, "gives it 2 times (“1”, “x”); the last one counts; 0 to 9,999", "0"),
        ("seed", [*"123456789"], 9, "gives it 9 times (“1”, “2”, “3” and 6 more); the last", "9"),
        ("seed", ["1", "99999"], 9999, "the last one counts; the link asked for 99,999; 0 to", "9999"),
        ("combine", ["sum", "product"], "product", "gives it 2 times (“sum”, “product”)", "Product"),
        ("strategy", ["margin_2", "spam"], "random", "“spam”; Random, Margin", "Random"),
        ("carry", ["true", "no"], False, "gives it 2 times (“true”, “no”); the last one counts", "false"),
    ],
)
def test_a_repeated_parameter_gets_a_sentence(
    name: str, given: list[str], value: object, said: str, right: str
) -> None:
    at = opened(**{name: given})
    assert not at.exception and values(at) == DEFAULTS | {name: value}
    assert len(at.warning) == 1 and said in at.warning[0].value
    # A default leaves no trace.
    assert address(at) == ({f"p_{name}": [right]} if value != DEFAULTS[name] else {})


def test_the_address_is_put_right() -> None:
    at = opened(points="99999", strategy="margin_2")
    assert at.query_params == {"p_points": "1000", "p_strategy": "Margin *2*"}
    again = opened(points=at.query_params["p_points"])
    assert values(again)["points"] == 1000 and not again.warning


def test_a_note_stays_until_its_control_moves() -> None:
    at = opened(points="99999", seed="abc")
    assert at.warning[0].value.count("the link asked for") == 2
    at.run()
    assert at.warning[0].value.count("the link asked for") == 2
    at.slider(key="p_points").set_value(500).run()
    assert "Points" not in at.warning[0].value and "Seed" in at.warning[0].value
    at.slider(key="p_points").set_value(1000).run()
    assert "Points" not in at.warning[0].value, "a note that has gone does not come back"
    at.number_input(key="p_seed").set_value(7).run()
    assert not at.warning


def test_a_control_moved_while_the_address_is_on_its_way_is_in_the_address() -> None:
    # AppTest asks for each run with the address of the run before.
    at = opened()
    at.slider(key="p_alpha").set_value(0.25).run()
    assert values(at)["alpha"] == 0.25 and at.query_params == {"p_alpha": "0.25"}
    at.toggle(key="p_carry").set_value(False).run()
    assert values(at)["carry"] is False and at.query_params == {"p_alpha": "0.25", "p_carry": "false"}
    at.slider(key="p_alpha").set_value(0.5).run()
    assert values(at)["alpha"] == 0.5 and at.query_params == {"p_carry": "false"}
    assert not at.exception


SEVERAL = """
import streamlit as st
from pages.shared import controls, link_warnings as notes

notes.open_place("p")
panels = {"top_k": "Top-k", "bald": "BALD", "egl": "Gradient *length*"}
chosen = controls.several("p", "panels", "Panels", panels, ["top_k"])
alpha = controls.own_number("p", "alpha", "Alpha", 0.0, 1.0, 0.5, step=0.05)
if st.button("Move"):
    controls.keep_own_number("p", "alpha", 0.25, 0.5)
if st.button("Back"):
    controls.keep_own_number("p", "alpha", 0.5, 0.5)
st.json({"chosen": chosen, "alpha": alpha})
"""


def several(**params: str | list[str]) -> AppTest:
    at = AppTest.from_string(SEVERAL, default_timeout=30)
    for name, value in params.items():
        at.query_params[f"p_{name}"] = value
    return at.run()


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        (["BALD", "Top-k"], ["top_k", "bald"]),
        ("bald", ["bald"]),
        (["gradient *length*", " TOP_K "], ["top_k", "egl"]),
        (["BALD", "bald"], ["bald"]),
        ("", []),
    ],
)
def test_several_options_follow_a_link_without_a_word(given: str | list[str], chosen: list[str]) -> None:
    at = several(panels=given)
    assert json.loads(at.json[0].value)["chosen"] == chosen
    assert not at.exception and not at.warning


def test_several_options_are_in_order_unless_their_order_is_chosen() -> None:
    at = several(panels=["BALD", "Top-k"])
    assert at.query_params["p_panels"] == ["Top-k", "BALD"]
    at.multiselect[0].set_value(["egl", "top_k"]).run()
    assert json.loads(at.json[0].value)["chosen"] == at.multiselect[0].value == ["top_k", "egl"]
    chosen = AppTest.from_string(SEVERAL.replace('["top_k"])', '["top_k"], as_chosen=True)'), default_timeout=30)
    chosen.query_params["p_panels"] = ["BALD", "Top-k"]
    assert json.loads(chosen.run().json[0].value)["chosen"] == ["bald", "top_k"]
    chosen.multiselect[0].set_value(["egl", "top_k"]).run()
    assert json.loads(chosen.json[0].value)["chosen"] == ["egl", "top_k"]


def test_unknown_ones_among_several_options_are_reported_and_left_out() -> None:
    at = several(panels=["BALD", "sp*m", "eggs"])
    assert json.loads(at.json[0].value)["chosen"] == ["bald"]
    assert "sp\\*m" in at.warning[0].value and "eggs" in at.warning[0].value
    many = several(panels=[f"<b>{number}</b>" * 20 for number in range(900)])
    assert "and 897 more; Top" in many.warning[0].value and len(many.warning[0].value) < 1000
    unknown = several(panels="spam")
    assert json.loads(unknown.json[0].value)["chosen"] == ["top_k"]
    at.multiselect[0].set_value([]).run()
    assert json.loads(at.json[0].value)["chosen"] == [] and not at.warning


def test_the_number_of_a_control_that_draws_itself_is_in_the_address() -> None:
    at = several(alpha="0.75")
    assert json.loads(at.json[0].value)["alpha"] == 0.75 and not at.warning
    at.button[0].click().run()
    assert at.query_params["p_alpha"] in ("0.25", ["0.25"])
    at.run()
    assert json.loads(at.json[0].value)["alpha"] == 0.25
    at.button[1].click().run()
    assert "p_alpha" not in at.query_params
    for given, used, said in (
        ("7", 1.0, "asked for 7"),
        ("nan", 0.5, "not a number"),
        ("x", 0.5, "not a"),
        (["0.1", "0.2"], 0.2, "2 times"),
        ("0.33", 0.35, "asked for 0.33; steps of 0.05 are possible, so 0.35 is used"),
    ):
        clamped = several(alpha=given)
        assert json.loads(clamped.json[0].value)["alpha"] == used
        assert said in clamped.warning[0].value


@pytest.mark.parametrize(
    ("name", "text", "right", "value"),
    [
        ("combine", "PRODUCT", "Product", "product"),
        ("strategy", "margin_2", "Margin *2*", "margin_2"),
        ("points", "5000", "1000", 1000),
        ("carry", "no", "false", False),
    ],
)
def test_an_address_asked_for_again_before_it_was_put_right_leaves_the_control_where_it_stands(
    name: str, text: str, right: str, value: object
) -> None:
    at = opened(**{name: text})
    assert values(at)[name] == value and at.query_params[f"p_{name}"] == right
    # The browser may be faster: it asks for another run with the old address, before it has drawn anything.
    at.query_params[f"p_{name}"] = text
    at._tree.get_widget_states = lambda: WidgetStates()
    at.run()
    assert values(at)[name] == value and at.query_params[f"p_{name}"] == right
    assert not at.exception


LINE = """
import streamlit as st
from pages.shared import address, controls, link_warnings as notes

notes.open_place("p", anew=address.open_page("p"))
text = controls.line("p", "text", "Some text", "usual", 10)
leaf = controls.leaf("p", "leaf", "Leaf", 3)
single = controls.leaf("p", "single", "Leaf of one", 1)
free = address.text("p_free", "Free *text*")
st.json({"text": text, "leaf": leaf, "single": single, "free": free, "whole": address.whole(free)})
address.close_page()
"""


def line(**params: str | list[str]) -> tuple[dict[str, object], AppTest]:
    at = AppTest.from_string(LINE, default_timeout=30)
    at.query_params.update({f"p_{name}": value for name, value in params.items()})
    at.run()
    assert not at.exception
    return json.loads(at.json[0].value), at


GIVES_WAY = """
from pages.shared import controls, link_warnings as notes

notes.open_place("p")
first = controls.selectbox("p", "first", "First", {"a": "A", "b": "B"}, "a")
controls.selectbox("p", "of", "Of", {"none": "None", first: first.upper()}, "none")
"""


def test_an_option_that_is_no_longer_offered_leaves_control_and_address() -> None:
    at = AppTest.from_string(GIVES_WAY, default_timeout=30)
    at.query_params.update({"p_first": "B", "p_of": "B"})
    at.run()
    assert at.selectbox(key="p_of").value == "b"
    at.selectbox(key="p_first").set_value("a").run()
    assert at.selectbox(key="p_of").value == "none" and "p_of" not in at.query_params
    # Nothing was wrong with a link.
    assert not at.warning and not at.exception


def test_text_pages_and_parameters_without_a_control() -> None:
    found, at = line(text="short", leaf="2", free="12")
    assert found == {"text": "short", "leaf": 2, "single": 1, "free": "12", "whole": 12}
    assert not at.warning
    found, at = line(text="x" * 11, leaf="9", free=["1", "2"], single="1", other="ever")
    assert found == {"text": "usual", "leaf": 3, "single": 1, "free": "2", "whole": 2}
    said = at.warning[0].value
    assert "at most 10 characters are possible; usual is used" in said
    assert "asked for 9; 1 to 3 are possible, so 3 is used" in said
    assert "**Free \\*text\\*:** the link gives it 2 times (“1”, “2”); the last one counts." in said
    assert "**Link:** without effect on this screen as it is set now: “p\\_single”, “p\\_other”." in said
    at.run()
    assert at.warning[0].value == said
    found, at = line(free="9" * 5000)
    assert found["free"] == "" and found["whole"] is None and "p_free" not in at.query_params
    assert "5,000 characters; at most 2,000 are read" in at.warning[0].value


@pytest.mark.parametrize("text", ["", "-1", "1.0", "٣", "²", "1_0", " 1", "1\0", "9" * 10])
def test_a_whole_number_is_up_to_nine_digits(text: str) -> None:
    assert whole(text) is None and whole("0") == 0 and whole("9" * 9) == 999_999_999


def test_an_open_group_stays_open_while_a_control_above_it_comes_and_goes() -> None:
    # The browser keeps the state of a panel by its id, without one by its place on the page.
    script = """
import streamlit as st
from pages.shared import controls

if st.toggle("More", True):
    st.text("above the groups")
for name in controls.GROUPS:
    with controls.group(name):
        st.text("inside")
"""
    at = AppTest.from_string(script, default_timeout=30).run()
    before = [one.key for one in at.expander]
    at.toggle[0].set_value(False).run()
    assert [one.key for one in at.expander] == before
    assert all(before) and len(set(before)) == 5


FORESEEN = """
import streamlit as st
from pages.shared import address, controls, link_warnings as notes

def read():
    with controls.group("Data"):
        points = controls.slider("p", "points", "Points", 50, 1000, 300, step=50)
        controls.caption("Words")
    several = controls.several("p", "panels", "Panels", {"a": "A", "b": "B"}, ["a"], as_chosen=True)
    carry = controls.toggle("p", "carry", "Carry on", True)
    return points, carry, controls.own_number("p", "own", "Own", 0, 9, 5), several

notes.open_place("p", anew=address.open_page("p"))
expected = controls.foreseen(read)
found = read()
if expected is not None and st.session_state.get("wrong"):
    controls.correct("something else", found)
st.json({"expected": expected, "found": found})
"""


def test_values_are_foreseen_from_the_session_or_from_a_valid_address() -> None:
    at = AppTest.from_string(FORESEEN, default_timeout=30)
    at.query_params.update({"p_points": "450", "p_panels": ["B", "A"], "p_own": "2"})

    def told() -> dict[str, object]:
        at.run()
        assert not at.exception and len(at.caption) == 1 and len(at.expander) == 1
        found: dict[str, object] = json.loads(at.json[0].value)
        return found

    first = [450, True, 2, ["b", "a"]]
    assert told() == {"expected": first, "found": first}
    at.slider(key="p_points").set_value(500)
    assert told() == {"expected": [500, *first[1:]], "found": [500, *first[1:]]}
    # A preset link sets every control, whatever the session has.
    at.query_params.clear()
    at.query_params.update({"preset": "yes", "p_carry": "false"})
    assert told() == {"expected": [300, False, 5, ["a"]], "found": [300, False, 5, ["a"]]}
    # What was foreseen wrongly is not foreseen again.
    at.session_state["wrong"] = True
    assert told() == {"expected": None, "found": [300, False, 5, ["a"]]}


def test_what_a_link_gets_wrong_is_not_foreseen() -> None:
    at = AppTest.from_string(
        FORESEEN.replace(
            "expected = ", 'st.session_state.setdefault("seen", []).append(controls.foreseen(read)); expected = '
        ),
        default_timeout=30,
    )
    at.query_params["p_points"] = "9999"
    at.run()
    assert json.loads(at.json[0].value)["found"][0] == 1000
    assert at.session_state["seen"][0] is None and at.session_state["seen"][-1][0] == 1000


WRITTEN = """
import streamlit as st
from pages.shared import address, controls

address.open_page("p", moved=controls.any_moved())
controls.slider("p", "points", "Points", 50, 1000, 300, step=50)
st.button("Write", on_click=controls.keep_own_number, args=("p", "own", 2, 5))
st.button("Default", on_click=controls.keep_own_number, args=("p", "own", 5, 5))
st.json(controls.own_number("p", "own", "Own", 0, 9, 5))
"""


@pytest.mark.parametrize(("button", "value"), [("Write", 2), ("Default", 5)])
def test_what_a_component_wrote_outlasts_a_control_that_was_moved_before_the_browser_knew(
    button: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = AppTest.from_string(WRITTEN, default_timeout=30)
    at.query_params["p_own"] = "7"
    at.run()
    next(one for one in at.button if one.label == button).click().run()
    written = at.query_params.get("p_own")
    # The browser asks with the address that it had.
    at.query_params["p_own"] = "7"
    at.slider(key="p_points").set_value(450).run()
    assert json.loads(at.json[0].value) == value and at.query_params.get("p_own") == written
    assert at.slider(key="p_points").value == 450 and not at.exception
    # Asked for without a control, such as by a component that is not seen.
    at.query_params["p_own"] = "7"
    at.run()
    assert json.loads(at.json[0].value) == value and at.query_params.get("p_own") == written
    # An entry of the browser's history is meant.
    monkeypatch.setattr("pages.shared.address._is_history", lambda: True)
    at.query_params["p_own"] = "7"
    at.run()
    assert json.loads(at.json[0].value) == 7 and not at.exception


def test_what_was_written_long_ago_is_not_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.shared.address.ON_ITS_WAY", 0.0)
    at = AppTest.from_string(WRITTEN, default_timeout=30)
    at.run()
    at.button[0].click().run()
    at.query_params["p_own"] = "7"
    at.slider(key="p_points").set_value(450).run()
    assert json.loads(at.json[0].value) == 7 and not at.exception
