"""The address of a screen: the only module that reads and writes its parameters.

A parameter is untrusted text of any length, repeated any number of times. `texts` returns all its values, for a control
to parse; `text` returns the single value of a parameter without a control.

A *preset link* is a link within the dashboard that sets every control of a screen: those it names to its values, all
others to their defaults. It carries the parameter `PRESET`. Streamlit keeps the value of a control that the address
does not name, so after such a link each control is set once: see `unread`.
"""

import re
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from alcore.short import first_of
from pages.shared import link_warnings
from pages.shared.markdown import plain, quoted
from pages.shared.old_links import MOVED, RETIRED

# Largest length of a value; the longest value written by a screen is a comparison of some hundred runs.
LIMIT = 2_000
PRESET = "preset"
# Seconds within which a browser may still ask with the address from before a parameter was written.
ON_ITS_WAY = 2.0
_STATE = "_address"
_NAMED = 10


@dataclass
class _State:
    # Parameters read in this session: they stay in the address while their control is hidden.
    looked_at: set[str] = field(default_factory=set)
    # Page -> controls set since the last preset link to it.
    set_since: dict[str, set[str]] = field(default_factory=dict)
    link: str | None = None
    # Parameters written by the page, with the time.
    written: dict[str, tuple[str | list[str] | None, float]] = field(default_factory=dict)


def open_page(page: str, *, moved: bool = False) -> bool:
    """Start a run of a page, before any parameter is read.

    A preset link deletes the page's session state of earlier visits, the entries `_<page>_...`. The address of a run
    that was asked for right after a `write` may be from before it: what was just written is written again.

    Args:
        page: the prefix of its parameters.
        moved: whether a control was just moved.

    Returns:
        whether this run follows a preset link.
    """
    state = _state()
    for former, key in MOVED.items():
        if former in st.query_params:
            if key not in st.query_params:
                st.query_params[key] = st.query_params.get_all(former)
            del st.query_params[former]
    for former in RETIRED:
        if former in st.query_params:
            del st.query_params[former]
    if PRESET not in st.query_params:
        state.link = None
        if not _is_history():
            _write_again(page, moved)
        return False
    link = f"{page}?{query()}"
    del st.query_params[PRESET]
    if link == state.link:
        # A rerun requested before the browser received the changed address.
        return False
    state.link = link
    state.written.clear()
    state.set_since[page] = set()
    for key in [key for key in st.session_state if str(key).startswith(f"_{page}_")]:
        del st.session_state[key]
    return True


def is_unread(key: str) -> bool:
    """Whether a control has not been set since a preset link to its page."""
    since = _state().set_since.get(key.partition("_")[0])
    return since is not None and key not in since


def unread(key: str) -> bool:
    """`is_unread`, true once per link."""
    if not is_unread(key):
        return False
    _state().set_since[key.partition("_")[0]].add(key)
    return True


def texts(key: str) -> list[str]:
    """All values of a parameter, in order, unchanged."""
    _state().looked_at.add(key)
    return st.query_params.get_all(key)


def text(key: str, label: str) -> str:
    """The value of a parameter without a control; "" if it is missing.

    Repeated or overlong values are reported on the page and corrected in the address.

    Args:
        key: the parameter.
        label: its name in sentences.
    """
    given = texts(key)
    value, doubt = last_of(given)
    note = f"{key} as given"
    if doubt is not None:
        link_warnings.keep(note, f"**{plain(label)}:** {doubt}.", value)
    if given and given != [value]:
        write(key, value or None)
    link_warnings.settle(note, value)
    return value


def one_of(key: str, label: str, options: Collection[str]) -> str:
    """The value of a parameter without a control, one of `options`; "" if it is missing.

    Any other value is reported on the page and taken out of the address.
    """
    value, note = text(key, label), f"{key} unknown"
    if value and value not in options:
        sentence = (
            f"**{plain(label)}:** the link asked for {quoted(value)}; {', '.join(options)} "
            f"{'are' if len(options) > 1 else 'is'} possible, so none is used."
        )
        link_warnings.keep(note, sentence, "")
        write(key, None)
        value = ""
    return link_warnings.settle(note, value)


def last_of(given: list[str]) -> tuple[str, str | None]:
    """The last of several values, and a message if they differ or the value is too long."""
    value = given[-1] if given else ""
    others = list(dict.fromkeys(given))
    doubt = None
    if len(others) > 1:
        values = first_of([quoted(one) for one in others], 3)
        doubt = f"the link gives it {len(given):,} times ({values}); the last one counts"
    if len(value) > LIMIT:
        return "", f"the link gives {quoted(value)}, {len(value):,} characters; at most {LIMIT:,} are read"
    return value, doubt


def whole(value: str) -> int | None:
    """An integer of up to nine digits; None for any other text."""
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else None


def write(key: str, value: str | list[str] | None) -> None:
    """Set or delete a parameter that has no drawn control."""
    _state().written[key] = (value, time.monotonic())
    if value is not None:
        st.query_params[key] = value
    elif key in st.query_params:
        del st.query_params[key]


def _is_history() -> bool:
    """Whether the run comes from Back or Forward of the browser, to an address that is meant."""
    return getattr(get_script_run_ctx(suppress_warning=True), "is_history_navigation", False)


def _write_again(page: str, moved: bool) -> None:
    since = time.monotonic() - ON_ITS_WAY
    for key, (value, when) in _state().written.items():
        # A parameter with a control is the control's.
        if when <= since or not key.startswith(f"{page}_") or key in st.session_state:
            continue
        wanted = [] if value is None else [value] if isinstance(value, str) else value
        # A control that moved may be missing in the browser's address by now: then it is sent again in any case.
        if moved or st.query_params.get_all(key) != wanted:
            st.query_params[key] = wanted or ""
            if not wanted:
                del st.query_params[key]


def query() -> str:
    """The encoded query string of the address."""
    return urlencode(as_given(), doseq=True)


def as_given() -> dict[str, list[str]]:
    """All parameters of the address with all their values."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def close_page() -> None:
    """Report the parameters that were not read; called at the end of a page's run."""
    left = [key for key in st.query_params if key not in _state().looked_at]
    if left:
        named = first_of([quoted(key) for key in left], _NAMED)
        link_warnings.warn(f"**Link:** without effect on this screen as it is set now: {named}.")


def _state() -> _State:
    state: _State = st.session_state.setdefault(_STATE, _State())
    return state
