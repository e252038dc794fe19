"""What `streamlit run dashboard.py` starts: the server, and for each reader the home screen."""

import streamlit as st
from streamlit import runtime

if runtime.exists():
    # A reader's browser asks for the first screen.
    from pages.screens.home.screen import draw_home

    draw_home()
else:
    # The server starts. Streamlit finds the application by this assignment; nothing else may be loaded yet,
    # because parts of the screens register themselves with a server that runs.
    from pages.shared.headers import MIDDLEWARE

    app = st.App(__file__, middleware=MIDDLEWARE)
