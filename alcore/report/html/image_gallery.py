"""Pictures of what was asked about: small greyscale images as HTML that needs no file beside it."""

import base64
import struct
import zlib
from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

# An image is drawn at a whole multiple of its pixels, the largest that fits: others would blur it.
_WIDE_PIXELS, _NARROW_PIXELS = 84, 56
_ROWS = 3

# A class named twice outweighs what the page says of lists. Every colour is the page's own text colour or
# #D55E00, which can be told from white and from near-black.
STYLE = """
.alcore-gallery.alcore-gallery { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.6rem;
  grid-template-columns: repeat(auto-fill, minmax(196px, 1fr)); font-size: 0.875rem; line-height: 1.35; }
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
  .alcore-gallery img { width: var(--narrow); }
}
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
    # Each line begins with the number of its filter: 0, none.
    lines = np.pad(image_H_W, ((0, 0), (1, 0))).tobytes()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def data_uri(image_H_W: NDArray[np.uint8]) -> str:
    """The same picture as an address that holds it, for the `src` of an image."""
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
    """Images with the label each was given and what the model had believed: a list in HTML.

    Each shows its label, whether the model's first guess was right, and three probabilities: the highest,
    and the label's own among them. A mistake has a cross, a word and a dashed frame. Ink is drawn dark on
    white, as on paper.

    The tag of a tile has the image's number as `data-index`.

    Args:
        images_K_H_W: brightness of the strokes, 255 the strongest.
        labels_K: the classes they turned out to be.
        probs_K_C: what the model believed before.
        class_names: one a class; any text.
        indices_K: their numbers in the data set, for the tooltip.
        scores_K: why they were asked about, for the tooltip.
    """
    tiles = [
        _tile(image, int(label), probs, class_names, int(index), f"score {score:.4g}")
        for image, label, probs, index, score in zip(
            images_K_H_W, labels_K, probs_K_C, indices_K, scores_K, strict=True
        )
    ]
    return f'<style>{STYLE}</style><ul class="alcore-gallery">{"".join(tiles)}</ul>'


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
    said = f"✓ {names[label]}" if right else f"✗ {names[label]}, taken for {names[guess]}"
    width = image.shape[1]
    sizes = f"--wide: {_fit(width, _WIDE_PIXELS)}px; --narrow: {_fit(width, _NARROW_PIXELS)}px"
    alt = f"{names[label]}: {about}; the model {'was right' if right else f'took it for {names[guess]}'}"
    rows = "".join(_row(names[i], float(probs[i]), i == label) for i in _shown(probs, label))
    return (
        f'<li class="{"right" if right else "mistake"}" data-index="{index}" title="{escape(about)}">'
        f'<img src="{data_uri(255 - image)}" alt="{escape(alt)}" style="{sizes}">'
        f'<div class="said"><div class="verdict" title="{escape(said)}"><strong>{escape(said)}</strong></div>'
        f'<div class="probs">{rows}</div></div></li>'
    )


def _shown(probs: NDArray[np.floating], label: int) -> list[int]:
    """The most probable classes, falling; the label takes the last place if it is not among them."""
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
    return f"{100 * share:.0f} %"


def _fit(pixels: int, room: int) -> int:
    return pixels * max(1, room // pixels)
