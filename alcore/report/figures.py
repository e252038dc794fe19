"""Interactive figures for the screen, drawn with plotly."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

# The widths plotly.js can read from raw bytes; 64-bit integers are not among them.
_TYPED = {
    "uint8": "u1",
    "int8": "i1",
    "uint16": "u2",
    "int16": "i2",
    "uint32": "u4",
    "int32": "i4",
    "float32": "f4",
    "float64": "f8",
}


class PreparedFigure(go.Figure):
    """A plotly figure around a dict that is already right, passed on as it is.

    Checking every property of an animation of fifty frames takes longer than drawing it. Plotly's own
    converters check a plain dict but ask a figure only for `to_dict`, so this answers with the dict itself:
    no check, no copy. What plotly's Python side cannot see is not drawn wrongly, only unseen: change the
    dict, not the properties of this figure.

    Args:
        spec: `{"data": [...], "layout": {...}, "frames": [...]}` as plotly.js reads it.
    """

    def __init__(self, spec: Mapping[str, Any]) -> None:
        """Hold the figure; it is neither checked nor copied."""
        super().__init__(layout={"template": "none"})
        self._spec = dict(spec)

    def to_dict(self) -> dict[str, Any]:
        """The dict given, unchanged."""
        return self._spec


def typed_array(values: ArrayLike) -> dict[str, str]:
    """Numbers as plotly.js reads them without parsing text: base64 of the raw little-endian bytes.

    Args:
        values: one or two dimensions; float32, uint8 and the like stay as they are, 64-bit integers become
            int32 where they fit, float64 otherwise.

    Returns:
        `{"dtype", "bdata"}`, with `"shape"` for two dimensions, to stand in a trace for the list of numbers.
    """
    array = np.asarray(values)
    if array.dtype.name not in _TYPED:
        whole = array.dtype.kind in "iu"
        fits = whole and (array.size == 0 or (array.min() >= -(2**31) and array.max() < 2**31))
        array = array.astype(np.int32 if fits else np.float64)
    code = _TYPED[array.dtype.name]
    raw = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    spec = {"dtype": code, "bdata": base64.b64encode(raw.tobytes()).decode("ascii")}
    if array.ndim > 1:
        spec["shape"] = ", ".join(str(n) for n in array.shape)
    return spec
