"""MNIST-like files: what is damaged is named, whatever else lies beside it."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alcore.datasets import mnist
from alcore.datasets.catalogue import fetch, load_dataset, problem
from alcore.datasets.dataset import DatasetError
from alcore.datasets.idx import CHECKSUMS, FILES, md5_of, recorded_md5, unpacked_md5
from alcore.datasets.mnist import SOURCES
from alcore.device import torchvision_datasets
from tests.support.idx_files import labels_of, overwrite, write_idx

LABELS = "t10k-labels-idx1-ubyte"
BROKEN_RECORDS = [
    "[]",
    "null",
    "3",
    "{}",
    "{",
    '{"t10k-labels-idx1-ubyte": 3}',
    "[" * 9_000,
    "[" * 90_000,
    "\x00",
]


@pytest.fixture
def raw(home: Path) -> Path:
    """KMNIST's four files, unpacked, without a record."""
    return write_idx(home / "KMNIST" / "raw")


def test_what_is_published_is_what_torchvision_checks() -> None:
    for source in SOURCES.values():
        resources = getattr(torchvision_datasets(), source.torchvision_class).resources
        assert {file.removesuffix(".gz"): md5 for file, md5 in resources} == source.packed_md5
        assert set(source.md5) <= set(FILES)


def test_unpacked_files_of_the_right_shape_load(raw: Path, home: Path) -> None:
    assert problem("kmnist", home) is None
    data = load_dataset("kmnist", seed=0, home=home, download=False)
    assert data.x_pool.shape == (60_000, 1, 28, 28)
    assert data.y_test.tolist() == list(labels_of(LABELS))


@pytest.mark.parametrize(
    ("file", "place", "piece", "said"),
    [
        (LABELS, 8, b"\x0b", "holds the label 11, and labels are 0 to 9"),
        (LABELS, 8, b"\xff" * 3, "holds the label 255"),
        ("train-labels-idx1-ubyte", 8, b"\x01" * 5, "and each of the 10 labels occurs 6,000 times"),
        ("train-labels-idx1-ubyte", 3, b"\x03", "does not announce 60,000 labels"),
        ("t10k-images-idx3-ubyte", 4, b"\x7f", "does not announce 10,000 images of 28 x 28"),
        ("t10k-images-idx3-ubyte", 11, b"\x1d", "does not announce 10,000 images of 28 x 28"),
        ("train-images-idx3-ubyte", 12, b"\xff", "does not announce 60,000 images of 28 x 28"),
    ],
)
def test_damage_without_any_checksum_is_named(
    raw: Path, home: Path, file: str, place: int, piece: bytes, said: str
) -> None:
    overwrite(raw / file, place, piece)
    found = str(problem("kmnist", home))
    assert file in found and "is corrupt" in found and said in found
    with pytest.raises(DatasetError, match="is corrupt"):
        load_dataset("kmnist", seed=0, home=home, download=False)


@pytest.mark.parametrize("record", BROKEN_RECORDS)
def test_a_damaged_record_is_named(raw: Path, home: Path, record: str) -> None:
    (raw / CHECKSUMS).write_text(record)
    said = str(problem("kmnist", home))
    assert recorded_md5(raw) is None and f"{raw / CHECKSUMS}, the record of KMNIST's checksums, is damaged" in said
    (raw / CHECKSUMS).unlink()
    assert recorded_md5(raw) == {} and problem("kmnist", home) is None


@pytest.mark.parametrize("record", ["[]", "null"])
def test_a_damaged_record_does_not_harm_mnist(mnist_home: Path, record: str) -> None:
    (mnist_home / "MNIST" / "raw" / CHECKSUMS).write_text(record)
    assert problem("mnist", mnist_home) is None


def test_a_record_finds_what_the_shape_does_not_show(raw: Path, home: Path) -> None:
    (raw / CHECKSUMS).write_text(json.dumps({file: md5_of(raw / file) for file in FILES}))
    assert problem("kmnist", home) is None
    overwrite(raw / "t10k-images-idx3-ubyte", 500_000, b"\x01")
    assert "t10k-images-idx3-ubyte is corrupt" in str(problem("kmnist", home))


def test_packed_files_that_were_published_vouch_for_the_unpacked_ones(
    raw: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = raw / "t10k-images-idx3-ubyte"
    packed = raw / f"{images.name}.gz"
    packed.write_bytes(gzip.compress(images.read_bytes()))
    source = SOURCES["kmnist"]
    sums = source.packed_md5 | {images.name: md5_of(packed)}
    monkeypatch.setitem(SOURCES, "kmnist", replace(source, packed_md5=sums))
    assert problem("kmnist", home) is None
    overwrite(images, 500_000, b"\x01")
    assert f"{images} is corrupt: its content does not have the published checksum" in str(problem("kmnist", home))
    # A damaged packed file vouches for nothing.
    overwrite(packed, 40, b"\x99\x99")
    assert unpacked_md5(packed, sums[images.name]) is None and problem("kmnist", home) is None


@pytest.mark.parametrize("spoil", [lambda whole: whole[:-9], lambda whole: whole[:200] + b"\x00" + whole[201:]])
def test_a_packed_file_that_cannot_be_unpacked_has_no_checksum(tmp_path: Path, spoil) -> None:
    packed = tmp_path / f"{LABELS}.gz"
    packed.write_bytes(spoil(gzip.compress(np.random.default_rng(0).bytes(10_008))))
    assert unpacked_md5(packed, md5_of(packed)) is None


def test_a_damaged_packed_file_is_not_unpacked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network, packed files that are not the published ones give a sentence and no data."""
    folder = home / "KMNIST" / "raw"
    folder.mkdir(parents=True)
    (folder / f"{LABELS}.gz").write_bytes(gzip.compress(b"something else"))
    monkeypatch.setattr(torchvision_datasets().KMNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(DatasetError, match="could not be downloaded"):
        fetch("kmnist", home)
    assert not (folder / LABELS).exists()


def test_why_a_download_failed_in_one_line() -> None:
    said = mnist._reason(
        RuntimeError(
            "Error downloading x.gz:\nTried http://one.example/kmnist/, got:\n<urlopen error [Errno 111] "
            "Connection refused>\nTried https://two.example:80/, got:\nHTTP Error 404: Not Found\n"
        )
    )
    assert said == "tried one.example and two.example:80: Connection refused; HTTP Error 404: Not Found"
    assert mnist._reason(OSError("No space\nleft")) == "No space left"
