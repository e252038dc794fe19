"""Verdicts: each claim as a large number, its interval against zero, and its sentence."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape

import streamlit as st

from alcore.report.svg.whiskers import spoken, whisker_drawings
from alcore.report.text.claims import Claim, drawn_words, signed
from pages.shared.viewport import is_dark


def show_verdict(claims: Sequence[Claim]) -> None:
    """Draw claims, one per row; their intervals have a common scale.

    The one race that is drawn beside them is a diamond, with its number: it can differ from the mean.
    """
    rows = "".join(
        f'<div class="{claim.verdict}"><b>{signed(claim.difference.estimate)}<small>{escape(claim.unit)}</small></b>'
        f'<img alt="{escape(spoken(claim))}" src="data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}">'
        f'<div class="said"><p>{escape(claim.sentence)}</p>{_drawn(claim)}</div></div>'
        for claim, drawing in zip(claims, whisker_drawings(claims, dark=is_dark()), strict=True)
    )
    st.html(f'<div class="verdict">{rows}</div>')


def _drawn(claim: Claim) -> str:
    words = drawn_words(claim)
    return f' <span class="drawn">\u25c7 {escape(words)}</span>' if words else ""
