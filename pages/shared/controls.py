"""Controls whose value is in the address, so that a copied link restores the screen.

Streamlit binds a widget to a query parameter but drops an invalid value silently. These functions read the address
first: a number out of range is clamped, any other invalid value gives the default, the address is corrected, and the
page shows a message until the reader moves the control. A preset link sets all controls, regardless of their earlier
values.

The key of a control and its query parameter are `<page>_<name>`. Options are a mapping of values to labels, in order.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.shared import address, link_warnings, readings
from pages.shared.old_links import renamed
from pages.shared.readings import Reading

Number = TypeVar("Number", int, float)
Option = TypeVar("Option")

# Names of groups of controls, the same on every screen. Folded controls stay bound to the address.
GROUPS = {
    "Data": ":material/database:",
    "Noise and outliers": ":material/warning:",
    "Learner": ":material/model_training:",
    "Remedies": ":material/healing:",
    "Evidence": ":material/balance:",
}

_BIND: Literal["query-params"] = "query-params"


def group(name: str) -> DeltaGenerator:
    """A folded group of controls, a key of GROUPS; once open it stays so while controls above it come and go."""
    return st.expander(name, icon=GROUPS[name], key=f"group_{name.lower().replace(' ', '_')}")


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
    key = _follow_number(page, name, label, low, high, default)
    value = st.slider(label, low, high, default, step=step, format=format, help=help, key=key, bind=_BIND)
    return link_warnings.settle(key, value)


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
    key = _follow_number(page, name, label, low, high, default)
    return link_warnings.settle(key, st.number_input(label, low, high, default, help=help, key=key, bind=_BIND))


def leaf(page: str, name: str, label: str, leaves: int) -> int:
    """The current page of a long list, from 1; clamped like `slider`."""
    if leaves < 2:
        return 1
    key = _follow_number(page, name, label, 1, leaves, 1)
    return link_warnings.settle(key, st.pagination(leaves, key=key, bind=_BIND))


def selectbox(
    page: str, name: str, label: str, options: Mapping[Option, str], default: Option, *, help: str | None = None
) -> Option:
    """A selectbox; a link may give an option or its label."""
    key = _follow_option(page, name, label, options, default)
    values = list(options)
    chosen = st.selectbox(
        label, values, values.index(default), format_func=_labels(options), help=help, key=key, bind=_BIND
    )
    return link_warnings.settle(key, chosen)


def segmented(
    page: str, name: str, label: str, options: Mapping[Option, str], default: Option, *, help: str | None = None
) -> Option:
    """Options side by side, exactly one selected; read like `selectbox`."""
    key = _follow_option(page, name, label, options, default)
    chosen = st.segmented_control(
        label,
        list(options),
        default=default,
        format_func=_labels(options),
        help=help,
        key=key,
        bind=_BIND,
        required=True,
    )
    return link_warnings.settle(key, chosen)


def several(
    page: str,
    name: str,
    label: str,
    options: Mapping[Option, str],
    default: Sequence[Option],
    *,
    help: str | None = None,
) -> list[Option]:
    """A multiselect, in the order of selection; a link repeats the parameter for each option."""
    key = f"{page}_{name}"
    reading = readings.several(label, renamed(key, address.texts(key)), options, default)
    _follow(key, reading, lambda value: set(value) <= set(options))
    chosen = st.multiselect(
        label, list(options), default=default, format_func=_labels(options), help=help, key=key, wrap=True, bind=_BIND
    )
    return link_warnings.settle(key, chosen)


def toggle(page: str, name: str, label: str, default: bool, *, help: str | None = None) -> bool:
    """A toggle; a link may also give yes, no, on, off, 1, 0."""
    key = f"{page}_{name}"
    _follow(key, readings.switch(label, address.texts(key), default), lambda value: True)
    return link_warnings.settle(key, st.toggle(label, default, help=help, key=key, bind=_BIND))


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
    _follow(key, readings.line(label, address.texts(key), default, most), lambda value: True)
    text = st.text_input(label, default, max_chars=most, placeholder=placeholder, help=help, key=key, bind=_BIND)
    return link_warnings.settle(key, text)


def own_number(
    page: str, name: str, label: str, low: Number, high: Number, default: Number, *, step: Number | None = None
) -> Number:
    """The number of a custom component; stored in the address alone, clamped like `slider`."""
    key = f"{page}_{name}"
    given = address.texts(key)
    reading = readings.number(label, given, low, high, default, step=step)
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


def _follow_number(page: str, name: str, label: str, low: Number, high: Number, default: Number) -> str:
    key = f"{page}_{name}"
    reading = readings.number(label, address.texts(key), low, high, default)
    _follow(key, reading, lambda value: low <= value <= high)
    return key


def _follow_option(page: str, name: str, label: str, options: Mapping[Option, str], default: Option) -> str:
    key = f"{page}_{name}"
    reading = readings.option(label, renamed(key, address.texts(key)), options, default)
    _follow(key, reading, lambda value: value in options)
    return key


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
    elif reading.texts != address.texts(key):
        if key in st.session_state:
            # A rerun requested before the browser received the corrected address: the value is sent again, otherwise
            # the control would show its default.
            if fits(st.session_state[key]):
                st.session_state[key] = st.session_state[key]
            return
        _say(key, reading)
        address.write(key, reading.texts)
        # In the rerun the control reads a valid address.
        st.rerun()


def _say(key: str, reading: Reading[Any]) -> None:
    if reading.sentence is not None:
        link_warnings.keep(key, reading.sentence, reading.value)
