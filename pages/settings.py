"""The former address of the scenarios: old links are handed on with all they hold."""

import streamlit as st

from pages.shared import address

st.switch_page("pages/scenarios.py", query_params=address.as_given())
