"""Words that come from outside (an address, a file name, an error), made safe to show as Markdown."""

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~$:-])")


def plain(text: str) -> str:
    """The text with every Markdown sign escaped, so that it reads as it was written."""
    return _MARKDOWN.sub(r"\\\1", text)


def quoted(text: str, limit: int = 40) -> str:
    """One line in quotation marks, cut to `limit` characters, escaped."""
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    return f"“{plain(line if len(line) <= limit else line[: limit - 1] + '…')}”"


def number(value: float) -> str:
    """A number as people read it: 1,000 rather than 1000.0."""
    return plain(f"{value:,.10g}" if isinstance(value, float) else f"{value:,}")
