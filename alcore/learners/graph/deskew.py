"""Deskewing of images: removes the slant of handwriting from the distance between two digits."""

import numpy as np
from numpy.typing import NDArray


def deskew(images_N_H_W: NDArray) -> NDArray[np.float32]:
    """Images sheared so that column and row of the ink are uncorrelated, and centred.

    Every line is moved in proportion to its height; values between two pixels are interpolated linearly, and pixels
    from outside are 0.

    Args:
        images_N_H_W: brightness, 0 where there is no ink. Images without ink are unchanged.

    Returns:
        as many images of the same size.

    Source: LeCun, Bottou, Bengio & Haffner (1998), section III: deslanted MNIST.
    """
    n, height, width = images_N_H_W.shape
    upright = images_N_H_W.astype(np.float32)
    down_H = np.arange(height) - (height - 1) / 2
    right_W = np.arange(width) - (width - 1) / 2
    ink_N_H, ink_N_W = upright.sum(axis=2, dtype=np.float64), upright.sum(axis=1, dtype=np.float64)
    total_N = np.maximum(ink_N_H.sum(axis=1), np.finfo(np.float64).tiny)
    down_N, right_N = ink_N_H @ down_H / total_N, ink_N_W @ right_W / total_N
    variance_N = ink_N_H @ down_H**2 / total_N - down_N**2
    covariance_N = (upright @ right_W) @ down_H / total_N - down_N * right_N
    # Ink on a single line has no slant.
    slanted_N = variance_N > 1e-6
    slope_N = np.divide(covariance_N, variance_N, out=np.zeros(n), where=slanted_N)
    columns = upright.transpose(0, 2, 1).reshape(n * width, height)
    upright = _moved(columns, np.repeat(down_N, width)).reshape(n, width, height).transpose(0, 2, 1)
    by_N_H = right_N[:, None] + slope_N[:, None] * down_H
    return _moved(upright.reshape(n * height, width), by_N_H.ravel()).reshape(n, height, width)


def _moved(lines_L_W: NDArray[np.float32], by_L: NDArray[np.float64]) -> NDArray[np.float32]:
    """Lines shifted by so many pixels."""
    count, width = lines_L_W.shape
    padded = np.pad(lines_L_W, ((0, 0), (width + 1, width + 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, width + 1, axis=1)
    whole_L = np.floor(by_L)
    starts_L = np.clip(whole_L.astype(np.int64) + width + 1, 0, 2 * width + 1)
    found_L_W = windows[np.arange(count), starts_L]
    share_L_1 = (by_L - whole_L).astype(np.float32)[:, None]
    return found_L_W[:, :-1] * (1 - share_L_1) + found_L_W[:, 1:] * share_L_1
