"""Cached results of work that shows its progress: of a session, and of all sessions."""

import streamlit as st
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
SHARED = """
import streamlit as st
from pages.shared.session_cache import computed

asked = st.number_input("asked", 0, 9, 0)
done = st.session_state.setdefault("done", [])

@computed("Working.", most=2)
def tenfold(_on_step, asked, _done):
    _on_step(0.5)
    _done.append(asked)
    return [asked * 10]

result = tenfold(asked, done)
st.json({"result": result})
result.append("changed by this session alone")
"""


def test_work_is_done_once_and_the_oldest_is_forgotten() -> None:
    at = AppTest.from_string(SCRIPT).run()
    for asked, done in ((0, 1), (1, 2), (0, 2), (1, 2), (2, 3), (0, 4)):
        at.number_input[0].set_value(asked).run()
        assert not at.exception
        assert f'"result": {asked * 10}' in at.json[0].value
        assert len(at.session_state["done"]) == done


def test_sessions_share_what_is_computed_and_none_changes_it_for_another() -> None:
    st.cache_data.clear()
    first, second = AppTest.from_string(SHARED), AppTest.from_string(SHARED)
    for at, asked, done in ((first, 0, [0]), (second, 0, []), (second, 3, [3]), (first, 3, [0]), (first, 0, [0])):
        at.run()
        at.number_input[0].set_value(asked).run()
        assert not at.exception
        assert at.json[0].value == f'{{"result": [{asked * 10}]}}'
        assert at.session_state["done"] == done
