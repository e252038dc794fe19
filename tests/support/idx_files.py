"""Files in MNIST's format that are not MNIST: blank images, balanced labels."""

from pathlib import Path

import numpy as np

from alcore.datasets.idx import FILES, IMAGES, size_of


def header_of(file: str) -> bytes:
    magic, count = FILES[file]
    return np.array([magic, count, 28, 28][: 4 if magic == IMAGES else 2], ">i4").tobytes()


def labels_of(file: str) -> bytes:
    count = FILES[file][1]
    return np.random.default_rng(count).permutation(np.arange(count) % 10).astype(np.uint8).tobytes()


def write_idx(folder: Path) -> Path:
    """The four files, unpacked; images are sparse files, which take no time and no space."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, (magic, _) in FILES.items():
        path = folder / file
        path.write_bytes(header_of(file) + (b"" if magic == IMAGES else labels_of(file)))
        with path.open("r+b") as opened:
            opened.truncate(size_of(file))
    return folder


def overwrite(path: Path, place: int, piece: bytes) -> None:
    with path.open("r+b") as opened:
        opened.seek(place)
        opened.write(piece)
