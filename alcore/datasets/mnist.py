"""MNIST, Fashion-MNIST and KMNIST: found on disk, checked, or downloaded through torchvision."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from alcore.datasets.dataset import Dataset, DatasetError
from alcore.datasets.idx import (
    CHECKSUMS,
    FILES,
    file_problem,
    md5_of,
    read_idx,
    recorded_md5,
    size_of,
    unpacked_md5,
)


@dataclass(frozen=True)
class Source:
    """One of torchvision's data sets in MNIST's format.

    Attributes:
        title: its name for people.
        torchvision_class: its class in torchvision.
        megabytes: the size of the download.
        class_names: one a class.
        packed_md5: file -> the published MD5 of the packed file, as in torchvision.
        md5: file -> the MD5 of the unpacked file, where it is known from a genuine one.
        balanced: whether every class has equally many images.
        rarest: images of the rarest class in the pool.
    """

    title: str
    torchvision_class: str
    megabytes: int
    class_names: tuple[str, ...]
    packed_md5: dict[str, str]
    md5: dict[str, str]
    balanced: bool = True
    rarest: int = 6000


SOURCES: dict[str, Source] = {
    "mnist": Source(
        "MNIST",
        "MNIST",
        12,
        tuple("0123456789"),
        {
            "train-images-idx3-ubyte": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "train-labels-idx1-ubyte": "d53e105ee54ea40749a09fcbcd1e9432",
            "t10k-images-idx3-ubyte": "9fb629c4189551a2d022fa330f9573f3",
            "t10k-labels-idx1-ubyte": "ec29112dd5afa0611ce80d1b7f02629c",
        },
        {
            "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
            "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
            "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
            "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
        },
        balanced=False,
        rarest=5421,
    ),
    "fashion-mnist": Source(
        "Fashion-MNIST",
        "FashionMNIST",
        31,
        ("T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Boot"),
        {
            "train-images-idx3-ubyte": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "train-labels-idx1-ubyte": "25c81989df183df01b3e8a0aad5dffbe",
            "t10k-images-idx3-ubyte": "bef4ecab320f06d8554ea6380940ec79",
            "t10k-labels-idx1-ubyte": "bb300cfdad3c16e7a12a480ee83cd310",
        },
        {
            "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
            "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
        },
    ),
    "kmnist": Source(
        "KMNIST",
        "KMNIST",
        21,
        ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        {
            "train-images-idx3-ubyte": "bdb82020997e1d708af4cf47b453dcf7",
            "train-labels-idx1-ubyte": "e144d726b3acfaa3e44228e80efcd344",
            "t10k-images-idx3-ubyte": "5c965bf0a639b31b8f53240b1b52f4d7",
            "t10k-labels-idx1-ubyte": "7320c461ea6c1c855c0b718fb2a4b134",
        },
        {},
    ),
}


def raw_folder(name: str, home: Path) -> Path:
    """Where torchvision keeps the files of a data set."""
    return home / SOURCES[name].torchvision_class / "raw"


def files_of(name: str, home: Path) -> tuple[Path, ...]:
    """The files that a data set is read from, and the record of their checksums."""
    folder = raw_folder(name, home)
    return tuple(folder / file for file in (*FILES, CHECKSUMS))


def mnist_problem(name: str, home: Path) -> str | None:
    """Why a data set cannot be loaded without the network, in one sentence; None if it can."""
    folder, title = raw_folder(name, home), SOURCES[name].title
    missing = [file for file in FILES if not (folder / file).exists()]
    if len(missing) == len(FILES):
        return f"{title} is not on this machine yet."
    if missing:
        return f"{title} is incomplete: {missing[0]} is missing from {folder}."
    try:
        problems = (_problem_of(folder / file, name) for file in FILES)
        return next(filter(None, problems), None)
    except OSError as error:
        return f"{title} cannot be read: {error}."


def _problem_of(path: Path, name: str) -> str | None:
    """`file_problem` by the best checksum there is: published, of the packed file beside it, or recorded."""
    source, file = SOURCES[name], path.name
    md5 = source.md5.get(file)
    if md5 is None:
        md5 = unpacked_md5(path.with_name(f"{file}.gz"), source.packed_md5[file])
    if md5 is None:
        recorded = recorded_md5(path.parent)
        if recorded is None:
            return (
                f"{path.parent / CHECKSUMS}, the record of {source.title}'s checksums, is damaged: download "
                f"{source.title} again, or delete the record if you know that the files beside it are intact."
            )
        md5 = recorded.get(file)
    return file_problem(path, md5, balanced=source.balanced)


def load_mnist(name: str, home: Path) -> Dataset:
    """The 60,000 training images as the pool, the 10,000 test images as the test set.

    Raises:
        DatasetError: if a file is missing, truncated or corrupt; the sentence names it.
    """
    problem = mnist_problem(name, home)
    if problem:
        raise DatasetError(problem)
    folder = raw_folder(name, home)
    x_pool, y_pool, x_test, y_test = (read_idx(folder / file) for file in FILES)
    labels = (y.astype(np.int64) for y in (y_pool, y_test))
    return Dataset(name, x_pool, next(labels), x_test, next(labels), SOURCES[name].class_names)


def fetch_mnist(name: str, home: Path) -> None:
    """Download through torchvision, each file checked against its published checksum.

    Files that are damaged are downloaded again; files that are intact are kept.

    Raises:
        DatasetError: if no mirror answers or the disk is full; the sentence gives the reason.
    """
    from alcore.device import torchvision_datasets

    source, folder = SOURCES[name], raw_folder(name, home)
    try:
        for file in FILES:
            path = folder / file
            # torchvision takes any file that exists for intact: a damaged one has to stand aside.
            if path.exists() and _problem_of(path, name):
                path.replace(path.with_suffix(".damaged"))
        getattr(torchvision_datasets(), source.torchvision_class)(root=str(home), download=True)
        (folder / CHECKSUMS).write_text(json.dumps({file: md5_of(folder / file) for file in FILES}, indent=1))
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
    hosts, causes = [], []
    for attempt in text.split("Tried ")[1:]:
        address, _, why = attempt.partition(" got: ")
        host = address.partition("://")[2].partition("/")[0]
        if host and why:
            hosts.append(host)
            cause = why.strip()
            if cause.startswith("<urlopen error ") and cause.endswith(">"):
                cause = cause[len("<urlopen error ") : -1]
            causes.append(cause.partition("] ")[2] if cause.startswith("[Errno ") else cause)
    if not hosts:
        return text
    return f"tried {' and '.join(dict.fromkeys(hosts))}: {'; '.join(dict.fromkeys(causes))}"


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
