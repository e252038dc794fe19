"""The address of a screen: its parameters are read and written here and nowhere else.

A parameter is text from outside: any text, any length, any number of times. `texts` gives what there is, for
a control to make a value of; `text` gives the one value of a parameter that has no control of its own.

A *preset link* is a link of the dashboard's own that says where every control of a screen stands: those it
names at its values, all others at their defaults. It carries the parameter `PRESET`. Streamlit keeps the
value of a control that the address does not name, so on arrival each control is set once: see `unread`.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

import streamlit as st

from pages.shared import link_warnings
from pages.shared.markdown import plain, quoted

# Characters of one value; the longest that a screen writes is a comparison of some hundred runs.
LIMIT = 2_000
PRESET = "preset"
_STATE = "_address"
_NAMED = 10


@dataclass
class _State:
    # In this session: what a control has read stays in the address while the control is out of sight.
    looked_at: set[str] = field(default_factory=set)
    # Page -> controls that have been set since a preset link led to it.
    set_since: dict[str, set[str]] = field(default_factory=dict)
    link: str | None = None


def open_page(page: str) -> bool:
    """Begin a run of a page, before any parameter is read.

    A preset link forgets what the page keeps of an earlier visit, its `_<page>_...` entries of the session.

    Returns:
        whether a preset link has just led here.
    """
    state = _state()
    if PRESET not in st.query_params:
        state.link = None
        return False
    link = f"{page}?{query()}"
    del st.query_params[PRESET]
    if link == state.link:
        # The browser wants another run before it has heard that the link was followed.
        return False
    state.link = link
    state.set_since[page] = set()
    for key in [key for key in st.session_state if str(key).startswith(f"_{page}_")]:
        del st.session_state[key]
    return True


def unread(key: str) -> bool:
    """Whether a control is still to be set since a preset link led to its page; true once for each link."""
    since = _state().set_since.get(key.partition("_")[0])
    if since is None or key in since:
        return False
    since.add(key)
    return True


def texts(key: str) -> list[str]:
    """Every value of a parameter, in order, as it was given."""
    _state().looked_at.add(key)
    return st.query_params.get_all(key)


def text(key: str, label: str) -> str:
    """The value of a parameter that has no control of its own; "" where there is none.

    One that is given several times, or is too long, gets a sentence and is put right.

    Args:
        key: the parameter.
        label: what it is called in a sentence.
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


def last_of(given: list[str]) -> tuple[str, str | None]:
    """The last of some values, and what is to be said about that: several that differ, or one too long."""
    value = given[-1] if given else ""
    others = list(dict.fromkeys(given))
    doubt = None
    if len(others) > 1:
        more = f" and {len(others) - 3:,} more" if len(others) > 3 else ""
        doubt = (
            f"the link gives it {len(given):,} times ({', '.join(map(quoted, others[:3]))}{more}); the last one counts"
        )
    if len(value) > LIMIT:
        return "", f"the link gives {quoted(value)}, {len(value):,} characters; at most {LIMIT:,} are read"
    return value, doubt


def whole(value: str) -> int | None:
    """A whole number of up to nine digits; None for any other text."""
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else None


def write(key: str, value: str | list[str] | None) -> None:
    """Set a parameter that no drawn control is bound to, or take it out of the address."""
    if value is not None:
        st.query_params[key] = value
    elif key in st.query_params:
        del st.query_params[key]


def query() -> str:
    """The whole query of the address, encoded."""
    return urlencode(as_given(), doseq=True)


def as_given() -> dict[str, list[str]]:
    """Every parameter of the address with all its values."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def close_page() -> None:
    """Name the parameters that nothing has looked at; the last that happens in a run of a page."""
    left = [key for key in st.query_params if key not in _state().looked_at]
    if left:
        named = ", ".join(map(quoted, left[:_NAMED]))
        more = f" and {len(left) - _NAMED:,} more" if len(left) > _NAMED else ""
        link_warnings.warn(f"**Link:** without effect on this screen as it is set now: {named}{more}.")


def _state() -> _State:
    state: _State = st.session_state.setdefault(_STATE, _State())
    return state
