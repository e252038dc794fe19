"""Data sets: the published split, the bundled digits, and MNIST present, absent, damaged and fetched."""

import gzip
import hashlib
import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from alcore.datasets.catalogue import DATASETS, fetch, load_dataset, problem
from alcore.datasets.dataset import DatasetError
from alcore.datasets.mnist import CHECKSUMS, FILES, fetched_share
from alcore.device import torchvision_datasets


def test_classification_is_the_published_split() -> None:
    data = load_dataset("classification", seed=7, home=Path())
    assert data.x_pool.shape == (900, 10) and data.x_test.shape == (100, 10)
    assert data.published_start is not None and len(data.published_start) == 90
    assert abs(np.mean(data.y_pool[data.published_start]) - np.mean(data.y_pool)) < 0.01


def test_digits_are_scikit_learns() -> None:
    data = load_dataset("digits", seed=0, home=Path())
    assert len(data.x_pool) + len(data.x_test) == 1797
    assert data.x_pool.shape[1:] == (1, 8, 8) and data.x_pool.dtype == np.uint8
    assert data.x_pool.max() == 255 and len(np.unique(data.x_pool)) == 17


def test_every_name_that_needs_no_download_loads() -> None:
    names = [name for name, spec in DATASETS.items() if spec.bundled]
    assert {"digits", "iris", "blobs"} <= set(names) and not {"mnist", "spam", "keel_pima"} & set(names)
    for name in names:
        data = load_dataset(name, seed=0, home=Path())
        assert data.name == name and set(np.unique(data.y_pool)) == set(range(data.classes))
        assert data.classes == DATASETS[name].classes
    with pytest.raises(ValueError, match="unknown data set 'cifar'"):
        load_dataset("cifar", seed=0, home=Path())


def test_real_mnist(mnist_home: Path) -> None:
    assert problem("mnist", mnist_home) is None
    data = load_dataset("mnist", seed=0, home=mnist_home, download=False)
    vision = torchvision_datasets().MNIST(root=str(mnist_home), train=True)
    np.testing.assert_array_equal(data.x_pool[:500, 0], vision.data[:500].numpy())
    np.testing.assert_array_equal(data.y_pool, vision.targets.numpy())
    assert data.x_test.shape == (10_000, 1, 28, 28)


def test_absent_and_incomplete_mnist_are_sentences(mnist_home: Path, tmp_path: Path) -> None:
    assert problem("mnist", tmp_path) == "MNIST is not on this machine yet."
    (mnist_home / "MNIST/raw/t10k-labels-idx1-ubyte").unlink()
    assert "t10k-labels-idx1-ubyte is missing" in str(problem("mnist", mnist_home))


@pytest.mark.parametrize("damage", ["truncated", "corrupt"])
def test_damaged_files_are_named(mnist_home: Path, damage: str) -> None:
    path = mnist_home / "MNIST/raw/train-images-idx3-ubyte"
    content = bytearray(path.read_bytes())
    path.unlink()
    if damage == "truncated":
        content = content[:1_000_000]
    else:
        content[5_000_000] ^= 255
    path.write_bytes(content)
    said = problem("mnist", mnist_home)
    assert said is not None and "train-images-idx3-ubyte" in said and damage in said
    with pytest.raises(DatasetError, match=damage):
        load_dataset("mnist", seed=0, home=mnist_home, download=False)


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A mirror of KMNIST on this machine, holding small noise in MNIST's format."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    rng = np.random.default_rng(0)
    resources = []
    for file, (magic, count) in FILES.items():
        images = "images" in file
        header = np.array([magic, count, 28, 28][: 4 if images else 2], ">i4").tobytes()
        body = rng.integers(0, 10, count * (784 if images else 1), dtype=np.uint8).tobytes()
        packed = gzip.compress(header + body, compresslevel=1)
        (folder / f"{file}.gz").write_bytes(packed)
        resources.append((f"{file}.gz", hashlib.md5(packed, usedforsecurity=False).hexdigest()))

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kmnist = torchvision_datasets().KMNIST
    monkeypatch.setattr(kmnist, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
    monkeypatch.setattr(kmnist, "resources", resources)
    yield folder
    server.shutdown()
    server.server_close()


def test_download_checks_records_and_repairs(mirror: Path, home: Path) -> None:
    assert fetched_share("kmnist", home) == 0
    assert load_dataset("kmnist", seed=0, home=home).x_pool.shape == (60_000, 1, 28, 28)
    assert fetched_share("kmnist", home) == 1 and (home / "KMNIST/raw" / CHECKSUMS).exists()
    path = home / "KMNIST/raw/t10k-images-idx3-ubyte"
    content = bytearray(path.read_bytes())
    content[4_000] ^= 255
    path.write_bytes(content)
    assert "corrupt" in str(problem("kmnist", home))
    fetch("kmnist", home)
    assert problem("kmnist", home) is None
    for record in ("[]", "null"):
        (path.parent / CHECKSUMS).write_text(record)
        assert "is damaged: download KMNIST again" in str(problem("kmnist", home))
    fetch("kmnist", home)
    assert problem("kmnist", home) is None


def test_a_download_that_does_not_match_its_checksum_is_refused(mirror: Path, home: Path) -> None:
    (mirror / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"something else"))
    with pytest.raises(DatasetError, match="KMNIST could not be downloaded"):
        fetch("kmnist", home)


def test_a_damaged_file_stays_until_a_new_one_is_here(
    mirror: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch("kmnist", home)
    path = home / "KMNIST/raw/t10k-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:5000])
    monkeypatch.setattr(torchvision_datasets().KMNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(DatasetError, match="could not be downloaded"):
        fetch("kmnist", home)
    assert "truncated" in str(problem("kmnist", home))
    assert path.stat().st_size == 5000


def test_no_network_is_a_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchvision_datasets().KMNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(DatasetError, match=r"KMNIST could not be downloaded \(.*refused"):
        load_dataset("kmnist", seed=0, home=home)
