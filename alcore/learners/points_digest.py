"""A digest of points: the same for the same rows in the same order, whatever their index."""

import hashlib
from typing import Any

import numpy as np

from alcore.learners.points import as_points, count


def points_digest(x: Any) -> str:
    """BLAKE2b of the content of points, 32 hexadecimal digits.

    Args:
        x: as `as_points` takes them.

    Raises:
        ValueError: if they are no points.
    """
    points = as_points(x)
    digest = hashlib.blake2b(digest_size=16)
    if hasattr(points, "iloc"):
        import pandas as pd

        digest.update(repr([(str(name), str(dtype)) for name, dtype in points.dtypes.items()]).encode())
        digest.update(pd.util.hash_pandas_object(points, index=False).to_numpy().tobytes())
    elif hasattr(points, "tocsr"):
        points = points.tocsr().copy()
        points.sort_indices()
        digest.update(repr((points.shape, points.dtype.str)).encode())
        digest.update(np.diff(points.indptr).astype(np.int64).tobytes())
        digest.update(points.indices.astype(np.int64).tobytes())
        digest.update(np.ascontiguousarray(points.data).tobytes())
    elif points.dtype.kind == "O":
        digest.update(repr(points.shape).encode())
        for value in points.ravel():
            text = value if isinstance(value, str) else repr(value)
            part = text.encode("utf-8", "surrogatepass")
            digest.update(len(part).to_bytes(8, "little") + part)
    else:
        digest.update(repr((points.shape, points.dtype.str)).encode())
        for start in range(0, count(points), 4096):
            digest.update(np.ascontiguousarray(points[start : start + 4096]).tobytes())
    return digest.hexdigest()
