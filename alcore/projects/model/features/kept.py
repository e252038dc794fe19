"""Features on disk: dense ones are mapped, sparse ones read."""

import contextlib
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from alcore.projects.model.features.choice import Features


def kept_features(stem: Path) -> Features | None:
    """Features that were kept; None if there are none or the file is damaged."""
    with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        if stem.with_suffix(".npy").exists():
            return np.load(stem.with_suffix(".npy"), mmap_mode="r", allow_pickle=False)
        if stem.with_suffix(".npz").exists():
            with stem.with_suffix(".npz").open("rb") as file:
                return sp.csr_matrix(sp.load_npz(file))
    return None


def keep(stem: Path, features: Features) -> None:
    """Write features under another name, then rename: what has the name is whole."""
    ending = ".npy" if isinstance(features, np.ndarray) else ".npz"
    stem.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(suffix=ending, prefix=".part-", dir=stem.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            if isinstance(features, np.ndarray):
                np.save(file, features, allow_pickle=False)
            else:
                sp.save_npz(file, features)
        Path(part).replace(stem.with_suffix(ending))
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
