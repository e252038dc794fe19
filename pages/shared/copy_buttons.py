"""Links that hold a screen's state, and buttons that copy its address or its program."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from pages.shared import address


def preset(path: str, label: str, icon: str, settings: Mapping[str, str | Sequence[str]]) -> None:
    """A link to a screen that sets all its controls: `settings` to the given values, all others to their defaults.

    Args:
        path: the screen's file.
        label: the link in Markdown.
        icon: a Material symbol.
        settings: parameters of the address, options by label, no defaults, so that it needs no correction.
    """
    st.page_link(path, label=label, icon=icon, query_params={address.PRESET: "yes"} | dict(settings))


def copy_link() -> None:
    """A button whose panel shows the screen's address with a copy button."""
    with st.popover("Copy link", icon=":material/link:"):
        st.markdown("This address opens the screen just as it is now, for anybody who can reach this server.")
        st.code(_address(), language=None, wrap_lines=True)


def copy_python(code: str) -> None:
    """A button whose panel shows an equivalent program without the dashboard, with a copy button."""
    with st.popover("Copy as Python", icon=":material/code:"):
        st.markdown("It prints the same numbers; it needs `alcore` and no dashboard.")
        st.code(code, language="python")


def _address() -> str:
    parts = urlsplit(st.context.url or "")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, address.query(), ""))
