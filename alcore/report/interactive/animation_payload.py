"""The arena's figure as JSON for the player, which draws it without plotly."""

import json
from hashlib import blake2b
from typing import Any

from alcore.report.interactive.curves import PreparedFigure
from alcore.report.svg.paths import Spec, symbol_path


def figure_payload(figure: PreparedFigure, *, alt: str, filename: str) -> bytes:
    """A figure as JSON for `pages.shared.player.player`; of an animated figure, the last frame.

    Args:
        figure: from `arena_figure`.
        alt: alternative text.
        filename: name of the downloaded image.

    Returns:
        JSON in UTF-8: `{"stamp", "token", "race", "alt", "filename", "labels", "symbols", "layout", "data"}`.
        Stamps are equal for identical payloads; tokens if the same traces move, regardless of colours, sizes and
        frames; races if the same points were labelled in the same order, regardless of the background. Labels are the
        numbers held after each round, symbols the marker shapes as SVG paths, data the traces.
    """
    return _stamped(_look(figure.to_dict(), alt, filename))


def animation_payload(figure: PreparedFigure, *, alt: str, filename: str) -> bytes:
    """An animated figure as JSON for a player: `figure_payload` with frames.

    Returns:
        JSON in UTF-8 as `figure_payload`, with `{"traces", "frames"}`: each frame lists the changes of each trace.
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
    # Only positions and query order identify a race; the rest is appearance.
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
    """The traces of the race itself, without the bands behind its curves."""
    curves = spec["data"][-1]["xaxis"]
    return [trace for trace in spec["data"] if trace["xaxis"] != curves or trace["mode"] == "lines"]


def _stamped(content: Spec) -> bytes:
    body = _json(content)
    return f'{{"stamp":"{_digest(body)}",{body[1:]}'.encode()


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _json(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"))
