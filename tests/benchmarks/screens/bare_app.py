"""The least that a slider can do: what any screen's latency is measured beside."""

import streamlit as st

with st.sidebar:
    seed = st.slider("Seed", 0, 999, 0)
st.html(f"<p id='drawn'>{seed}</p>")
