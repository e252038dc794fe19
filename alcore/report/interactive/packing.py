"""A figure of the arena as few bytes: what a browser can compute is left out, the rest is quantised and compressed.

Hover numbers are sent as probabilities in thousandths and the ranked points with three digits of their scores; the
player computes distances, and what labelled points tell. Filled shapes are sent as whole numbers of 1/8190 of
their axis. Arrays lie behind the JSON, and all is compressed by zlib.
"""

import json
import zlib
from base64 import b64decode, b64encode
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

Spec = dict[str, Any]

STAMP = 16  # bytes before what is compressed
GAP = 8191  # a position of NaN, above all others
MOST_POINTS = 65_536  # that two bytes tell apart
DIGITS = 999  # the largest whole number of a score's three digits
LEVEL = 1  # of the compression: higher ones take longer and save little


def packed(content: Spec) -> bytes:
    """The content of `animation_payload.figure_content` for the player.

    Returns:
        a stamp, equal where all is, then compressed: the length of the JSON (4 bytes, little-endian), the JSON with
        `{"dtype", "at", "n"}` in place of arrays, and the bytes of the arrays. Arrays with `planes` have their low
        bytes before their high ones, with 2 as differences; those with `low` and `step` are positions; thousandths
        with `past` are differences to the frame before.
    """
    data = content["data"]
    (short,) = _shortened([data], data, content["layout"])
    return _pressed(content | {"data": short})


def packed_frames(content: Spec) -> bytes:
    """The frames of `animation_payload.animation_content` as `packed`: `{"token", "frames"}`, in any look."""
    traces = [content["data"][i] for i in content["traces"]]
    return _pressed({"token": content["token"], "frames": _shortened(content["frames"], traces, content["layout"])})


def _pressed(content: Spec) -> bytes:
    blob = bytearray()
    body = json.dumps(_without_arrays(content, blob), separators=(",", ":")).encode()
    whole = len(body).to_bytes(4, "little") + body + bytes(blob)
    stamp = blake2b(whole, digest_size=STAMP // 2).hexdigest().encode()
    return stamp + zlib.compress(whole, LEVEL)


def unpacked(data: bytes) -> Spec:
    """What `packed` or `packed_frames` was given, as the player reads it: without the numbers that it computes."""
    whole = zlib.decompress(data[STAMP:])
    end = 4 + int.from_bytes(whole[:4], "little")
    content: Spec = _with_arrays(json.loads(whole[4:end]), whole[end:])
    before: dict[int, NDArray] = {}
    for frame in content.get("frames", []):
        for number, change in enumerate(frame):
            if "probs" in change:
                values = _numbers(change["probs"]).astype(np.uint16)
                if change["probs"].pop("past", False):
                    values = values + before[number]
                before[number] = values
                change["probs"] = _array(values)
    return content | {"stamp": data[:STAMP].decode()}


def _shortened(frames: list[list[Spec]], traces: list[Spec], layout: Spec) -> list[list[Spec]]:
    """What changes in each trace in each frame, in short.

    Args:
        frames: the changed properties of each trace.
        traces: all properties of each trace.
        layout: of the figure.
    """
    past: dict[int, NDArray] = {}
    short = [
        [_points(change, trace, past, t) for t, (change, trace) in enumerate(zip(one, traces, strict=True))]
        for one in frames
    ]
    # Shapes of all frames together, because there are a thousand short ones.
    shapes = [t for t, trace in enumerate(traces) if trace.get("fill") == "toself" and trace.get("meta") != "grows"]
    changed: dict[tuple[float, float], list[tuple[Spec, str]]] = {}
    for frame in short:
        for t in shapes:
            for axis in "xy" if "x" in frame[t] else "":
                low, high = layout[traces[t][f"{axis}axis"].replace(axis, f"{axis}axis")]["range"]
                changed.setdefault((low, high), []).append((frame[t], axis))
    for (low, high), places in changed.items():
        positions = _quantised([_numbers(change[axis]) for change, axis in places], low, high)
        for (change, axis), found in zip(places, positions, strict=True):
            change[axis] = found
    return short


def _points(change: Spec, trace: Spec, past: dict[int, NDArray], number: int) -> Spec:
    """A copy of a trace, or of what changes in it, with what hovers over its points in short.

    Args:
        change: its properties.
        trace: all properties of the trace.
        past: thousandths of traces in the frame before; updated.
        number: of the trace.
    """
    short = {key: value for key, value in change.items() if key != "customdata"}
    if "customdata" not in change or trace.get("meta") != "pool":
        return short
    numbers_N_K = _numbers(change["customdata"])
    probs_N_C, score_N = numbers_N_K[:, :-3], numbers_N_K[:, -2]
    thousandths = np.floor(1000 * probs_N_C.astype(np.float64) + 0.5).astype(np.uint16)
    if thousandths.shape[1] == 2:
        thousandths = thousandths[:, :1]  # the other is the rest
    before = past.get(number)
    past[number] = thousandths
    known = before is not None and before.shape == thousandths.shape
    array = thousandths - before if known and before is not None else thousandths
    short["probs"] = _planes(array, moved=False) | ({"past": True} if known else {})
    if np.isfinite(score_N).any():
        short |= _ranked(score_N)
    return short


def _ranked(score_N: NDArray) -> Spec:
    """The points with a finite score from the highest to the lowest, of equal ones the first first; three digits each.

    Returns:
        `ranked`; `digits`, whole numbers from 0 to 1998 for -999 to 999; `powers` of ten of the last digit, plus 128.
        Of scores too near to 0 for a power the power is the least, and the digits are fewer.

    Raises:
        ValueError: there are more points than a rank of two bytes can name.
    """
    if len(score_N) > MOST_POINTS:
        raise ValueError(f"a figure has at most {MOST_POINTS:,} points with scores, got {len(score_N):,}")
    finite_M = np.flatnonzero(np.isfinite(score_N))
    ranked_M = finite_M[np.argsort(-score_N[finite_M], kind="stable")]
    score_M = score_N[ranked_M].astype(np.float64)
    size_M = np.where(score_M == 0, 1.0, np.abs(score_M))
    power_M = np.clip(np.floor(np.log10(size_M)).astype(np.int64) - 2, -128, 126)
    digits_M = np.rint(score_M / 10.0**power_M)
    over_M = np.abs(digits_M) > DIGITS
    digits_M, power_M = np.where(over_M, digits_M / 10, digits_M), power_M + over_M
    digits_M = np.clip(digits_M, -DIGITS, DIGITS)
    return {
        "ranked": _planes(ranked_M.astype(np.uint16), moved=False),
        "digits": _planes((digits_M + DIGITS).astype(np.uint16), moved=True),
        "powers": _array((power_M + 128).astype(np.uint8)),
    }


def _planes(values: NDArray, *, moved: bool) -> Spec:
    """Whole numbers below 65536, their low bytes before their high ones; `moved`: as differences, modulo 65536."""
    whole_V = np.diff(values.ravel(), prepend=np.uint16(0)) if moved else values.ravel()
    planes = np.concatenate([whole_V & 255, whole_V >> 8]).astype(np.uint8)
    shape = {"shape": ",".join(map(str, values.shape))} if values.ndim > 1 and values.shape[1] > 1 else {}
    return {"dtype": "u2", "raw": planes.tobytes(), "planes": 1 + moved} | shape


def _quantised(arrays: list[NDArray], low: float, high: float) -> list[Spec]:
    """Positions between `low` and `high`, each array as `_planes` of differences."""
    step = (high - low) / (GAP - 1)
    values_V = np.concatenate(arrays)
    with np.errstate(invalid="ignore"):
        whole_V = np.clip(np.rint((values_V - low) / step), 0, GAP - 1)
    whole_V = np.where(np.isnan(values_V), GAP, whole_V).astype(np.uint16)
    ends = np.cumsum([len(one) for one in arrays]).tolist()
    starts = [0, *ends[:-1]]
    moved_V = np.diff(whole_V, prepend=np.uint16(0))
    first = [start for start, end in zip(starts, ends, strict=True) if start < end]
    moved_V[first] = whole_V[first]
    lows, highs = (moved_V & 255).astype(np.uint8).tobytes(), (moved_V >> 8).astype(np.uint8).tobytes()
    common = {"dtype": "u2", "planes": 2, "low": low, "step": step}
    return [common | {"raw": lows[a:b] + highs[a:b]} for a, b in zip(starts, ends, strict=True)]


def _numbers(value: Any) -> NDArray:
    if isinstance(value, list):
        return np.array(value, dtype=np.float64)
    found = np.frombuffer(b64decode(value["bdata"]), dtype=np.dtype(value["dtype"]).newbyteorder("<"))
    return found.reshape([int(one) for one in value["shape"].split(",")]) if "shape" in value else found


def _array(values: NDArray) -> Spec:
    values = values.astype(values.dtype.newbyteorder("<"), copy=False)
    found = {"dtype": values.dtype.str[1:], "bdata": b64encode(np.ascontiguousarray(values).tobytes()).decode()}
    return found | ({"shape": ",".join(map(str, values.shape))} if values.ndim > 1 else {})


def _without_arrays(value: Any, blob: bytearray) -> Any:
    if isinstance(value, dict):
        raw = value["raw"] if "raw" in value else b64decode(value["bdata"]) if "bdata" in value else None
        if raw is None:
            return {key: _without_arrays(one, blob) for key, one in value.items()}
        place = {"at": len(blob), "n": len(raw)}
        blob += raw
        return {key: one for key, one in value.items() if key not in ("bdata", "raw")} | place
    if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
        return [_without_arrays(one, blob) for one in value]
    return value


def _with_arrays(value: Any, blob: bytes) -> Any:
    if isinstance(value, list):
        return [_with_arrays(one, blob) for one in value]
    if not isinstance(value, dict):
        return value
    if "at" not in value:
        return {key: _with_arrays(one, blob) for key, one in value.items()}
    raw = blob[value["at"] : value["at"] + value["n"]]
    rest = {key: one for key, one in value.items() if key not in ("at", "n")}
    if "planes" not in value:
        return rest | {"bdata": b64encode(raw).decode()}
    planes = np.frombuffer(raw, dtype=np.uint8).reshape(2, -1).astype(np.uint16)
    whole_V = planes[0] | planes[1] << 8
    if value["planes"] == 2:
        whole_V = np.cumsum(whole_V, dtype=np.uint16)
    kept = {key: value[key] for key in ("shape", "past") if key in value}
    if "low" not in value:
        return _array(whole_V) | kept
    return _array(np.where(whole_V == GAP, np.nan, value["low"] + whole_V * value["step"]).astype(np.float32))
