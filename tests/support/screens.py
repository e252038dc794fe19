"""Driving a screen without a browser: every control to both its ends, and what the charts hold."""

import json
import re
from collections.abc import Collection, Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import PageLink

from alcore.report.interactive.packing import unpacked


def assert_fine(at: AppTest, doing: str) -> None:
    """The run ended without an exception box or an error sentence."""
    assert not at.exception, f"{doing}: {at.exception[0].message}"
    assert not at.error, f"{doing}: {at.error[0].value}"


# The ends of its controls that a test goes to.
ENDS = ["by turns", pytest.param("both", marks=pytest.mark.long)]
# Values of an address that no control has: what is no number, and what is one but out of all bounds.
NONSENSE = ["banana", "1e9", *(pytest.param(value, marks=pytest.mark.long) for value in ("-5", "nan", "<script>"))]


def move_every_control(at: AppTest, ends: str, *, leave: Collection[str] = ()) -> int:
    """Put each slider, number and choice to its ends, while all others rest; returns how many were moved.

    Args:
        at: the screen; in the end all controls are where they were.
        ends: "both", or "by turns" the lower one of a control and the upper one of the next.
        leave: keys of controls that stay where they are.
    """
    resting = {one.key: _place(one) for one in _with_ends(at) if one.key not in leave}
    last = None
    for turn, key in enumerate(resting):
        for end in (0, 1) if ends == "both" else (turn % 2,):
            if last is not None:
                _put(_with_key(at, last), resting[last])
                if last != key and _with_key(at, key) is None:
                    at.run()  # the last control hides this one at its end
            one, last = _with_key(at, key), key
            to = (0, len(one.options) - 1)[end] if one.type == "selectbox" else (one.min, one.max)[end]
            _put(one, to).run()
            assert_fine(at, f"{one.label} at its end {to}")
    if last is not None:
        _put(_with_key(at, last), resting[last]).run()
    return len(resting)


def _with_ends(at: AppTest) -> list[Any]:
    return [*at.slider, *at.number_input, *at.selectbox]


def _with_key(at: AppTest, key: str) -> Any:
    return next((one for one in _with_ends(at) if one.key == key), None)


def _place(control: Any) -> Any:
    return (control.index or 0) if control.type == "selectbox" else control.value


def _put(control: Any, place: Any) -> Any:
    return control.select_index(place) if control.type == "selectbox" else control.set_value(place)


def charts(at: AppTest) -> list[dict[str, Any]]:
    """Every Plotly figure on the screen, as the browser receives it."""
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


_PARTS = ("alcore_reel", "alcore_frames")


def races(at: AppTest) -> list[dict[str, Any]]:
    """What the arena's player receives last: the figure with every frame."""
    sent = [one.proto for one in at.get("bidi_component")]
    found = {kind: [unpacked(one.bytes) for one in sent if one.component_name == kind] for kind in _PARTS}
    return [look | {"frames": frames["frames"]} for look, frames in zip(*found.values(), strict=True)]


def players(at: AppTest) -> list[dict[str, Any]]:
    """What the arena's player receives first: the figure without its frames."""
    sent = [one.proto for one in at.get("bidi_component")]
    return [unpacked(one.bytes) for one in sent if one.component_name == "alcore_player"]


def verdicts(at: AppTest) -> list[str]:
    """The sentences of the verdict on the screen."""
    bodies = [one.proto.body for one in at.get("html") if '<div class="verdict">' in one.proto.body]
    return [unescape(sentence) for body in bodies for sentence in re.findall(r"<p>(.*?)</p>", body)]


def follow(at: AppTest, link: PageLink) -> AppTest:
    """Click a link to a screen as a browser does: it sends the address, and no control of the screen left."""
    at._page_hash = link.proto.page_script_hash
    at.query_params = dict(parse_qs(link.proto.query_string))
    at._tree.get_widget_states = lambda: WidgetStates()
    return at.run()


def standing(at: AppTest) -> dict[str, Any]:
    """Where every control on the screen stands, by its key."""
    return {one.key: one.value for one in controls(at) if one.key}


def controls(at: AppTest) -> list[Any]:
    """Every control on the screen whose value an address can hold."""
    kinds = (at.slider, at.number_input, at.selectbox, at.multiselect, at.toggle, at.text_input)
    return [*(one for kind in kinds for one in kind), *at.get("button_group")]


def address(at: AppTest) -> dict[str, list[str]]:
    """The parameters of the address, each with all its values."""
    return {key: [one] if isinstance(one, str) else list(one) for key, one in at.query_params.items()}


def every_pair(names: list[str]) -> Iterator[str]:
    """A walk over all names in which each follows each other one once."""
    left = {one: [other for other in names if other != one] for one in names}
    walk, path = [names[0]], []
    while walk:  # Hierholzer (1873)
        if left[walk[-1]]:
            walk.append(left[walk[-1]].pop())
        else:
            path.append(walk.pop())
    return reversed(path)
