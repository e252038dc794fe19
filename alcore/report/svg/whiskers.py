"""Claims as dots with their intervals against zero, on a common scale."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import isfinite

from alcore.report.intervals import Interval
from alcore.report.style import GREY, strategy_style
from alcore.report.text.claims import Claim, drawn_words, signed

_WIDE, _HIGH, _EDGE = 240.0, 34.0, 24.0
INKS = {False: "#1B2733", True: "#E4ECF3"}
# Legible on white and on near-black; the shape of the dot repeats what the colour says.
_COLOURS = {
    "better": strategy_style("margin").color,
    "worse": strategy_style("entropy").color,
    "undecided": GREY,
}


def whisker_drawings(claims: Sequence[Claim], *, dark: bool = False) -> list[str]:
    """One SVG per claim, all on one scale: zero, the interval, and a dot, hollow if the interval contains zero.

    A diamond is the one race that is drawn beside the claims.

    Args:
        claims: at least one.
        dark: for a dark page.
    """
    values = [0.0, *(value for claim in claims for value in _finite(claim.difference))]
    values += [claim.drawn for claim in claims if claim.drawn is not None]
    low, high = min(values), max(values)
    span = high - low or 1.0

    def across(value: float) -> float:
        return _EDGE + (value - low) / span * (_WIDE - 2 * _EDGE)

    ink = INKS[dark]
    return [
        _drawing(
            claim,
            across(0),
            [across(value) for value in _finite(claim.difference)],
            None if claim.drawn is None else across(claim.drawn),
            ink,
        )
        for claim in claims
    ]


def _finite(interval: Interval) -> list[float]:
    """The estimate, and the ends if both are bounded."""
    ends = [interval.low, interval.high]
    return [interval.estimate, *(ends if all(map(isfinite, ends)) else [])]


def _drawing(claim: Claim, zero: float, places: Sequence[float], drawn: float | None, ink: str) -> str:
    colour, middle = _COLOURS[claim.verdict], 12.0
    dot, *ends = places
    inside = "none" if claim.verdict == "undecided" else colour
    parts = [f'<path d="M{zero:.1f} 1V22" stroke="{ink}" stroke-width="1.2" stroke-dasharray="2 2"/>']
    if abs(zero - dot) > _EDGE / 2 and all(abs(zero - end) > _EDGE for end in ends):
        parts.append(_text(zero, "0", ink))
    if ends:
        left, right = ends
        parts.append(
            f'<path d="M{left:.1f} {middle}H{right:.1f}M{left:.1f} 7V17M{right:.1f} 7V17" stroke="{colour}" '
            'stroke-width="2.4" fill="none"/>'
        )
        numbers = [signed(claim.difference.low), signed(claim.difference.high)]
        if right - left > 2 * _EDGE:
            parts += [_text(left, numbers[0], ink), _text(right, numbers[1], ink)]
        else:
            parts.append(_text(min(max((left + right) / 2, 2 * _EDGE), _WIDE - 2 * _EDGE), " to ".join(numbers), ink))
    parts.append(f'<circle cx="{dot:.1f}" cy="{middle}" r="5.5" fill="{inside}" stroke="{colour}" stroke-width="2.4"/>')
    if drawn is not None:
        parts.append(
            f'<path d="M{drawn:.1f} {middle - 6}l5 6l-5 6l-5 -6z" fill="none" stroke="{ink}" stroke-width="1.6"/>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE:g} {_HIGH:g}" font-family="sans-serif" '
        f'role="img" aria-label="{escape(spoken(claim))}">{"".join(parts)}</svg>'
    )


def _text(x: float, words: str, ink: str) -> str:
    return f'<text x="{x:.1f}" y="32" font-size="11" text-anchor="middle" fill="{ink}">{words}</text>'


def spoken(claim: Claim) -> str:
    """A drawing in words."""
    found = claim.difference
    says = {"undecided": "contains zero"}.get(claim.verdict, "excludes zero")
    ends = f"interval {signed(found.low)} to {signed(found.high)}, which {says}"
    race = "" if claim.drawn is None else f"; {drawn_words(claim)}"
    interval = ends if len(_finite(found)) > 1 else "no interval"
    return f"{claim.name}: {signed(found.estimate)}{claim.unit}, {interval}{race}"
