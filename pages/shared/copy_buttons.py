"""Links that hold a screen's state, to and from the screen; and the screen as a program."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from pages.shared import address


def preset(path: str, label: str, icon: str, settings: Mapping[str, str | Sequence[str]]) -> None:
    """A link to a screen that says where all its controls stand: as `settings` says, the rest at its default.

    Args:
        path: the screen's file.
        label: the link in Markdown.
        icon: a Material symbol.
        settings: parameters of the address; options by their labels and nothing at its default, so that the
            address need not be put right.
    """
    st.page_link(path, label=label, icon=icon, query_params={address.PRESET: "yes"} | dict(settings))


def copy_link() -> None:
    """A button whose panel holds the address of the screen as it stands, with a copy button."""
    with st.popover("Copy link", icon=":material/link:"):
        st.markdown("This address opens the screen just as it is now, for anybody who can reach this server.")
        st.code(_address(), language=None, wrap_lines=True)


def copy_python(code: str) -> None:
    """A button whose panel holds a program that does the same without the dashboard, with a copy button."""
    with st.popover("Copy as Python", icon=":material/code:"):
        st.markdown("It prints the same numbers; it needs `alcore` and no dashboard.")
        st.code(code, language="python")


def _address() -> str:
    parts = urlsplit(st.context.url or "")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, address.query(), ""))
