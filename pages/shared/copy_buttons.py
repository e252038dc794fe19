"""Links that hold a screen's state, and buttons that copy its address or its program."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from pages.shared import address
from pages.shared.viewport import is_narrow


def preset(path: str, label: str, icon: str, settings: Mapping[str, str | Sequence[str]]) -> None:
    """A link to a screen that sets all its controls: `settings` to the given values, all others to their defaults.

    Args:
        path: the screen's file.
        label: the link in Markdown.
        icon: a Material symbol.
        settings: parameters of the address, options by label, no defaults, so that it needs no correction.
    """
    st.page_link(path, label=label, icon=icon, query_params={address.PRESET: "yes"} | dict(settings))


def which_strategy_link() -> None:
    """A link to the section of the atlas that recommends a strategy; its other controls stay as they are."""
    section = {"strategies_section": "Which strategy?"}
    st.page_link("pages/strategies.py", label="Which strategy?", icon=":material/rule:", query_params=section)


def questions(path: str, links: Mapping[str, Mapping[str, str]]) -> None:
    """Example questions, text to the settings of its preset link: in a row, or in a panel on a narrow screen."""
    place = (
        st.popover("Questions", icon=":material/help:", key="questions_menu")
        if is_narrow()
        else st.container(horizontal=True, key="questions")
    )
    with place:
        for words, settings in links.items():
            preset(path, words, ":material/help:", settings)


def copy_link() -> None:
    """A button whose panel shows the screen's address with a copy button."""
    url = urlsplit(st.context.url or "")
    with st.popover("Link", icon=":material/link:", help="Link to this screen as it is now"):
        st.markdown("This address opens the screen just as it is now, for anybody who can reach this server.")
        code = urlunsplit((url.scheme, url.netloc, url.path, address.query(), ""))
        st.code(code, language=None, wrap_lines=True)


def copy_python(code: str) -> None:
    """A button whose panel shows an equivalent program without the dashboard, with a copy button."""
    with st.popover("Python", icon=":material/code:", help="The same as a Python program"):
        st.markdown("It prints the same numbers; it needs `alcore` and no dashboard.")
        st.code(code, language="python")


def program(imports: Iterable[str], *parts: str) -> str:
    """The text of a program.

    Args:
        imports: import lines in any order, also repeated; those of the library are a block of their own.
        parts: functions and statements, two blank lines apart.
    """
    lines = sorted(set(imports))
    blocks = [[line for line in lines if line.startswith("from alcore") == ours] for ours in (False, True)]
    head = "\n\n".join("\n".join(block) for block in blocks if block)
    return "\n\n\n".join([head, *(part.strip("\n") for part in parts)]) + "\n"
