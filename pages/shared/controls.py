"""Controls whose value is in the address, so that a copied link restores the screen.

Streamlit binds a widget to a query parameter but drops an invalid value silently. These functions read the address
first: a number out of range is clamped, any other invalid value gives the default, the address is corrected, and the
page shows a message until the reader moves the control. A preset link sets all controls, regardless of their earlier
values.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar

import streamlit as st

from pages.shared import address, link_warnings, readings
from pages.shared.old_links import renamed
from pages.shared.readings import Reading

Number = TypeVar("Number", int, float)
Option = TypeVar("Option")

_BIND: Literal["query-params"] = "query-params"


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
    """A slider bound to the query parameter `<page>_<name>`; a value out of range in a link is clamped."""
    key = f"{page}_{name}"
    _follow_number(key, label, low, high, default)
    value = st.slider(label, low, high, default, step=step, format=format, help=help, key=key, bind=_BIND)
    link_warnings.settle(key, value)
    return value


def number(
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
    """A number field bound to the query parameter `<page>_<name>`; clamped like `slider`."""
    key = f"{page}_{name}"
    _follow_number(key, label, low, high, default)
    value = st.number_input(label, low, high, default, step=step, format=format, help=help, key=key, bind=_BIND)
    link_warnings.settle(key, value)
    return value


def selectbox(
    page: str,
    name: str,
    label: str,
    options: Sequence[Option],
    default: Option,
    *,
    labels: Callable[[Option], str] = str,
    help: str | None = None,
) -> Option:
    """A selectbox bound to the query parameter `<page>_<name>`; a link may give an option or its label."""
    key = f"{page}_{name}"
    given = address.texts(key)
    reading = readings.option(label, renamed(key, given), options, default, labels)
    _follow(key, given, reading, lambda value: value in options)
    value = st.selectbox(
        label, options, index=options.index(default), format_func=labels, help=help, key=key, bind=_BIND
    )
    link_warnings.settle(key, value)
    return value


def segmented(
    page: str,
    name: str,
    label: str,
    options: Sequence[Option],
    default: Option,
    *,
    labels: Callable[[Option], str] = str,
    help: str | None = None,
) -> Option:
    """Options side by side, exactly one selected; bound like `selectbox`."""
    key = f"{page}_{name}"
    given = address.texts(key)
    reading = readings.option(label, renamed(key, given), options, default, labels)
    _follow(key, given, reading, lambda value: value in options)
    value = st.segmented_control(
        label, options, default=default, format_func=labels, help=help, key=key, bind=_BIND, required=True
    )
    link_warnings.settle(key, value)
    return value


def toggle(page: str, name: str, label: str, default: bool, *, help: str | None = None) -> bool:
    """A toggle bound to the query parameter `<page>_<name>`; a link may also give yes, no, on, off, 1, 0."""
    key = f"{page}_{name}"
    given = address.texts(key)
    _follow(key, given, readings.switch(label, given, default), lambda value: True)
    value = st.toggle(label, default, help=help, key=key, bind=_BIND)
    link_warnings.settle(key, value)
    return value


def several(
    page: str,
    name: str,
    label: str,
    options: Sequence[Option],
    default: Sequence[Option],
    *,
    labels: Callable[[Option], str] = str,
    help: str | None = None,
) -> list[Option]:
    """A multiselect, in the order of selection; a link repeats `<page>_<name>` for each option."""
    key = f"{page}_{name}"
    given = address.texts(key)
    reading = readings.several(label, renamed(key, given), options, default, labels)
    _follow(key, given, reading, lambda value: set(value) <= set(options))
    value = st.multiselect(
        label, options, default=default, format_func=labels, help=help, key=key, wrap=True, bind=_BIND
    )
    link_warnings.settle(key, value)
    return value


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
    """A text field bound to the query parameter `<page>_<name>`; text longer than `most` is rejected."""
    key = f"{page}_{name}"
    given = address.texts(key)
    _follow(key, given, readings.line(label, given, default, most), lambda value: True)
    value = st.text_input(label, default, max_chars=most, placeholder=placeholder, help=help, key=key, bind=_BIND)
    link_warnings.settle(key, value)
    return value


def leaf(page: str, name: str, label: str, leaves: int) -> int:
    """The current page of a long list, from 1; bound and clamped like `slider`."""
    key = f"{page}_{name}"
    if leaves < 2:
        return 1
    _follow_number(key, label, 1, leaves, 1)
    value = st.pagination(leaves, key=key, bind=_BIND)
    link_warnings.settle(key, value)
    return value


def own_number(
    page: str,
    name: str,
    label: str,
    low: Number,
    high: Number,
    default: Number,
    *,
    step: Number | None = None,
) -> Number:
    """The number of a custom component; stored in the address alone, clamped like `slider`."""
    key = f"{page}_{name}"
    given = address.texts(key)
    reading = readings.number(label, given, low, high, default, step=step)
    if reading.texts != given:
        _say(key, reading)
        address.write(key, reading.texts)
    link_warnings.settle(key, reading.value)
    return reading.value


def keep_own_number(page: str, name: str, value: Number, default: Number) -> None:
    """Write the value of a custom component to the address; a default is not written."""
    address.write(f"{page}_{name}", str(value) if value != default else None)


def _follow_number(key: str, label: str, low: Number, high: Number, default: Number) -> None:
    given = address.texts(key)
    reading = readings.number(label, given, low, high, default)
    _follow(key, given, reading, lambda value: low <= value <= high)


def _follow(key: str, given: list[str], reading: Reading[Any], fits: Callable[[Any], bool]) -> None:
    """Set a control from the address, before it is drawn.

    Args:
        key: of the control.
        given: its values in the address.
        reading: the parsed values.
        fits: whether the control currently allows a value.
    """
    if address.unread(key) and key in st.session_state:
        # After a preset link, Streamlit would keep the earlier value. It updates the address itself.
        st.session_state[key] = reading.value
        _say(key, reading)
    elif reading.texts != given:
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
