"""MNIST, Fashion-MNIST and KMNIST: found on disk, checked, or downloaded through torchvision."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset, DatasetError

IMAGES, LABELS = 2051, 2049  # the magic numbers of the IDX format
# name -> magic number, count, bytes of the header.
FILES = {
    "train-images-idx3-ubyte": (IMAGES, 60_000),
    "train-labels-idx1-ubyte": (LABELS, 60_000),
    "t10k-images-idx3-ubyte": (IMAGES, 10_000),
    "t10k-labels-idx1-ubyte": (LABELS, 10_000),
}
CHECKSUMS = "checksums.json"  # written after a checked download, so that later damage is found


@dataclass(frozen=True)
class Source:
    """One of torchvision's data sets in MNIST's format."""

    title: str
    torchvision_class: str
    megabytes: int
    class_names: tuple[str, ...]
    md5: dict[str, str]


SOURCES: dict[str, Source] = {
    "mnist": Source(
        "MNIST",
        "MNIST",
        12,
        tuple("0123456789"),
        {
            "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
            "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
            "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
            "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
        },
    ),
    "fashion-mnist": Source(
        "Fashion-MNIST",
        "FashionMNIST",
        31,
        ("T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Boot"),
        {},
    ),
    "kmnist": Source(
        "KMNIST", "KMNIST", 21, ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"), {}
    ),
}


def raw_folder(name: str, home: Path) -> Path:
    """Where torchvision keeps the files of a data set."""
    return home / SOURCES[name].torchvision_class / "raw"


def size_of(file: str) -> int:
    """How many bytes an intact unpacked file has."""
    magic, count = FILES[file]
    return 16 + count * 28 * 28 if magic == IMAGES else 8 + count


def mnist_problem(name: str, home: Path) -> str | None:
    """Why a data set cannot be loaded without the network, in one sentence; None if it can."""
    folder, title = raw_folder(name, home), SOURCES[name].title
    missing = [file for file in FILES if not (folder / file).exists()]
    if len(missing) == len(FILES):
        return f"{title} is not on this machine yet."
    if missing:
        return f"{title} is incomplete: {missing[0]} is missing from {folder}."
    try:
        recorded = json.loads((folder / CHECKSUMS).read_text()) if (folder / CHECKSUMS).exists() else {}
        for file in FILES:
            problem = _file_problem(folder / file, (recorded | SOURCES[name].md5).get(file))
            if problem:
                return problem
    except (OSError, ValueError) as error:
        return f"{title} cannot be read: {error}."
    return None


def _file_problem(path: Path, md5: str | None) -> str | None:
    magic, count = FILES[path.name]
    found, expected = path.stat().st_size, size_of(path.name)
    if found != expected:
        state = "truncated" if found < expected else "too long"
        return f"{path} is {state}: it has {found:,} bytes, an intact file has {expected:,}."
    content = path.read_bytes()
    header = np.frombuffer(content, ">i4", 2)
    damaged = (int(header[0]), int(header[1])) != (magic, count)
    if damaged or (md5 and hashlib.md5(content, usedforsecurity=False).hexdigest() != md5):
        return f"{path} is corrupt: its content does not have the published checksum."
    return None


def load_mnist(name: str, home: Path) -> Dataset:
    """The 60,000 training images as the pool, the 10,000 test images as the test set.

    Raises:
        DatasetError: if a file is missing, truncated or corrupt; the sentence names it.
    """
    problem = mnist_problem(name, home)
    if problem:
        raise DatasetError(problem)
    folder = raw_folder(name, home)
    x_pool, y_pool, x_test, y_test = (_read(folder / file) for file in FILES)
    labels = (y.astype(np.int64) for y in (y_pool, y_test))
    return Dataset(name, x_pool, next(labels), x_test, next(labels), SOURCES[name].class_names)


def _read(path: Path) -> NDArray[np.uint8]:
    magic, count = FILES[path.name]
    if magic == LABELS:
        return np.fromfile(path, np.uint8, offset=8)
    return np.fromfile(path, np.uint8, offset=16).reshape(count, 1, 28, 28)


def fetch_mnist(name: str, home: Path) -> None:
    """Download through torchvision, each file checked against its published checksum.

    Files that are damaged are downloaded again; files that are intact are kept.

    Raises:
        DatasetError: if no mirror answers or the disk is full; the sentence gives the reason.
    """
    from alcore.device import torchvision_datasets

    source, folder = SOURCES[name], raw_folder(name, home)
    recorded = json.loads((folder / CHECKSUMS).read_text()) if (folder / CHECKSUMS).exists() else {}
    try:
        for file in FILES:
            path = folder / file
            # torchvision takes any file that exists for intact: a damaged one has to stand aside.
            if path.exists() and _file_problem(path, (recorded | source.md5).get(file)):
                path.replace(path.with_suffix(".damaged"))
        getattr(torchvision_datasets(), source.torchvision_class)(root=str(home), download=True)
        md5 = {
            file: hashlib.md5((folder / file).read_bytes(), usedforsecurity=False).hexdigest()
            for file in FILES
        }
        (folder / CHECKSUMS).write_text(json.dumps(md5, indent=1))
        for leftover in (*folder.glob("*.gz"), *folder.glob("*.damaged")):
            leftover.unlink()
    except (OSError, RuntimeError, EOFError) as error:
        for aside in folder.glob("*.damaged"):
            if not aside.with_suffix("").exists():
                aside.replace(aside.with_suffix(""))
        raise DatasetError(f"{source.title} could not be downloaded ({_reason(error)}).") from error
    problem = mnist_problem(name, home)
    if problem:
        raise DatasetError(problem)


def _reason(error: Exception) -> str:
    """The error in one line; of torchvision's list of mirrors and system errors what a person can use."""
    text = " ".join(str(error).split())
    tried = re.findall(r"Tried \w+://([^/\s]+)\S* got: (.+?)(?= Tried |$)", text)
    if not tried:
        return text
    causes = dict.fromkeys(
        re.sub(r"^<urlopen error (?:\[Errno -?\d+\] )?(.*)>$", r"\1", why) for _, why in tried
    )
    hosts = " and ".join(dict.fromkeys(host for host, _ in tried))
    return f"tried {hosts}: {'; '.join(causes)}"


def fetched_share(name: str, home: Path) -> float:
    """How much of a download is on disk, from 0 to 1; unpacked files count as theirs whole."""
    folder = raw_folder(name, home)
    if not folder.exists():
        return 0.0
    total = sum(map(size_of, FILES))
    present = 0.0
    for file in FILES:
        if (folder / file).exists():
            present += size_of(file)
        elif (folder / f"{file}.gz").exists():
            # Packed sizes differ between the data sets; the published total gives the usual ratio.
            packed = (folder / f"{file}.gz").stat().st_size
            present += min(size_of(file), packed * total / (SOURCES[name].megabytes * 1e6))
    return min(1.0, present / total)
