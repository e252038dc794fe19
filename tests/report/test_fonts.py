"""Titles in other scripts: a font that has them, else the words in the file and a sentence."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from alcore.report.charts.curves import learning_curves
from alcore.report.curves import curve_frame
from alcore.report.paper import fonts
from alcore.report.paper.render import to_bytes, to_matplotlib

CHINESE, JAPANESE = "主动学习", "アクティブラーニング"
# Scripts that few machines can draw, right to left, emoji, and what no font draws.
ODD = [
    *("שלום עולם", "مرحبا بالعالم", "😀🦄", "नमस्ते", "𐎀"),
    *("a\x1b[31mb", "\udcffx", "e\u0301", "\U0001f468\u200d\U0001f469"),
]
ROW = {"run": "r", "strategy": "random", "seed": 0, "train_loss": 0.1, "seconds": 0.1}
FRAME = curve_frame([ROW | {"round": i, "labels": 4 + i, "accuracy": 0.5 + i / 10} for i in range(3)])


def file(title: str, fmt: str) -> bytes:
    return to_bytes(to_matplotlib(replace(learning_curves(FRAME, names={"random": title}), title=title)), fmt)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine with the fonts of matplotlib and no other."""
    from matplotlib import font_manager

    own = [one for one in font_manager.fontManager.get_font_names() if one.startswith("DejaVu")]
    monkeypatch.setattr(font_manager.fontManager, "get_font_names", lambda: own)
    fonts._characters.cache_clear()
    yield
    fonts._characters.cache_clear()


def in_png(content: bytes) -> dict[str, str]:
    with Image.open(io.BytesIO(content)) as image:
        return {str(key): str(value) for key, value in image.info.items()}


def test_european_scripts_need_no_other_font() -> None:
    for text in ("Accuracy", "Größe αβγ", "точность"):
        assert fonts.families(text) == [fonts.OWN] and fonts.unprintable([text]) == ""
    assert b"Noto" not in file("Größe αβγ", "svg")


@pytest.mark.parametrize("text", [CHINESE, JAPANESE])
@pytest.mark.parametrize("fmt", ["png", "svg", "pdf"])
def test_an_installed_font_draws_the_title(text: str, fmt: str) -> None:
    if fonts.unprintable([text]):
        pytest.skip("no font for it on this machine (Debian: apt-get install fonts-noto-cjk)")
    content = file(text, fmt)
    assert content == file(text, fmt)
    if fmt == "svg":
        root = ElementTree.fromstring(content)
        (title,) = {one.text: one for one in root.iter() if one.text == text}.values()
        assert len(fonts.families(text)) == 2 and fonts.families(text)[1] in title.attrib["style"]
    elif fmt == "pdf":
        assert len(set(re.findall(rb"/FontName /(\S+)", content))) == 2
    else:
        assert "Title" not in in_png(content)


def test_japanese_letters_are_drawn_as_in_japan() -> None:
    if fonts.unprintable([CHINESE + JAPANESE]):
        pytest.skip("no font for it on this machine (Debian: apt-get install fonts-noto-cjk)")
    assert "JP" in fonts.families("能動学習の" + JAPANESE)[1]


@pytest.mark.usefixtures("bare")
def test_without_a_font_the_words_are_in_the_file() -> None:
    assert fonts.families(CHINESE) == [fonts.OWN] and fonts.unprintable(["a", CHINESE, CHINESE]) == CHINESE
    assert in_png(file(CHINESE, "png"))["Title"] == CHINESE
    assert CHINESE.encode("utf-16-be") in file(CHINESE, "pdf") or CHINESE.encode("utf-16") in file(CHINESE, "pdf")
    root = ElementTree.fromstring(file(CHINESE, "svg"))
    assert CHINESE in [one.text for one in root.iter("{http://purl.org/dc/elements/1.1/}title")]
    # As text, for the fonts of whoever opens it.
    assert CHINESE in [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("fmt", ["png", "svg", "pdf"])
def test_no_script_is_too_odd(text: str, fmt: str) -> None:
    content = file(text, fmt)
    if fmt == "svg":
        ElementTree.fromstring(content)
    elif fmt == "png":
        assert np.asarray(Image.open(io.BytesIO(content))).std() > 0


@pytest.mark.usefixtures("bare")
def test_the_export_says_what_is_drawn_as_boxes() -> None:
    def panel(title: str) -> AppTest:
        return AppTest.from_string(
            "from pages.shared.export_panel import export_panel\n"
            "from tests.report.test_fonts import FRAME\n"
            f"export_panel(FRAME, [], key='x', title={title!r})",
            default_timeout=60,
        ).run()

    at = panel(CHINESE)
    assert not at.exception
    assert [one.value for one in at.caption if f"No font on the server has {CHINESE}" in one.value]
    assert not [one.value for one in panel("Größe").caption if "No font" in one.value]
