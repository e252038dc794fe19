"""Images as people have them, as a network takes them: channels first."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Grey, colour, and colour with transparency.
CHANNELS = (1, 3, 4)


def channels_first(x_N: NDArray[Any]) -> NDArray[Any]:
    """Images as (N, C, H, W).

    Args:
        x_N: images (N, H, W), (N, H, W, C) with C of 1, 3 or 4, or (N, C, H, W). Where both the second and the last
            axis could be channels, the shorter of them is, and the second of equals. Arrays of other dimensions are
            returned as they are.

    Returns:
        a view where that is possible.
    """
    if x_N.ndim == 3:
        return x_N[:, None]
    if x_N.ndim != 4:
        return x_N
    first, last = x_N.shape[1], x_N.shape[3]
    is_last = last in CHANNELS and (first not in CHANNELS or last < first)
    return np.moveaxis(x_N, 3, 1) if is_last else x_N
