"""A large image with the model's class probabilities and the nearest labelled images, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from alcore.report.html.image_gallery import data_uri
from alcore.report.phrases import percent

_LARGE, _SMALL = 168, 56  # pixels

STYLE = """
.alcore-closeup { display: flex; flex-wrap: wrap; gap: 1rem 1.5rem; align-items: flex-start;
  font-size: 0.875rem; line-height: 1.35; }
.alcore-closeup img { image-rendering: pixelated; display: block; border-radius: 2px;
  border: 1px solid color-mix(in srgb, currentColor 28%, transparent); }
.alcore-closeup figure { margin: 0; }
.alcore-closeup table.probs { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.alcore-closeup table.probs :is(th, td) { border: none; padding: 0.05rem 0.35rem; text-align: left;
  font-weight: normal; }
.alcore-closeup table.probs td:last-child { text-align: right; }
.alcore-closeup table.probs tr.label > * { font-weight: bold; }
.alcore-closeup .bar { display: block; width: 7rem; height: 0.6rem; border-radius: 2px;
  background: color-mix(in srgb, currentColor 14%, transparent); }
.alcore-closeup .bar > span { display: block; height: 100%; border-radius: 2px; min-width: 1px;
  background: color-mix(in srgb, currentColor 75%, transparent); }
.alcore-closeup .near { flex: 1 1 15rem; min-width: 0; }
.alcore-closeup .near > div { display: flex; flex-wrap: wrap; gap: 0.6rem; margin-top: 0.35rem; }
.alcore-closeup .near figcaption { text-align: center; }
"""


def closeup_html(
    image_H_W: NDArray[np.uint8],
    label: int | None,
    probs_C: NDArray[np.floating],
    class_names: Sequence[str],
    *,
    neighbours_M_H_W: NDArray[np.uint8],
    labels_M: NDArray[np.int64],
    distances_M: NDArray[np.floating],
) -> str:
    """An image, the probability of every class, and its nearest labelled images, nearest first; ink is dark on white.

    Args:
        image_H_W: brightness of the strokes, 255 the strongest.
        label: its true class; None if unlabelled.
        probs_C: predicted class probabilities.
        class_names: one per class; any text.
        neighbours_M_H_W: brightness of the strokes of its neighbours.
        labels_M: their labels.
        distances_M: their distances in the model's feature space.
    """
    guess = int(np.argmax(probs_C))
    if label is None:
        said = f"Not queried. Predicted {class_names[guess]}."
    elif label == guess:
        said = f"✓ {class_names[label]}, predicted correctly."
    else:
        said = f"✗ True {class_names[label]}, predicted {class_names[guess]}."
    rows = "".join(
        f'<tr class="{"label" if i == label else ""}"><th scope="row">{escape(name)}</th>'
        f'<td><span class="bar"><span style="width: {100 * float(p):.1f}%"></span></span></td>'
        f"<td>{percent(float(p))}</td></tr>"
        for i, (name, p) in enumerate(zip(class_names, probs_C, strict=True))
    )
    near = "".join(
        f"<figure>{_picture(image, _SMALL, f'labelled {class_names[int(of)]}')}"
        f"<figcaption><strong>{escape(class_names[int(of)])}</strong><br>{far:.2g}</figcaption></figure>"
        for image, of, far in zip(neighbours_M_H_W, labels_M, distances_M, strict=True)
    )
    return (
        f'<style>{STYLE}</style><div class="alcore-closeup">'
        f"<figure>{_picture(image_H_W, _LARGE, said)}<figcaption><strong>{escape(said)}</strong></figcaption>"
        f'</figure><table class="probs"><tbody>{rows}</tbody></table>'
        "<div class='near'>Nearest labelled images, with their labels and distances in the model's features "
        f"(1: the typical distance from the middle of the map):<div>{near}</div></div></div>"
    )


def _picture(image_H_W: NDArray[np.uint8], room: int, alt: str) -> str:
    width = image_H_W.shape[1] * max(1, room // image_H_W.shape[1])
    return f'<img src="{data_uri(255 - image_H_W)}" alt="{escape(alt)}" style="width: {width}px; height: auto">'
