"""Errors that the user can resolve are shown as a sentence on the page; the traceback goes to the log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.shared import address
from pages.shared.markdown import plain

_LOG = logging.getLogger("alcore.pages")

# By module and name: importing the classes would load torch and pydantic into every page.
_OURS = "alcore."


def is_for_users(error: BaseException) -> bool:
    """Whether the library wrote this error for the user.

    True for the library's exception classes, and for a ValueError whose last frame is in the library: a check of its
    arguments. A ValueError from inside NumPy or scikit-learn is a bug.
    """
    if type(error).__module__.startswith(_OURS):
        return True
    if type(error) is not ValueError:
        return False
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return step is not None and str(step.tb_frame.f_globals.get("__name__", "")).startswith(_OURS)


@contextmanager
def sentences(*, stop: bool = False) -> Iterator[None]:
    """Show the library's user errors as `st.error` instead of an exception box.

    Args:
        stop: stop the script after the sentence, for errors that make the rest of the page useless.

    Raises:
        Exception: any error not written for the user, unchanged.
    """
    try:
        yield
    except Exception as error:
        if not is_for_users(error):
            raise
        _LOG.warning("%s", error, exc_info=error)
        st.error(plain(str(error)), icon=":material/error:")
        if stop:
            address.close_page()
            st.stop()
