"""Features of images: principal components of their pixels, gradient histograms, the pixels, or a CNN's features."""

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import DatasetError
from alcore.datasets.images import ImageSource
from alcore.extras import optional_imports
from alcore.projects.model.features.inputs import Prepared

HOG_CELL, HOG_BINS, HOG_BLOCK = 8, 9, 2


def pixels_of(source: ImageSource, side: int) -> NDArray[np.uint8]:
    """(N, side, side, channels): all images resized without regard to their proportions."""
    with optional_imports():
        from PIL import Image
    first = np.asarray(source.image(0))
    pixels = np.empty((len(source), side, side, 1 if first.ndim == 2 else 3), dtype=np.uint8)
    for item in range(len(source)):
        small = source.image(item).resize((side, side), Image.Resampling.BILINEAR)
        pixels[item] = np.asarray(small).reshape(side, side, -1)
    return pixels


def of_pixels(pixels_N_H_W_C: NDArray[np.uint8], components: int) -> Prepared:
    """Pixels between 0 and 1, (N, H * W * C), and at most `components` principal components of them."""
    from sklearn.decomposition import PCA

    x = flat(pixels_N_H_W_C)
    return Prepared(x, PCA(min(components, *x.shape), random_state=0))


def flat(pixels_N_H_W_C: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Pixels between 0 and 1, (N, H * W * C)."""
    return pixels_N_H_W_C.reshape(len(pixels_N_H_W_C), -1).astype(np.float32) / np.float32(255)


def hog_of(source: ImageSource, side: int) -> NDArray[np.float32]:
    """`hog` of all images, resized to one size."""
    if side % HOG_CELL or side < HOG_CELL * HOG_BLOCK:
        raise DatasetError(f"The side of images for HOG is {side} pixels: choose a multiple of 8, 16 or more.")
    return np.stack([hog(image) for image in pixels_of(source, side)])


def hog(image_H_W_C: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Histograms of oriented gradients.

    The gradient is the central difference, 0 at the border, of the channel in which it is largest. Each cell of 8 x 8
    pixels has a histogram of 9 directions between 0 and 180 degrees, weighted by the gradient's length and divided by
    the cell's pixels. Each block of 2 x 2 cells, one at every cell, is divided by its length, cut off at 0.2 and
    divided by its length again.

    Args:
        image_H_W_C: sides are multiples of 8, 16 or more.

    Returns:
        ((H/8 - 1) * (W/8 - 1) * 36,)

    Source: Dalal & Triggs (2005), section 6, without interpolation between cells and directions.
    """
    values = image_H_W_C.astype(np.float64)
    rows, columns = np.zeros_like(values), np.zeros_like(values)
    rows[1:-1] = values[2:] - values[:-2]
    columns[:, 1:-1] = values[:, 2:] - values[:, :-2]
    lengths = np.hypot(rows, columns)
    strongest = lengths.argmax(axis=2)[..., None]
    rows, columns, lengths = (np.take_along_axis(one, strongest, axis=2)[..., 0] for one in (rows, columns, lengths))
    degrees = np.rad2deg(np.arctan2(rows, columns)) % 180
    bins = np.minimum((degrees * (HOG_BINS / 180)).astype(np.int64), HOG_BINS - 1)
    high, wide = lengths.shape[0] // HOG_CELL, lengths.shape[1] // HOG_CELL
    cells = np.add.outer(np.arange(lengths.shape[0]) // HOG_CELL * wide, np.arange(lengths.shape[1]) // HOG_CELL)
    sums = np.bincount((cells * HOG_BINS + bins).ravel(), lengths.ravel(), high * wide * HOG_BINS)
    histograms = sums.reshape(high, wide, HOG_BINS) / HOG_CELL**2
    windows = np.lib.stride_tricks.sliding_window_view(histograms, (HOG_BLOCK, HOG_BLOCK), axis=(0, 1))
    blocks = np.moveaxis(windows, 2, -1).reshape(high - 1, wide - 1, -1)
    for most in (0.2, np.inf):
        blocks = np.minimum(blocks / np.sqrt((blocks**2).sum(axis=-1, keepdims=True) + 1e-10), most)
    return blocks.ravel().astype(np.float32)
