"""Controls whose value is in the address, so that a copied link restores the screen.

Streamlit binds a widget to a query parameter but drops a bad value without a word. These helpers read
the address first: a number out of range is clamped, nonsense gives the default, the address is put
right, and the page says so until the reader moves that control.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar

import streamlit as st

from pages.shared import notes
from pages.shared.text import number as read
from pages.shared.text import plain, quoted

Number = TypeVar("Number", int, float)
Option = TypeVar("Option")

_YES = {"true", "1", "yes", "on"}
_NO = {"false", "0", "no", "off"}
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
    _check_number(key, label, low, high, default)
    value = st.slider(label, low, high, default, step=step, format=format, help=help, key=key, bind=_BIND)
    notes.settle(key, value)
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
    _check_number(key, label, low, high, default)
    value = st.number_input(
        label, low, high, default, step=step, format=format, help=help, key=key, bind=_BIND
    )
    notes.settle(key, value)
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
    """A choice bound to the query parameter `<page>_<name>`; a link may give an option or its label."""
    key = f"{page}_{name}"
    _check_option(key, label, options, default, labels)
    value = st.selectbox(
        label, options, index=options.index(default), format_func=labels, help=help, key=key, bind=_BIND
    )
    notes.settle(key, value)
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
    """A few options side by side, one always chosen; bound like `selectbox`."""
    key = f"{page}_{name}"
    _check_option(key, label, options, default, labels)
    value = st.segmented_control(
        label, options, default=default, format_func=labels, help=help, key=key, bind=_BIND, required=True
    )
    notes.settle(key, value)
    return value


def toggle(page: str, name: str, label: str, default: bool, *, help: str | None = None) -> bool:
    """A switch bound to the query parameter `<page>_<name>`; a link may also say yes, no, on, off, 1, 0."""
    key = f"{page}_{name}"
    _check_switch(key, label, default)
    value = st.toggle(label, default, help=help, key=key, bind=_BIND)
    notes.settle(key, value)
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
    """Any of some options, in the order they were chosen; a link repeats `<page>_<name>`, one for each."""
    key = f"{page}_{name}"
    _check_options(key, label, options, default, labels)
    value = st.multiselect(
        label, options, default=default, format_func=labels, help=help, key=key, wrap=True, bind=_BIND
    )
    notes.settle(key, value)
    return value


def own_number(page: str, name: str, label: str, low: Number, high: Number, default: Number) -> Number:
    """The number of a control that draws itself; the address alone holds it, clamped like `slider`."""
    key = f"{page}_{name}"
    _check_number(key, label, low, high, default)
    value = type(default)(st.query_params.get(key) or default)
    notes.settle(key, value)
    return value


def keep_own_number(page: str, name: str, value: Number, default: Number) -> None:
    """Write into the address where a control that draws itself stands; as ever, a default leaves no trace."""
    key = f"{page}_{name}"
    if value != default:
        st.query_params[key] = str(value)
    elif key in st.query_params:
        del st.query_params[key]


def _held(key: str, fits: Callable[[Any], bool]) -> bool:
    """Whether the page knows already where a control stands, of which the address says nonsense.

    So it is where the browser asked for another run before it heard that the address was put right: it is
    told again, or it would draw the control at its default.
    """
    if key not in st.session_state:
        return False
    if fits(st.session_state[key]):
        st.session_state[key] = st.session_state[key]
    return True


def _put_right(key: str, text: str | list[str], value: Any, sentence: str | None) -> None:
    """Correct the address and start the page again: the control then follows a link without fault.

    Args:
        key: the control, not yet drawn.
        text: what the address is to say, once or several times.
        value: what the control will then stand at.
        sentence: what the page says about it, as Markdown.
    """
    if sentence is not None:
        notes.keep(key, sentence, value)
    st.query_params[key] = text
    st.rerun()


def _check_number(key: str, label: str, low: Number, high: Number, default: Number) -> None:
    given = st.query_params.get(key)
    if not given:
        return
    try:
        wish = float(given)
    except ValueError:
        wish = math.nan
    if low <= wish <= high or _held(key, lambda value: low <= value <= high):
        return
    span = f"{read(low)} to {read(high)} are possible"
    if math.isnan(wish):
        asked, used = f"{quoted(given)}, which is not a number", default
    else:
        asked, used = read(wish), low if wish < low else high
    sentence = f"**{plain(label)}:** the link asked for {asked}; {span}, so {read(used)} is used."
    _put_right(key, str(used), used, sentence)


def _check_option(
    key: str, label: str, options: Sequence[Option], default: Option, labels: Callable[[Option], str]
) -> None:
    given = st.query_params.get(key)
    if given is None or given in [labels(option) for option in options]:
        return
    if _held(key, lambda value: value in options):
        return
    spoken = given.strip().lower()
    for option in options:
        if spoken in (str(option).lower(), labels(option).lower()):
            _put_right(key, labels(option), option, None)
    choices = ", ".join(plain(labels(option)) for option in options)
    sentence = (
        f"**{plain(label)}:** the link asked for {quoted(given)}; {choices} are possible, "
        f"so {plain(labels(default))} is used."
    )
    _put_right(key, labels(default), default, sentence if given else None)


def _check_options(
    key: str,
    label: str,
    options: Sequence[Option],
    default: Sequence[Option],
    labels: Callable[[Option], str],
) -> None:
    if not st.query_params.get(key):
        return
    given = st.query_params.get_all(key)
    words = {spoken: option for option in options for spoken in (str(option).lower(), labels(option).lower())}
    known = list(
        dict.fromkeys(words[text.strip().lower()] for text in given if text.strip().lower() in words)
    )
    used = known or list(default)
    if given == [labels(option) for option in used] or _held(key, lambda value: set(value) <= set(options)):
        return
    strangers = [quoted(text) for text in given if text.strip().lower() not in words]
    sentence = (
        f"**{plain(label)}:** the link asked for {', '.join(strangers)}; "
        f"{', '.join(plain(labels(option)) for option in options)} are possible, "
        f"so {', '.join(plain(labels(option)) for option in used)} is used."
    )
    _put_right(key, [labels(option) for option in used], used, sentence if strangers else None)


def _check_switch(key: str, label: str, default: bool) -> None:
    given = st.query_params.get(key)
    spoken = (given or "").strip().lower()
    if not given or given in ("true", "false") or _held(key, lambda value: True):
        return
    if spoken in _YES | _NO:
        _put_right(key, str(spoken in _YES).lower(), spoken in _YES, None)
    sentence = (
        f"**{plain(label)}:** the link asked for {quoted(given)}; true and false are possible, "
        f"so {str(default).lower()} is used."
    )
    _put_right(key, str(default).lower(), default, sentence)
