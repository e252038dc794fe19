"""All items on a plane, for a map: principal components, linear discriminants, or UMAP where it is installed.

python -m alcore.projects.planes FOLDER: place the items of a project by UMAP, in a process of its own. The first call
compiles for a minute, in which a server would answer no request.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from alcore.extras import optional_imports, require
from alcore.home import checkout
from alcore.loops.steps import OnStep, ignored
from alcore.projects.project import Project
from alcore.storage.errors import StoreError
from alcore.storage.paths import open_private

Plane = Literal["umap", "pca", "lda"]
# What a plane is called in a sentence.
PLANES: dict[Plane, str] = {
    "pca": "First two principal components",
    "umap": "UMAP",
    "lda": "First two linear discriminants of the labels",
}
# Items from which a plane is fitted; the others are placed on it.
_FITTED = 20_000
# Principal components from which discriminants are found, so that a few labels do not separate everything.
_BEFORE_LDA = 30
_SEED = 0
# Seconds between looks at the process.
_EVERY = 0.1
# Processes at work, by the file that each writes: two calls wait for the same one.
_running: dict[Path, subprocess.Popen[bytes]] = {}
_starting = threading.Lock()


def planes_for(labels: Mapping[int, str]) -> list[Plane]:
    """The planes that can be made, the default first.

    Args:
        labels: place -> class. Two discriminants need three classes, and here two labels of each.
    """
    found: list[Plane] = ["pca", *(["umap"] if find_spec("umap") else [])]  # type: ignore[list-item]
    if sum(count > 1 for count in Counter(labels.values()).values()) > 2:
        found.append("lda")
    return found


def plane_of(project: Project, by: Plane = "pca") -> NDArray[np.float32]:
    """All items on a plane that needs no labels, (N, 2); kept in the project's folder.

    Args:
        project: of the items.
        by: `pca`, of word weights the first two singular vectors, which need no dense matrix; or `umap`.

    Raises:
        MissingExtraError: umap-learn is not installed.
    """
    path = _path(project, by)
    kept = _kept(path, len(project.items))
    if kept is not None:
        return kept
    rows = np.sort(project.items.order_N[:_FITTED])
    with np.errstate(invalid="ignore", divide="ignore"):  # shares of variance where all items are alike: not used
        found = _umap(project.features, rows) if by == "umap" else _components(project.features, rows, 2)
    plane = _two(found)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.npy")
    np.save(part, plane)
    part.replace(path)  # a process that is killed leaves no half of a plane
    return plane


def umap_apart(project: Project, on_step: OnStep = ignored) -> NDArray[np.float32]:
    """As `plane_of` by UMAP, computed in another process.

    Args:
        project: of the items.
        on_step: called several times a second; an exception from it ends the wait and leaves the process at work, for
            the next call to wait for.

    Raises:
        MissingExtraError: umap-learn is not installed.
        StoreError: the process fails or is killed; the next call starts another.
    """
    require("umap")
    path, log = _path(project, "umap"), project.folder / "logs" / "umap.log"
    if _kept(path, len(project.items)) is None:
        with _starting:
            if path not in _running:
                words = [sys.executable, "-m", "alcore.projects.planes", str(project.folder)]
                with open_private(log, "wb") as said:
                    _running[path] = subprocess.Popen(words, stdout=said, stderr=said, cwd=checkout())
            process = _running[path]
        while process.poll() is None:
            on_step(0.0)
            time.sleep(_EVERY)
        with _starting:
            if _running.get(path) is process:
                del _running[path]
        if process.returncode:
            why = _why(process.returncode, log)
            raise StoreError(f"UMAP could not place the items ({why}): try again, or choose another plane.")
    return plane_of(project, "umap")


def _why(code: int, log: Path) -> str:
    """Why a process failed: its last line, or that it was killed."""
    if code < 0:
        return "its process was killed, as where memory runs out"
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1][:300] if lines else "its process ended without a message"


def discriminants(project: Project, labels: Mapping[int, str]) -> NDArray[np.float32]:
    """All items on the two directions that separate the classes of the labels best, (N, 2).

    The directions are found among 30 principal components, which no label has chosen.

    Args:
        project: of the items.
        labels: place -> class, of three classes or more.
    """
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    with np.errstate(invalid="ignore", divide="ignore"):
        x = _components(project.features, np.sort(project.items.order_N[:_FITTED]), _BEFORE_LDA)
    rows = np.fromiter(labels, np.int64, len(labels))
    model = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto", n_components=2)
    return _two(model.fit(x[rows], list(labels.values())).transform(x))


def _path(project: Project, by: Plane) -> Path:
    settings = project.settings
    described = json.dumps([settings["features"], len(project.items), settings["file"], *([by] if by != "pca" else [])])
    stem = hashlib.blake2b(described.encode(), digest_size=8).hexdigest()
    return project.folder / "features" / f"plane-{stem}.npy"


def _kept(path: Path, items: int) -> NDArray[np.float32] | None:
    try:
        kept = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return kept if kept.shape == (items, 2) else None


def _components(x: Any, rows: NDArray[np.int64], count: int) -> NDArray[np.floating]:
    """Components of all rows of x, of dense ones from those of some rows."""
    from sklearn.decomposition import PCA, TruncatedSVD

    if sp.issparse(x):
        return TruncatedSVD(min(count, x.shape[1]), random_state=_SEED).fit_transform(x)
    dense = np.asarray(x).reshape(len(x), -1)
    return PCA(min(count, *dense[rows].shape), random_state=_SEED).fit(dense[rows]).transform(dense)


def _umap(x: Any, rows: NDArray[np.int64]) -> NDArray[np.floating]:
    """UMAP of all rows, fitted on some; of word weights by the cosine.

    Source: McInnes, Healy & Melville (2018).
    """
    with optional_imports():
        from umap import UMAP
    metric = "cosine" if sp.issparse(x) else "euclidean"
    model = UMAP(n_components=2, metric=metric, random_state=_SEED, n_jobs=1)
    chosen = x if sp.issparse(x) else np.asarray(x, dtype=np.float32).reshape(x.shape[0], -1)
    if len(rows) == chosen.shape[0]:
        return model.fit_transform(chosen)
    return model.fit(chosen[rows]).transform(chosen)


def _two(found: NDArray[np.floating]) -> NDArray[np.float32]:
    plane = np.zeros((len(found), 2), dtype=np.float32)
    plane[:, : found.shape[1]] = found[:, :2]
    return plane


if __name__ == "__main__":
    plane_of(Project(Path(sys.argv[1])), "umap")
