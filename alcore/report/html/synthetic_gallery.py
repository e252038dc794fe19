"""Synthesised images (membership query synthesis), each beside its nearest real images."""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from alcore.report.html.image_gallery import data_uri
from alcore.report.phrases import percent

STYLE = """
.alcore-made-up.alcore-made-up { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.45rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 215px), 1fr)); font-size: 0.8rem;
  line-height: 1.35; }
.alcore-made-up li { margin: 0; padding: 0.35rem 0.4rem; border-radius: 0.5rem;
  border: 1px solid color-mix(in srgb, currentColor 28%, transparent); }
.alcore-made-up .pictures { display: flex; flex-wrap: nowrap; gap: 0.15rem; align-items: flex-end; }
.alcore-made-up figure { margin: 0; text-align: center; }
.alcore-made-up img { image-rendering: pixelated; width: 26px; height: auto; display: block;
  border-radius: 2px; border: 1px solid color-mix(in srgb, currentColor 28%, transparent); }
.alcore-made-up figure.own { margin-right: 0.25rem; }
.alcore-made-up figure.own img { width: 56px; border-width: 2px; }
.alcore-made-up figcaption { font-size: 0.7rem; }
.alcore-made-up p { margin: 0.15rem 0 0; }
"""


def synthetic_gallery(
    made_K_H_W: NDArray[np.uint8],
    answers_K: NDArray[np.int64],
    probs_K_C: NDArray[np.floating],
    real_K_J_H_W: NDArray[np.uint8],
    real_y_K_J: NDArray[np.int64],
    times_K: NDArray[np.floating],
    class_names: Sequence[str],
) -> str:
    """Synthesised images with their nearest real images and the oracle's labels, as an HTML list.

    Args:
        made_K_H_W: brightness of the strokes, 255 the strongest; drawn dark on white.
        answers_K: the labels given by the oracle.
        probs_K_C: class probabilities before the query.
        real_K_J_H_W: the nearest real images of each, nearest first.
        real_y_K_J: labels of the real images.
        times_K: distance to the nearest real image, as a multiple of the typical distance between real images.
        class_names: one per class.
    """
    tiles = []
    for made, answer, probs_C, real_J, real_y_J, times in zip(
        made_K_H_W, answers_K, probs_K_C, real_K_J_H_W, real_y_K_J, times_K, strict=True
    ):
        votes = int((real_y_J == answer).sum())
        name = escape(class_names[int(answer)])
        neighbours = "".join(
            _picture(image, f"a real {class_names[int(label)]}", class_names[int(label)])
            for image, label in zip(real_J, real_y_J, strict=True)
        )
        own = _picture(made, f"synthesised; labelled {class_names[int(answer)]}", "synthesised", own=True)
        tiles.append(
            f'<li title="Its likeliest class had {percent(float(probs_C.max()), 0)}. {float(times):.1f} times as far '
            f'from real images as these from one another."><div class="pictures">{own}{neighbours}</div>'
            f"<p><strong>Labelled {name}</strong>: {votes} of {len(real_y_J)} nearest agree</p></li>"
        )
    return f'<style>{STYLE}</style><ul class="alcore-made-up">{"".join(tiles)}</ul>'


def _picture(image: NDArray[np.uint8], alt: str, caption: str, *, own: bool = False) -> str:
    return (
        f'<figure{" class=own" if own else ""}><img src="{data_uri(255 - image)}" alt="{escape(alt)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )
