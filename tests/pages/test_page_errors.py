"""Errors on the screens: a sentence for what the user can mend, the exception itself for a bug."""

import logging

import pytest
from streamlit.testing.v1 import AppTest

HEAD = """
import numpy as np
import streamlit as st
from alcore.home import HomeError
from pages.shared.errors import sentences
from alcore.strategies.catalogue import STRATEGIES
from alcore.report.curves import curve_frame
"""


def run(body: str) -> AppTest:
    return AppTest.from_string(f"{HEAD}\n{body}\nst.write('below')", default_timeout=30).run()


def test_a_library_error_is_its_sentence(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="alcore.pages"):
        at = run('with sentences():\n    raise HomeError("ALCORE_HOME is /x, which [cannot] be *used*.")')
    assert not at.exception
    assert at.error[0].value == r"ALCORE\_HOME is /x, which \[cannot\] be \*used\*."
    assert at.markdown[-1].value == "below"
    assert "Traceback" in caplog.text


def test_a_check_of_the_librarys_own_is_a_sentence() -> None:
    at = run('with sentences():\n    curve_frame([{"run": "a"}])')
    assert not at.exception and "missing" in at.error[0].value


def test_stop_ends_the_page() -> None:
    at = run('with sentences(stop=True):\n    raise HomeError("Nothing works without it.")')
    assert len(at.error) == 1 and not at.markdown


@pytest.mark.parametrize("bug", ["raise KeyError('x')", "np.zeros(2) @ np.zeros(3)", "raise ValueError('x')"])
def test_a_bug_is_not_dressed_up(bug: str) -> None:
    at = run(f"with sentences():\n    {bug}")
    assert at.exception and not at.error
