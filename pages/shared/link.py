"""Taking a screen's state along: as a link, and as a program."""

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st


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
    query = urlencode([(key, one) for key in st.query_params for one in st.query_params.get_all(key)])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
