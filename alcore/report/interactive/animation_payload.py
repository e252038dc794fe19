"""The arena's figure as the player on the page reads it, which draws it without plotly."""

import json
from hashlib import blake2b
from typing import Any

from alcore.report.interactive.curves import PreparedFigure
from alcore.report.svg.paths import Spec, symbol_path


def figure_payload(figure: PreparedFigure, *, alt: str, filename: str) -> bytes:
    """A figure as `pages.shared.player.player` draws it, without plotly; of an animated one, its last frame.

    Args:
        figure: from `figures_2d.arena_figure`.
        alt: the figure in words.
        filename: of the picture that a reader saves, without its ending.

    Returns:
        JSON in UTF-8: `{"stamp", "token", "race", "alt", "filename", "labels", "symbols", "layout", "data"}`.
        Stamps are equal where all is; tokens where the same traces move, whatever their colours, sizes and
        frames; races where the same points were labelled in the same order, whatever lies behind them.
        Labels are those held after each round, symbols the shapes of markers as SVG paths, data the traces.
    """
    return _stamped(_look(figure.to_dict(), alt, filename))


def animation_payload(figure: PreparedFigure, *, alt: str, filename: str) -> bytes:
    """An animated figure as a player shows it: as `figure_payload`, with its frames.

    Returns:
        JSON in UTF-8 as `figure_payload`, with `{"traces", "frames"}`: each frame lists what changes in each of the
        traces.
    """
    spec = figure.to_dict()
    frames = {
        "traces": spec["frames"][0]["traces"],
        "frames": [frame["data"] for frame in spec["frames"]],
    }
    return _stamped(_look(spec, alt, filename) | frames)


def _look(spec: Spec, alt: str, filename: str) -> Spec:
    labels = spec["layout"]["meta"]["labels"]
    symbols = {trace.get("marker", {}).get("symbol", "circle") for trace in spec["data"]} - {"line-ns"}
    # Where things lie and what was asked for when; the rest is how it is drawn.
    moving = [[trace.get(key) for key in ("xaxis", "x", "text", "mode")] for trace in _raced(spec)]
    asked = [
        [trace[key] for key in ("xaxis", "x", "y", "text")] for trace in spec["data"] if trace["mode"] == "markers+text"
    ]
    return {
        "token": _digest(_json([labels, moving])),
        "race": _digest(_json([labels, asked])),
        "alt": alt,
        "filename": filename,
        "labels": labels,
        "symbols": {symbol: symbol_path(symbol) for symbol in sorted(symbols)},
        "layout": spec["layout"],
        "data": spec["data"],
    }


def _raced(spec: Spec) -> list[Spec]:
    """The traces that are the race: not what lies behind its curves."""
    curves = spec["data"][-1]["xaxis"]
    return [trace for trace in spec["data"] if trace["xaxis"] != curves or trace["mode"] == "lines"]


def _stamped(content: Spec) -> bytes:
    body = _json(content)
    return f'{{"stamp":"{_digest(body)}",{body[1:]}'.encode()


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _json(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"))
