"""The arena's animated figure with plotly's own controls, as a figure or an HTML page; see also `animation_payload`."""

from html import escape

from alcore.report.interactive.arena.layout import GRID_COLOUR, INK
from alcore.report.interactive.curves import PreparedFigure, to_page_part

CONTROLS_HEIGHT = 62
WIDE_ENOUGH = 800  # pixels: panels side by side and their titles fit
_NOW = {"frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}, "mode": "immediate"}
_PLAY = _NOW | {"frame": {"duration": 250, "redraw": False}, "fromcurrent": True}


def with_controls(figure: PreparedFigure, *, narrow: bool = False) -> PreparedFigure:
    """The figure with plotly's play, pause and round slider below.

    Args:
        figure: from `arena_figure`.
        narrow: layout for a phone.
    """
    spec = figure.to_dict()
    layout = spec["layout"]
    margin = layout["margin"]
    inner = layout["height"] - margin["t"] - margin["b"]
    steps = [{"label": frame["name"], "method": "animate", "args": [[frame["name"]], _NOW]} for frame in spec["frames"]]
    start, below = 0.36 if narrow else 0.12, -52 / inner
    slider = {
        "active": len(steps) - 1,
        "steps": steps,
        "x": start,
        "len": 1 - start,
        "y": below,
        "pad": {"t": 0},
        "currentvalue": {"prefix": "Round ", "xanchor": "left", "font": {"size": 13}},
        "tickcolor": INK,
        "bordercolor": INK,
        "bgcolor": "rgba(127, 127, 127, 0.3)",
        "activebgcolor": "#0072B2",
    }
    buttons = {
        "type": "buttons",
        "direction": "right",
        "showactive": False,
        "x": 0,
        "xanchor": "left",
        "y": below,
        "yanchor": "top",
        "pad": {"t": 12, "r": 4},
        "bgcolor": "rgba(127, 127, 127, 0.15)",
        "bordercolor": GRID_COLOUR,
        "buttons": [
            {"label": "▶", "method": "animate", "args": [None, _PLAY]},
            {"label": "❚❚", "method": "animate", "args": [[None], _NOW]},
        ],
    }
    played = layout | {
        "height": layout["height"] + CONTROLS_HEIGHT,
        "margin": margin | {"b": margin["b"] + CONTROLS_HEIGHT},
        # Plotly cannot place a long legend beside the text above the curves: it goes above that text.
        "legend": layout["legend"] | {"y": layout["legend"]["y"] + (0 if narrow else 16 / inner)},
        "sliders": [slider],
        "updatemenus": [buttons],
    }
    return PreparedFigure(spec | {"layout": played})


def animation_html(
    figure: PreparedFigure, title: str, *, caption: str = "", narrow: bool = False, dark: bool = False
) -> bytes:
    """The animation as an HTML page that works offline: plotly.js and its controls are embedded.

    Args:
        figure: from `arena_figure`, drawn for the same theme.
        title: the heading.
        caption: text below the figure.
        narrow: the figure is laid out for a phone; wide figures scroll sideways on a phone.
        dark: colours of the page.

    Returns:
        UTF-8 HTML; the same figure gives the same bytes.
    """
    background, ink = ("#0E1117", "#FAFAFA") if dark else ("#FFFFFF", "#31333F")
    heading = escape(title)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading}</title>
<style>
body {{ background: {background}; color: {ink}; font: 16px/1.5 system-ui, sans-serif; margin: 1.5rem auto;
  max-width: 64rem; padding: 0 1rem; }}
h1 {{ font-size: clamp(1.3rem, 5vw, 2rem); line-height: 1.2; }}
.figure {{ overflow-x: auto; }}
.figure > div {{ min-width: {0 if narrow else WIDE_ENOUGH}px; }}
</style>
</head>
<body>
<h1>{heading}</h1>
<div class="figure" role="figure" tabindex="0" aria-label="{heading}">
{to_page_part(with_controls(figure, narrow=narrow), "animation")}
</div>
<p>{escape(caption)}</p>
</body>
</html>
""".encode()
