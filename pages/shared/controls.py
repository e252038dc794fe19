"""Controls whose value is in the address, so that a copied link restores the screen.

Streamlit binds a widget to a query parameter but drops an invalid value silently. These functions read the address
first: a number out of range is clamped, any other invalid value gives the default, the address is corrected, and the
page shows a message until the reader moves the control. A preset link sets all controls, regardless of their earlier
values.

The key of a control and its query parameter are `<page>_<name>`. Options are a mapping of values to labels, in order.

`foreseen` gives the values before anything is drawn, for a picture that does not wait for its controls.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from contextvars import ContextVar
from functools import partial
from typing import Any, Literal, TypeVar

import streamlit as st
from streamlit.errors import StreamlitAPIException

from pages.shared import address, link_warnings, readings
from pages.shared.old_links import renamed
from pages.shared.readings import Reading

Number = TypeVar("Number", int, float)
Option = TypeVar("Option")
Result = TypeVar("Result")

# Names of groups of controls, the same on every screen. Folded controls stay bound to the address.
GROUPS = {
    "Data": ":material/database:",
    "Noise and outliers": ":material/warning:",
    "Learner": ":material/model_training:",
    "Remedies": ":material/healing:",
    "Evidence": ":material/balance:",
}

_BIND: Literal["query-params"] = "query-params"
_FORESEEING: ContextVar[bool] = ContextVar("_FORESEEING", default=False)
_MISTAKEN = "_foreseen_wrongly"
# Key -> value at the last drawing, for all controls of the session.
_DRAWN = "_drawn_values"


class Unforeseen(Exception):
    """A value is known only once its control is drawn."""


def foreseen(read: Callable[[], Result]) -> Result | None:
    """What a function that draws controls is going to return, without drawing; None if that is not known yet.

    Within it the functions of this module return the values of their controls, from the session or else from a valid
    address. What it draws otherwise it must leave to `group` and `caption`.
    """
    if st.session_state.pop(_MISTAKEN, False):
        return None
    token = _FORESEEING.set(True)
    try:
        return read()
    except Unforeseen:
        return None
    finally:
        _FORESEEING.reset(token)


def drawn_only() -> None:
    """Raise `Unforeseen` within `foreseen`: what follows reads more than the controls of this module."""
    if _FORESEEING.get():
        raise Unforeseen


def correct(expected: Result, found: Result) -> None:
    """Run the page again without `foreseen` if it has given something else than the controls, once drawn."""
    if expected != found:
        st.session_state[_MISTAKEN] = True
        st.rerun()


def any_moved() -> bool:
    """Whether a control of this module has another value in this run than it was drawn with last."""
    return any(st.session_state.get(key, value) != value for key, value in st.session_state.get(_DRAWN, {}).items())


def group(name: str) -> AbstractContextManager[Any]:
    """A folded group of controls, a key of GROUPS; once open it stays so while controls above it come and go."""
    if _FORESEEING.get():
        return nullcontext()
    return st.expander(name, icon=GROUPS[name], key=f"group_{name.lower().replace(' ', '_')}")


def caption(text: str) -> None:
    """Words beside the controls."""
    if not _FORESEEING.get():
        st.caption(text)


def slider(
    page: str,
    name: str,
    label: str,
    low: Number,
    high: Number,
    default: Number,
    *,
    step: Number | None = None,
    format: str | None = None,
    help: str | None = None,
) -> Number:
    """A slider; a value out of range in a link is clamped."""
    key = f"{page}_{name}"

    def draw() -> Number:
        return st.slider(label, low, high, default, step=step, format=format, help=help, key=key, bind=_BIND)

    return _bound(key, _number(key, label, low, high, default), lambda value: low <= value <= high, draw)


def number(
    page: str,
    name: str,
    label: str,
    low: Number,
    high: Number,
    default: Number,
    *,
    help: str | None = None,
) -> Number:
    """A number field; clamped like `slider`."""
    key = f"{page}_{name}"

    def draw() -> Number:
        return st.number_input(label, low, high, default, help=help, key=key, bind=_BIND)

    return _bound(key, _number(key, label, low, high, default), lambda value: low <= value <= high, draw)


def leaf(page: str, name: str, label: str, leaves: int) -> int:
    """The current page of a long list, from 1; clamped like `slider`."""
    if leaves < 2:
        return 1
    key = f"{page}_{name}"
    reading = _number(key, label, 1, leaves, 1)
    return _bound(key, reading, lambda value: 1 <= value <= leaves, lambda: st.pagination(leaves, key=key, bind=_BIND))


def selectbox(
    page: str, name: str, label: str, options: Mapping[Option, str], default: Option, *, help: str | None = None
) -> Option:
    """A selectbox; a link may give an option or its label."""
    key = f"{page}_{name}"
    values = list(options)

    def draw() -> Option:
        chosen: Option = st.selectbox(
            label, values, values.index(default), format_func=_labels(options), help=help, key=key, bind=_BIND
        )
        return chosen

    return _bound(key, _option(key, label, options, default), lambda value: value in options, draw)


def segmented(
    page: str, name: str, label: str, options: Mapping[Option, str], default: Option, *, help: str | None = None
) -> Option:
    """Options side by side, exactly one selected; read like `selectbox`."""
    key = f"{page}_{name}"

    def draw() -> Option:
        return st.segmented_control(
            label,
            list(options),
            default=default,
            format_func=_labels(options),
            help=help,
            key=key,
            bind=_BIND,
            required=True,
        )

    return _bound(key, _option(key, label, options, default), lambda value: value in options, draw)


def several(
    page: str,
    name: str,
    label: str,
    options: Mapping[Option, str],
    default: Sequence[Option],
    *,
    as_chosen: bool = False,
    help: str | None = None,
) -> list[Option]:
    """A multiselect; a link repeats the parameter for each option, and gives it without a value for none of them.

    Args:
        page: prefix of the key.
        name: the rest of it.
        label: above it.
        options: labels by value.
        default: the options selected at first, in the order of `options` unless `as_chosen`.
        as_chosen: in the order of selection, not in that of `options`.
        help: tooltip.
    """
    key = f"{page}_{name}"

    def ordered(chosen: list[Option]) -> list[Option]:
        return chosen if as_chosen else readings.in_order(chosen, options)

    def draw() -> list[Option]:
        held = st.session_state.get(key)
        if held is not None and ordered(held) != held:
            st.session_state[key] = ordered(held)
        if held == [] and default and not address.texts(key):
            # Back from another screen. Streamlit puts a value back into the address, but no value as no parameter.
            with suppress(StreamlitAPIException):
                address.write(key, "")
        return st.multiselect(
            label,
            list(options),
            default=default,
            format_func=_labels(options),
            help=help,
            key=key,
            wrap=True,
            bind=_BIND,
            # Enter adds the option that is typed, not all that share its letters.
            filter_mode="contains",
            select_all=False,
        )

    given = renamed(key, address.texts(key))
    reading = readings.several(label, given, options, default, as_chosen=as_chosen)
    return ordered(_bound(key, reading, lambda value: set(value) <= set(options), draw))


def toggle(page: str, name: str, label: str, default: bool, *, help: str | None = None) -> bool:
    """A toggle; a link may also give yes, no, on, off, 1, 0."""
    key = f"{page}_{name}"
    reading = readings.switch(label, address.texts(key), default)
    draw = partial(st.toggle, label, default, help=help, key=key, bind=_BIND)
    return _bound(key, reading, lambda value: True, draw)


def line(
    page: str,
    name: str,
    label: str,
    default: str,
    most: int,
    *,
    placeholder: str | None = None,
    help: str | None = None,
) -> str:
    """A text field; text longer than `most` characters is rejected."""
    key = f"{page}_{name}"

    def draw() -> str:
        return st.text_input(label, default, max_chars=most, placeholder=placeholder, help=help, key=key, bind=_BIND)

    return _bound(key, readings.line(label, address.texts(key), default, most), lambda value: True, draw)


def own_number(
    page: str, name: str, label: str, low: Number, high: Number, default: Number, *, step: Number | None = None
) -> Number:
    """The number of a custom component; stored in the address alone, clamped like `slider`."""
    key = f"{page}_{name}"
    given = address.texts(key)
    reading = readings.number(label, given, low, high, default, step=step)
    if _FORESEEING.get():
        return _foreseen(key, reading, lambda value: True)
    if reading.texts != given:
        _say(key, reading)
        address.write(key, reading.texts)
    return link_warnings.settle(key, reading.value)


def keep_own_number(page: str, name: str, value: Number, default: Number) -> None:
    """Write the value of a custom component to the address; a default is not written."""
    address.write(f"{page}_{name}", str(value) if value != default else None)


def _labels(options: Mapping[Any, str]) -> Callable[[Any], str]:
    # A session may hold a value that is no longer offered.
    return lambda value: options.get(value, str(value))


def _number(key: str, label: str, low: Number, high: Number, default: Number) -> Reading[Number]:
    return readings.number(label, address.texts(key), low, high, default)


def _option(key: str, label: str, options: Mapping[Option, str], default: Option) -> Reading[Option]:
    return readings.option(label, renamed(key, address.texts(key)), options, default)


def _bound(key: str, reading: Reading[Result], fits: Callable[[Any], bool], draw: Callable[[], Result]) -> Result:
    """The value of a control that is drawn by `draw`, or foreseen."""
    if _FORESEEING.get():
        return _foreseen(key, reading, fits)
    _follow(key, reading, fits)
    value = st.session_state.setdefault(_DRAWN, {})[key] = draw()
    return link_warnings.settle(key, value)


def _foreseen(key: str, reading: Reading[Result], fits: Callable[[Any], bool]) -> Result:
    if key in st.session_state and not address.is_unread(key):
        value: Result = st.session_state[key]
        if fits(value):
            return value
    elif reading.texts == address.texts(key):
        return reading.value
    raise Unforeseen


def _follow(key: str, reading: Reading[Any], fits: Callable[[Any], bool]) -> None:
    """Set a control from the address, before it is drawn.

    Args:
        key: of the control.
        reading: its parsed values in the address.
        fits: whether the control currently allows a value.
    """
    if address.unread(key) and key in st.session_state:
        # After a preset link, Streamlit would keep the earlier value. It updates the address itself.
        st.session_state[key] = reading.value
        _say(key, reading)
    elif key in st.session_state:
        value = st.session_state[key]
        if reading.texts != address.texts(key) or _is_late(key, reading.value, value):
            # The value is sent again, otherwise the control would show its default, or the address an earlier value. A
            # value that is no longer offered gives way, also in the address.
            st.session_state[key] = value if fits(value) else reading.value
    elif reading.texts != address.texts(key):
        _say(key, reading)
        address.write(key, reading.texts)
        # In the rerun the control reads a valid address.
        st.rerun()


def _is_late(key: str, given: object, value: object) -> bool:
    """Whether a control was just moved and the rerun requested with an address from before.

    Args:
        key: of the control.
        given: its value in the address.
        value: its value in the session. If that is as it was drawn last, another value in the address is a default that
            depends on other controls, or an entry of the browser's history.
    """
    return value != given and value != st.session_state.get(_DRAWN, {}).get(key, value)


def _say(key: str, reading: Reading[Any]) -> None:
    if reading.sentence is not None:
        link_warnings.keep(key, reading.sentence, reading.value)
