"""Claims as drawings: the dot and the whisker stand where the numbers say."""

import re
from xml.etree import ElementTree

import pytest

from alcore.report.intervals import Interval
from alcore.report.svg.whiskers import whisker_drawings
from alcore.report.text.claims import Claim

SVG = "{http://www.w3.org/2000/svg}"


def claim(estimate: float, low: float, high: float, **more: object) -> Claim:
    return Claim("Margin", "A sentence.", Interval(estimate, low, high), **more)  # type: ignore[arg-type]


def places(svg: str) -> tuple[float, float, float, float]:
    """Zero, dot, left end and right end of a drawing."""
    root = ElementTree.fromstring(svg)
    zero, whisker = root.findall(f"{SVG}path")
    dot = root.find(f"{SVG}circle")
    assert dot is not None
    numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", whisker.attrib["d"])]
    return float(re.findall(r"[\d.]+", zero.attrib["d"])[0]), float(dot.attrib["cx"]), numbers[0], numbers[2]


def test_all_drawings_have_one_scale() -> None:
    claims = [claim(3, 1, 5), claim(-1, -2, 4), claim(0.5, 0.2, 0.8)]
    found = [places(svg) for svg in whisker_drawings(claims)]
    assert len({zero for zero, *_ in found}) == 1
    zero = found[0][0]
    scale = (found[0][1] - zero) / 3
    assert scale > 0
    for one, (_, *drawn) in zip(claims, found, strict=True):
        numbers = [one.difference.estimate, one.difference.low, one.difference.high]
        assert drawn == pytest.approx([zero + scale * number for number in numbers], abs=0.2)
    assert all(0 <= place <= 240 for each in found for place in each)


@pytest.mark.parametrize(
    ("one", "verdict", "hollow"),
    [
        (claim(3, 1, 5), "better", False),
        (claim(-3, -5, -1), "worse", False),
        (claim(3, -1, 5), "undecided", True),
        (claim(-3, -5, -1, better=-1), "better", False),
        (claim(3, 1, 5, better=-1), "worse", False),
    ],
)
def test_the_dot_is_filled_only_where_zero_is_excluded(one: Claim, verdict: str, hollow: bool) -> None:
    assert one.verdict == verdict
    (svg,) = whisker_drawings([one])
    dot = ElementTree.fromstring(svg).find(f"{SVG}circle")
    assert dot is not None and (dot.attrib["fill"] == "none") == hollow
    assert ("contains zero" in svg) == hollow and ("excludes zero" in svg) != hollow


def test_one_race_has_a_dot_and_no_whisker() -> None:
    (svg,) = whisker_drawings([claim(3, -float("inf"), float("inf"))])
    root = ElementTree.fromstring(svg)
    assert len(root.findall(f"{SVG}path")) == 1 and root.find(f"{SVG}circle") is not None
    assert root.attrib["aria-label"] == "Margin: +3.0 points, no interval"


def test_names_of_users_are_escaped() -> None:
    one = Claim('<b onclick="x">', "A sentence.", Interval(1, 0.5, 2))
    (svg,) = whisker_drawings([one])
    assert ElementTree.fromstring(svg).attrib["aria-label"].startswith('<b onclick="x">: ')
