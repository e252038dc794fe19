"""What a session keeps of work that shows its progress."""

from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
from pages.shared import session_cache

asked = st.number_input("asked", 0, 9, 0)
done = st.session_state.setdefault("done", [])

def work(on_step):
    on_step(0.5)
    done.append(asked)
    return asked * 10

st.json({"result": session_cache.cached("sums", asked, work, "Working.", most=2)})
"""


def test_work_is_done_once_and_the_oldest_is_forgotten() -> None:
    at = AppTest.from_string(SCRIPT).run()
    for asked, done in ((0, 1), (1, 2), (0, 2), (1, 2), (2, 3), (0, 4)):
        at.number_input[0].set_value(asked).run()
        assert not at.exception
        assert f'"result": {asked * 10}' in at.json[0].value
        assert len(at.session_state["done"]) == done
