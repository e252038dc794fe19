"""Verdicts: each claim as a large number, its interval against zero, and its sentence."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from alcore.report.svg.whiskers import whisker_drawings
from alcore.report.text.claims import Claim, signed


def show_verdict(claims: Sequence[Claim]) -> None:
    """Draw claims, one per row; their intervals have a common scale."""
    rows = "".join(
        f'<div class="{claim.verdict}"><b>{signed(claim.difference.estimate)}<small>{escape(claim.unit)}</small></b>'
        f"{drawing}<p>{escape(claim.sentence)}</p></div>"
        for claim, drawing in zip(claims, whisker_drawings(claims), strict=True)
    )
    st.html(f'<div class="verdict">{rows}</div>')
