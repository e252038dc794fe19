"""The arena's figure as the player reads it, on the dashboard and in a page of its own; it draws without plotly."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from alcore.report.interactive.render import PreparedFigure
from alcore.report.svg.paths import Spec, symbol_path

# Theme of a page, by the name of its look: whether it is dark.
LOOKS = {"light": False, "dark": True}


def figure_payload(figure: PreparedFigure, *, alt: str, filename: str, **more: Any) -> bytes:
    """A figure as the player of `alcore.report.html.player` draws it; of an animated one, its last frame.

    Args:
        figure: from `alcore.report.interactive.arena.figure.arena_figure`.
        alt: the figure in words.
        filename: of the picture that a reader saves, without its ending.
        more: what else the player is told, see `load` in player.js.

    Returns:
        JSON in UTF-8: `{"stamp", "token", "race", "alt", "filename", "labels", "symbols", "layout", "data"}`.
        Stamps are equal where all is; tokens where the same traces move, whatever their colours, sizes and
        frames; races where the same points were labelled in the same order, whatever lies behind them.
        Labels are those held after each round, symbols the shapes of markers as SVG paths, data the traces.
    """
    return _stamped(figure_content(figure, alt=alt, filename=filename, **more))


def figure_content(figure: PreparedFigure, *, alt: str, filename: str, **more: Any) -> Spec:
    """The content of `figure_payload`, without a stamp."""
    return _look(figure.to_dict(), alt, filename) | more


def animation_content(figure: PreparedFigure, *, alt: str, filename: str, **more: Any) -> Spec:
    """The content of `animation_payload`, without a stamp."""
    spec = figure.to_dict()
    return _look(spec, alt, filename) | more | _frames(spec)


def animation_payload(figure: PreparedFigure, *, alt: str, filename: str, **more: Any) -> bytes:
    """An animated figure as a player shows it: as `figure_payload`, with its frames.

    Returns:
        JSON in UTF-8 as `figure_payload`, with `{"traces", "frames"}`: each frame lists what changes in each of the
        traces.
    """
    return _stamped(animation_content(figure, alt=alt, filename=filename, **more))


def page_payload(animation: PreparedFigure, looks: Mapping[str, PreparedFigure], *, alt: str, filename: str) -> bytes:
    """An animation in every look, for `alcore.report.html.player.page.player_page`.

    Args:
        animation: the figure with every round, in any look.
        looks: the same race by the names in LOOKS; stills are enough.
        alt: the figure in words.
        filename: of the picture that a reader saves, without its ending.

    Returns:
        JSON in UTF-8: `{"traces", "frames", "looks"}`. The frames are those of all looks: traces move alike in
        every theme. Each look is a figure as in `figure_payload`, with the token of the
        animation and without the properties of its traces that every frame gives.

    Raises:
        ValueError: where a look is missing, or shows another race.
    """
    if set(looks) != set(LOOKS):
        raise ValueError(f"A page has the looks {', '.join(LOOKS)}, got {', '.join(looks)}; draw the figure in each.")
    spec = animation.to_dict()
    frames = _frames(spec)
    moving = dict(zip(frames["traces"], frames["frames"][-1], strict=True))
    whole = _look(spec, alt, filename)
    shown = {}
    for name in LOOKS:
        look = _look(looks[name].to_dict(), alt, filename)
        traces = dict(enumerate(look["data"]))
        moved = all(change.items() <= traces.get(number, {}).items() for number, change in moving.items())
        if look["race"] != whole["race"] or not moved:
            raise ValueError(f'The look "{name}" shows another race than the animation; draw both from one race.')
        data = [
            {key: value for key, value in trace.items() if key not in moving.get(number, {})}
            for number, trace in traces.items()
        ]
        shown[name] = {"stamp": _digest(_json(look))} | look | {"token": whole["token"], "data": data}
    return _json(frames | {"looks": shown}).encode()


def _frames(spec: Spec) -> Spec:
    return {
        "traces": spec["frames"][0]["traces"],
        "frames": [frame["data"] for frame in spec["frames"]],
    }


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
