"""Markup, styles and scripts of the player, for every page that shows it."""

from pathlib import Path

_HERE = Path(__file__).parent
# In the order in which they use one another; classic scripts that share one scope.
_SCRIPTS = ("figure", "figure_layout", "figure_frame", "figure_tip", "figure_keys", "figure_chart", "player")


def player_markup() -> str:
    """The control bar and the place of the figure, as HTML; hidden until a figure is loaded."""
    return _read("player.html")


def player_styles() -> str:
    """The styles of bar and figure.

    They use Streamlit's names of colours and fonts, which a page defines: `--st-background-color`,
    `--st-secondary-background-color`, `--st-text-color`, `--st-primary-color`, `--st-border-color`,
    `--st-base-radius` and `--st-font`.
    """
    return _read("player.css")


def player_script() -> str:
    """JavaScript that defines `makePlayer(root)` and `sayInstead(root, alt)`, without an export."""
    return _read(*(f"{name}.js" for name in _SCRIPTS))


def page_styles() -> str:
    """The colours of both themes, and the styles of a page of its own."""
    return _read("page.css")


def page_script() -> str:
    """JavaScript that plays the animation in the page; it follows `player_script`."""
    return _read("page.js")


def _read(*names: str) -> str:
    return "".join((_HERE / name).read_text(encoding="utf-8") for name in names)
