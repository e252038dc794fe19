"""The other screens as cards: a picture of the screen, its name, and what is to be found out there."""

import base64
from pathlib import Path

import streamlit as st

from pages.shared import frame, viewport

# Pictures of the screens in both themes, made anew by `python -m tests.browser.thumbnails`.
THUMBNAILS = Path(__file__).parent / "thumbnails"
MOST_BYTES = 25_000
# What to find out, by the screen's file; the arena is the picture above. A screen that is not here has a card without.
FINDINGS = {
    "batch_explorer": "Why do the most uncertain points repeat one another?",
    "mnist": "What is a label worth on real images?",
    "failure_modes": "When does it lose to random, and what helps?",
    "strategies": "Which strategy fits my data?",
    "scenarios": "Pool, stream or synthesis?",
    "tournament": "Who wins on many data sets?",
    "label": "How do I label my own data?",
}
COLUMNS = 4


def draw_cards() -> None:
    """The cards in rows of four, of all screens but this one and the arena."""
    shown = [page for page in frame.PAGES if _name(page[0]) not in ("dashboard", "arena")]
    for start in range(0, len(shown), COLUMNS):
        columns = st.columns(COLUMNS, gap="small")
        for column, (path, title, icon) in zip(columns, shown[start : start + COLUMNS], strict=False):
            name = _name(path)
            with column, st.container(key=f"home_card_{name}", border=True, height="stretch", gap="xsmall"):
                if source := _thumbnail(name, viewport.is_dark()):
                    st.html(f'<img src="{source}" alt="">')
                st.page_link(path, label=f"**{title}**", icon=icon)
                if name in FINDINGS:
                    st.caption(FINDINGS[name])


def thumbnail_path(name: str, *, dark: bool) -> Path:
    """The file of a screen's picture."""
    return THUMBNAILS / f"{name}-{'dark' if dark else 'light'}.webp"


@st.cache_data(show_spinner=False)
def _thumbnail(name: str, dark: bool) -> str:
    path = thumbnail_path(name, dark=dark)
    return f"data:image/webp;base64,{base64.b64encode(path.read_bytes()).decode()}" if path.exists() else ""


def _name(path: str) -> str:
    return Path(path).stem
