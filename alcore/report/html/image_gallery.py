"""Queried images: small greyscale images as self-contained HTML."""

import base64
import struct
import zlib
from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from alcore.report.phrases import percent, with_minus

# An image is scaled by the largest whole factor that fits: fractional factors blur it.
_WIDE_PIXELS, _NARROW_PIXELS = 84, 56
_ROWS = 3

# The doubled class overrides the page's list styles; #D55E00 contrasts with both white and near-black.
STYLE = """
.alcore-gallery.alcore-gallery { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.6rem;
  grid-template-columns: repeat(auto-fill, minmax(232px, 1fr)); font-size: 0.875rem; line-height: 1.35; }
.alcore-gallery li { margin: 0; padding: 0.45rem; border-radius: 0.5rem; display: flex; gap: 0.5rem;
  align-items: flex-start; border: 1px solid color-mix(in srgb, currentColor 28%, transparent); }
.alcore-gallery li.mistake { border: 2px dashed #D55E00; padding: calc(0.45rem - 1px); }
.alcore-gallery img { image-rendering: pixelated; box-sizing: content-box; width: var(--wide);
  height: auto; flex: none; border-radius: 2px;
  border: 1px solid color-mix(in srgb, currentColor 28%, transparent); }
.alcore-gallery .said { flex: 1; min-width: 0; }
.alcore-gallery .verdict { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.alcore-gallery .probs { display: grid; grid-template-columns: auto minmax(0.75rem, 1fr) auto;
  column-gap: 0.35rem; align-items: center; }
.alcore-gallery .probs > :nth-child(3n) { text-align: right; font-variant-numeric: tabular-nums; }
.alcore-gallery .bar { height: 0.55rem; border-radius: 2px;
  background: color-mix(in srgb, currentColor 14%, transparent); }
.alcore-gallery .bar > span { display: block; height: 100%; border-radius: 2px; min-width: 1px;
  background: color-mix(in srgb, currentColor 75%, transparent); }
@media (max-width: 640px) {
  .alcore-gallery.alcore-gallery { gap: 0.4rem;
    grid-template-columns: repeat(auto-fill, minmax(160px, 1fr)); }
  .alcore-gallery .verdict { white-space: normal; }
  .alcore-gallery img { width: var(--narrow); }
}
"""

# At least twelve in a row, at any width.
SMALL_STYLE = """
.alcore-gallery.alcore-gallery.small { list-style: none; margin: 0; padding: 0; display: grid; gap: 3px;
  grid-template-columns: repeat(auto-fill, minmax(min(42px, calc((100% - 33px) / 12)), 1fr)); font-size: 0.7rem;
  line-height: 1.2; }
.alcore-gallery.alcore-gallery.small li { border: 1px solid color-mix(in srgb, currentColor 25%, transparent);
  border-radius: 3px; display: block; margin: 0; overflow: hidden; padding: 0; text-align: center;
  white-space: nowrap; }
.alcore-gallery.alcore-gallery.small li.mistake { border: 2px dashed #D55E00; padding: 0; margin: -1px; }
.alcore-gallery.alcore-gallery.small img { border: 0; display: block; height: auto; image-rendering: pixelated;
  width: 100%; }
"""


def png(image_H_W: NDArray[np.uint8]) -> bytes:
    """A greyscale image as the bytes of a PNG file, pixel for pixel.

    Args:
        image_H_W: brightness, 0 black to 255 white.

    Raises:
        ValueError: if it is not a two-dimensional array of bytes.
    """
    if image_H_W.ndim != 2 or image_H_W.dtype != np.uint8:
        raise ValueError(f"image_H_W must be uint8 of two dimensions, got {image_H_W.dtype} {image_H_W.shape}")
    height, width = image_H_W.shape
    # Each row starts with its PNG filter type: 0 for none.
    lines = np.pad(image_H_W, ((0, 0), (1, 0))).tobytes()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def data_uri(image_H_W: NDArray[np.uint8]) -> str:
    """The same image as a data URI, for the `src` of an `img` element."""
    return f"data:image/png;base64,{base64.b64encode(png(image_H_W)).decode('ascii')}"


def gallery(
    images_K_H_W: NDArray[np.uint8],
    labels_K: NDArray[np.int64],
    probs_K_C: NDArray[np.floating],
    class_names: Sequence[str],
    *,
    indices_K: NDArray[np.int64],
    scores_K: NDArray[np.floating],
) -> str:
    """Images with their label and the model's prediction before the query, as an HTML list.

    Each tile shows the label, whether the prediction is right, and three probabilities: the highest, always including
    that of the label. A misclassified image has a cross, a word and a dashed frame. Ink is dark on white. `data-index`
    of a tile is the index of its image.

    Args:
        images_K_H_W: brightness of the strokes, 255 the strongest.
        labels_K: their true classes.
        probs_K_C: class probabilities before the query.
        class_names: one per class; any text.
        indices_K: their indices in the data set, for the tooltip.
        scores_K: their acquisition scores, for the tooltip.
    """
    tiles = [
        _tile(image, int(label), probs, class_names, int(index), f"score {with_minus(f'{score:.4g}')}")
        for image, label, probs, index, score in zip(
            images_K_H_W, labels_K, probs_K_C, indices_K, scores_K, strict=True
        )
    ]
    return f'<style>{STYLE}</style><ul class="alcore-gallery">{"".join(tiles)}</ul>'


def small_multiples(
    images_K_H_W: NDArray[np.uint8],
    labels_K: NDArray[np.int64],
    probs_K_C: NDArray[np.floating] | None,
    class_names: Sequence[str],
    *,
    indices_K: NDArray[np.int64],
) -> str:
    """Images close together as an HTML list; under each its label, and the model's prediction where that is wrong.

    Arguments as `gallery`; without probabilities no prediction is named. `data-index` of a tile is the index of its
    image.
    """
    tiles = []
    guess_K = labels_K if probs_K_C is None else probs_K_C.argmax(axis=1)
    for image, label, guessed, index in zip(images_K_H_W, labels_K, guess_K, indices_K, strict=True):
        name, guess = class_names[int(label)], class_names[int(guessed)]
        right = guess == name
        said = f"{name}" if right else f"✗ {guess}"
        predicted = f"; predicted {'correctly' if right else guess}" if probs_K_C is not None else ""
        alt = f"{name}, image {int(index)} of the pool{predicted}"
        tiles.append(
            f'<li class="{"right" if right else "mistake"}" data-index="{int(index)}" title="{escape(alt)}">'
            f'<img src="{data_uri(255 - image)}" alt="{escape(alt)}"><span>{escape(said)}</span></li>'
        )
    return f'<style>{SMALL_STYLE}</style><ul class="alcore-gallery small">{"".join(tiles)}</ul>'


def image_strip(images_K_H_W: NDArray[np.uint8]) -> str:
    """Images in a row, as HTML; arguments as `gallery`."""
    shown = "".join(
        f'<img src="{data_uri(255 - image)}" alt="" style="width: 28px; image-rendering: pixelated">'
        for image in images_K_H_W
    )
    return f'<div style="display: flex; flex-wrap: wrap; gap: 2px">{shown}</div>'


def _tile(
    image: NDArray[np.uint8],
    label: int,
    probs: NDArray[np.floating],
    names: Sequence[str],
    index: int,
    why: str,
) -> str:
    guess, about = int(np.argmax(probs)), f"image {index} of the pool, {why}"
    right = guess == label
    said = f"✓ {names[label]}" if right else f"✗ true {names[label]}, predicted {names[guess]}"
    width = image.shape[1]
    sizes = f"--wide: {_fit(width, _WIDE_PIXELS)}px; --narrow: {_fit(width, _NARROW_PIXELS)}px"
    alt = f"{names[label]}: {about}; {'predicted correctly' if right else f'predicted {names[guess]}'}"
    rows = "".join(_row(names[i], float(probs[i]), i == label) for i in _shown(probs, label))
    return (
        f'<li class="{"right" if right else "mistake"}" data-index="{index}" title="{escape(about)}">'
        f'<img src="{data_uri(255 - image)}" alt="{escape(alt)}" style="{sizes}">'
        f'<div class="said"><div class="verdict" title="{escape(said)}"><strong>{escape(said)}</strong></div>'
        f'<div class="probs">{rows}</div></div></li>'
    )


def _shown(probs: NDArray[np.floating], label: int) -> list[int]:
    """The most probable classes, in descending order; the label replaces the last if it is not among them."""
    top = [int(i) for i in np.argsort(-probs, kind="stable")[:_ROWS]]
    return top if label in top else [*top[:-1], label]


def _row(name: str, share: float, is_label: bool) -> str:
    word = f"<strong>{escape(name)}</strong>" if is_label else f"<span>{escape(name)}</span>"
    bar = f'<span class="bar"><span style="width: {100 * share:.1f}%"></span></span>'
    return f"{word}{bar}<span>{_percent(share)}</span>"


def _percent(share: float) -> str:
    if 0 < share < 0.005:
        return "&lt;1 %"
    if 0.995 <= share < 1:
        return "&gt;99 %"
    return percent(share, 0)


def _fit(pixels: int, room: int) -> int:
    return pixels * max(1, room // pixels)
