"""Escaping of external text (an address, a file name, an error) for Markdown."""

import re

MINUS = "−"  # as in alcore.report.phrases, which takes longer to import
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~$:-])")
# What GitHub's Markdown makes a link of without any sign of it: an address, or a name that begins with www.
_LINK = re.compile(r"(?<=http)(?=s?://)|(?<=ftp)(?=://)|(?<=www)(?=\.)|(?<=[\w.+-])(?=@)", re.IGNORECASE)


def plain(text: str) -> str:
    """The text with all Markdown characters escaped, and no address a link."""
    return _MARKDOWN.sub(r"\\\1", _LINK.sub("\N{WORD JOINER}", text))


def quoted(text: str, limit: int = 40) -> str:
    """A line in quotation marks, cut to `limit` characters and escaped."""
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    return f"“{plain(line if len(line) <= limit else line[: limit - 1] + '…')}”"


def number(value: float) -> str:
    """A number with thousands separators, a typographic minus and no trailing zeros: 1,000 rather than 1000.0."""
    return plain((f"{value:,.10g}" if isinstance(value, float) else f"{value:,}").replace("-", MINUS))
