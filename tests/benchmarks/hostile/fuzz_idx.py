"""300 damaged files in MNIST's format: none is loaded unless it holds what it should."""

import gzip
import hashlib
import json
import os
import resource
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from alcore.datasets.catalogue import fetch
from alcore.datasets.dataset import DatasetError
from alcore.datasets.idx import FILES, IMAGES, md5_of
from alcore.datasets.mnist import SOURCES, load_mnist, raw_folder
from alcore.device import torchvision_datasets
from alcore.rng import rng_for
from tests.benchmarks.measure import Result, hardware
from tests.support.idx_files import write_idx

DAMAGED = 300
NAME = "kmnist"
# What there is to check the unpacked files by; `packed only` has to unpack them first, without a network.
EVIDENCE = ("published", "recorded", "packed", "none", "packed only")
SHARES = (0.25, 0.2, 0.15, 0.3, 0.1)
_RECORD = "checksums.json"


def run(damaged: int = DAMAGED) -> list[Result]:
    """Damage one file at a time, look, and put it right again."""
    load = os.getloadavg()[0]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes: Counter[str] = Counter()
    seconds, faults = [], []
    with tempfile.TemporaryDirectory() as folder:
        home, keep = Path(folder) / "home", Path(folder) / "keep"
        write_idx(keep)
        for file in FILES:
            packed = gzip.compress((keep / file).read_bytes(), compresslevel=1, mtime=0)
            (keep / f"{file}.gz").write_bytes(packed)
        for case in range(damaged):
            rng = rng_for(case, "idx")
            evidence = str(rng.choice(EVIDENCE, p=SHARES))
            _lay_out(home, keep, evidence)
            said = _spoil(raw_folder(NAME, home), evidence, rng)
            started = time.perf_counter()
            outcome = _outcome(home, keep, evidence)
            seconds.append(time.perf_counter() - started)
            outcomes[outcome.partition(":")[0]] += 1
            # A pixel of which nothing is known but its file's size cannot be told from another.
            if outcome == "wrong" and evidence == "none" and "pixels" in said:
                outcomes["wrong"] -= 1
                outcomes["pixels"] += 1
            elif outcome.startswith(("wrong", "traceback")):
                faults.append(f"case {case} ({said}, {evidence}): {outcome}")
                print(faults[-1], flush=True)
    result = {
        "work": f"{damaged} damaged files in MNIST's format (blank images, balanced labels)",
        "refused_with_a_sentence": outcomes["sentence"],
        "loaded_with_equal_content": outcomes["equal"],
        "loaded_wrong": outcomes["wrong"],
        "loaded_with_other_pixels_where_no_checksum_is_known": outcomes["pixels"],
        "tracebacks": outcomes["traceback"],
        "faults": faults[:20],
        "slowest_seconds": round(max(seconds), 2),
        "peak_memory_MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
        "memory_MB_before": round(before / 1e3),
        "load": round(load, 1),
        "hardware": hardware(),
    }
    print(result, flush=True)
    return [result]


def _lay_out(home: Path, keep: Path, evidence: str) -> None:
    """A fresh folder with intact files and what is known of them."""
    shutil.rmtree(home, ignore_errors=True)
    folder = raw_folder(NAME, home)
    folder.mkdir(parents=True)
    packed = {
        file: hashlib.md5((keep / f"{file}.gz").read_bytes(), usedforsecurity=False).hexdigest() for file in FILES
    }
    unpacked = {file: md5_of(keep / file) for file in FILES}
    for file in FILES:
        if evidence != "packed only":
            shutil.copyfile(keep / file, folder / file)
        if evidence.startswith("packed"):
            shutil.copyfile(keep / f"{file}.gz", folder / f"{file}.gz")
    known = {"published": unpacked}.get(evidence, {})
    SOURCES[NAME] = replace(SOURCES[NAME], packed_md5=packed, md5=known)
    if evidence == "recorded":
        (folder / _RECORD).write_text(json.dumps(unpacked))
    vision: Any = torchvision_datasets().KMNIST
    vision.mirrors = ["http://127.0.0.1:9/"]
    vision.resources = [(f"{file}.gz", md5) for file, md5 in packed.items()]


def _spoil(folder: Path, evidence: str, rng: np.random.Generator) -> str:
    """One kind of damage to one file; what was done, in words."""
    file = str(rng.choice(list(FILES)))
    path = folder / (f"{file}.gz" if evidence == "packed only" else file)
    size, images = path.stat().st_size, FILES[file][0] == IMAGES
    start = 16 if images else 8
    kinds: dict[str, Callable[[], object]] = {
        "bits of the header": lambda: _flip(path, int(rng.integers(start)), rng),
        f"bits of the {'pixels' if images else 'labels'}": lambda: _flip(path, int(rng.integers(start, size)), rng),
        "a label out of range": lambda: _write(path, start + int(rng.integers(1_000)), bytes([rng.integers(10, 256)])),
        "one label for another": lambda: _write(path, start + int(rng.integers(1_000)), bytes([rng.integers(10)])),
        "cut": lambda: os.truncate(path, int(rng.integers(size))),
        "longer": lambda: path.write_bytes(path.read_bytes() + rng.bytes(int(rng.integers(1, 100)))),
        "another magic number": lambda: _write(path, 0, np.array([rng.integers(1 << 30)], ">i4").tobytes()),
        "huge dimensions": lambda: _write(path, 4, np.array([2**31 - 1] * ((start - 4) // 4), ">i4").tobytes()),
        "swapped": lambda: _swap(folder, file, evidence),
        "empty": lambda: path.write_bytes(b""),
    }
    if images or evidence == "packed only":
        for kind in ("a label out of range", "one label for another"):
            del kinds[kind]
    kind = str(rng.choice(list(kinds)))
    kinds[kind]()
    if evidence != "packed only" and rng.random() < 0.2:
        (folder / _RECORD).write_text(str(rng.choice(["[]", "null", "{", '{"a": 1}', "[" * 50_000])))
        kind += ", with a damaged record"
    return f"{file}: {kind}"


def _swap(folder: Path, file: str, evidence: str) -> None:
    other = file.replace("train", "t10k") if "train" in file else file.replace("t10k", "train")
    end = ".gz" if evidence == "packed only" else ""
    first, second = folder / f"{file}{end}", folder / f"{other}{end}"
    aside = folder / "aside"
    first.replace(aside)
    second.replace(first)
    aside.replace(second)


def _flip(path: Path, place: int, rng: np.random.Generator) -> None:
    with path.open("r+b") as file:
        file.seek(min(place, path.stat().st_size - 1))
        old = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([old ^ (1 << int(rng.integers(8)))]))


def _write(path: Path, place: int, piece: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        file.write(piece)


def _outcome(home: Path, keep: Path, evidence: str) -> str:
    try:
        if evidence == "packed only":
            fetch(NAME, home)
        data = load_mnist(NAME, home)
    except DatasetError as error:
        return f"sentence: {error}"
    except Exception as error:  # what is counted is that there is none
        return f"traceback: {error!r}"
    del data
    folder = raw_folder(NAME, home)
    same = all((folder / file).read_bytes() == (keep / file).read_bytes() for file in FILES)
    return "equal" if same else "wrong"
