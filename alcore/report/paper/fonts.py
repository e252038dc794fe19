"""Fallback fonts for characters that matplotlib's default font lacks, such as a title in Chinese or Japanese.

matplotlib is imported where it is needed: checking whether a title in a European script can be drawn does not load it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from alcore.extras import optional_imports

# Comes with matplotlib: the same glyphs and bytes on every machine.
OWN = "DejaVu Sans"
# Fallback fonts in order of preference; fonts that are not installed are skipped.
OTHERS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Hiragino Sans GB"),
    *("Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "Meiryo", "MS Gothic"),
    *("IPAexGothic", "IPAGothic", "TakaoGothic", "VL Gothic"),
    *("Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", "NanumGothic"),
    *("Noto Sans", "Noto Sans Devanagari", "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans Thai"),
    *("Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Symbols", "Noto Sans Symbols 2", "Symbola"),
    "Arial Unicode MS",
)
# First code point beyond Latin, Greek, Cyrillic and Armenian, which every machine can draw.
_EUROPEAN = 0x590
# Kana: their presence selects the Japanese forms of Han characters.
_KANA = range(0x3040, 0x3100)


def families(text: str) -> list[str]:
    """Fonts for a text in order of preference: `OWN`, and the fonts of `OTHERS` that have a missing character."""
    chosen, left = [OWN], _lacking(text, OWN)
    for name in _ordered(text):
        if not left:
            break
        still = _lacking(left, name)
        if len(still) < len(left):
            chosen.append(name)
            left = still
    return chosen


def unprintable(texts: Iterable[str]) -> str:
    """Distinct characters that no installed font of `families` has; they are drawn as boxes."""
    text = "".join(dict.fromkeys("".join(texts)))
    if all(ord(character) < _EUROPEAN for character in text):
        return ""
    left = _lacking(text, OWN)
    for name in OTHERS:
        left = _lacking(left, name) if left else ""
    return left


def plain(text: str) -> str:
    """A text that every format can hold: control characters and lone surrogates become spaces."""
    return "".join(" " if unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t" else one for one in text)


def fit(figure: Any) -> list[str]:
    """Set the fonts of each text of a figure.

    Args:
        figure: a matplotlib figure; its ticks are final afterwards.

    Returns:
        the texts with a character that no font has.
    """
    with optional_imports():
        from matplotlib.text import Text

    for axes in figure.axes:
        axes.get_xticklabels(), axes.get_yticklabels()
    texts = [text for text in figure.findobj(Text) if text.get_text()]
    for text in texts:
        if (words := plain(text.get_text())) != text.get_text():
            text.set_text(words)
        if len(wanted := families(text.get_text())) > 1:
            text.set_fontfamily(wanted)
    return list(dict.fromkeys(text.get_text() for text in texts if unprintable([text.get_text()])))


def _ordered(text: str) -> tuple[str, ...]:
    if not any(ord(character) in _KANA for character in text):
        return OTHERS
    return tuple(sorted(OTHERS, key=lambda name: not name.endswith(" JP")))


def _lacking(text: str, name: str) -> str:
    """Characters of a text missing from the font; spaces and other invisible characters are never missing."""
    known = _characters(name)
    return "".join(
        one for one in text if ord(one) not in known and unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Zs")
    )


@lru_cache(maxsize=len(OTHERS) + 1)
def _characters(name: str) -> frozenset[int]:
    """Characters of the font; empty if it is not installed."""
    with optional_imports():
        from matplotlib import font_manager

    if name not in font_manager.fontManager.get_font_names():
        return frozenset()
    path = font_manager.findfont(font_manager.FontProperties(family=name), fallback_to_default=False)
    return frozenset(font_manager.get_font(path).get_charmap())
