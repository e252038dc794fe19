"""The planes of a map: against NumPy's singular vectors and scikit-learn's discriminants; UMAP where it is there."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from alcore.extras import MissingExtraError
from alcore.loops.background import Stopped
from alcore.projects import planes
from alcore.projects.planes import discriminants, plane_of, planes_for, umap_apart
from alcore.projects.project import Project
from alcore.storage.errors import StoreError


@pytest.fixture
def project(home: Path) -> Project:
    rng = np.random.default_rng(0)
    np.save(home / "points.npy", rng.normal(0, [1, 2, 3, 4], (60, 4)).astype(np.float32))
    return Project.create(home, "points", home / "points.npy", classes=("a", "b", "c"))


def test_the_plane_is_that_of_principal_components(project: Project) -> None:
    plane = plane_of(project)
    x = np.load(project.folder / "source" / "points.npy").astype(np.float64)
    u, s, _ = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(plane), np.abs(u[:, :2] * s[:2]), atol=1e-3)
    np.testing.assert_array_equal(plane, plane_of(project))


def test_discriminants_are_those_of_the_labels(project: Project) -> None:
    labels = {place: "abc"[place % 3] for place in range(30)}
    found = discriminants(project, labels)
    x = PCA(4, random_state=0).fit_transform(project.features)
    model = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto", n_components=2)
    expected = model.fit(x[:30], list(labels.values())).transform(x)
    np.testing.assert_allclose(np.abs(found), np.abs(expected), rtol=1e-3, atol=1e-3)


def test_what_is_offered_depends_on_labels_and_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planes, "find_spec", lambda name: None)
    assert planes_for({}) == ["pca"]
    assert planes_for(dict(enumerate("aabbc"))) == ["pca"]  # one label of the third class says too little
    assert planes_for(dict(enumerate("aabbcc"))) == ["pca", "lda"]
    monkeypatch.setattr(planes, "find_spec", lambda name: object())
    assert planes_for({}) == ["pca", "umap"]


def test_umap_is_asked_for_two_dimensions_and_kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, Any]] = []

    class Umap:
        def __init__(self, **given: Any) -> None:
            made.append(given)

        def fit_transform(self, x: Any) -> Any:
            return x[:, 1:3]

    fake = ModuleType("umap")
    fake.UMAP = Umap  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "umap", fake)
    plane = plane_of(project, "umap")
    np.testing.assert_array_equal(plane, project.features[:, 1:3])
    monkeypatch.setitem(sys.modules, "umap", None)
    np.testing.assert_array_equal(plane_of(project, "umap"), plane)  # kept
    assert made == [{"n_components": 2, "metric": "euclidean", "random_state": 0, "n_jobs": 1}]
    assert not np.array_equal(plane_of(project), plane)
    monkeypatch.setattr(planes, "require", lambda package: None)
    np.testing.assert_array_equal(umap_apart(project), plane)  # kept: no process is started


def run_instead(monkeypatch: pytest.MonkeyPatch, code: str) -> list[Any]:
    """Other Python code in place of the process; the processes that are started."""
    started: list[Any] = []
    popen = subprocess.Popen

    def start(words: list[str], **given: Any) -> Any:
        started.append(popen([sys.executable, "-S", "-c", code], **given))
        return started[-1]

    monkeypatch.setattr(planes, "require", lambda package: None)
    monkeypatch.setattr(planes.subprocess, "Popen", start)
    return started


def test_a_process_that_fails_is_a_sentence(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    started = run_instead(monkeypatch, "raise MemoryError('too much')")
    for _ in range(2):  # the second call tries again
        with pytest.raises(StoreError, match=r"could not place the items \(MemoryError: too much\): try again"):
            umap_apart(project)
    assert len(started) == 2


def test_a_wait_ends_at_once_and_the_process_is_found_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    started = run_instead(monkeypatch, "import time; time.sleep(600)")

    def leave(share: float) -> None:
        raise Stopped

    def kill(share: float) -> None:
        started[0].kill()

    for _ in range(2):
        with pytest.raises(Stopped):
            umap_apart(project, leave)
    with pytest.raises(StoreError, match="its process was killed"):
        umap_apart(project, kill)
    assert len(started) == 1


def test_half_a_plane_is_made_anew(project: Project) -> None:
    plane = plane_of(project)
    (path,) = (project.folder / "features").glob("plane-*.npy")
    for content in (b"", path.read_bytes()[:100]):
        path.write_bytes(content)
        np.testing.assert_array_equal(plane_of(project), plane)


def test_a_missing_umap_names_its_command(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(MissingExtraError, match="This needs umap"):
        plane_of(project, "umap")
