"""A user's images: PNG and JPEG files of a folder or a ZIP archive, read one by one where they lie."""

import hashlib
import io
import os
import stat
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import DatasetError
from alcore.datasets.item_ids import MAX_ID
from alcore.datasets.user_files import UserFile, listed, member_bytes, open_archive
from alcore.extras import optional_imports, require
from alcore.short import short

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_IMAGES = 50_000
MAX_PIXELS = 50_000_000
MAX_IMAGE_BYTES = 100_000_000
# Files of an archive, images or not, and what they may unpack to.
MAX_MEMBERS, MAX_UNPACKED = 100_000, 20_000_000_000
_FORMATS = ("PNG", "JPEG")
_GREY_MODES = frozenset({"1", "L", "LA", "I;16", "I;16B", "I"})
_ORIENTATION, _FIRST_ON_ITS_SIDE = 0x0112, 5  # of EXIF
_OUTSIDE, _NO_IMAGE, _DAMAGED = "links, or paths that lead outside", "no PNG or JPEG", "damaged"
_TOO_LARGE = f"larger than {MAX_PIXELS / 1e6:.0f} million pixels or {MAX_IMAGE_BYTES / 1e6:.0f} MB"


@dataclass(frozen=True, eq=False)
class ImageSource:
    """Items that are images.

    Attributes:
        name: of the folder or archive.
        ids: one an image: its path within the folder or archive, with slashes.
        sizes_N_2: height and width of each in pixels, as it is looked at (turned as its EXIF says).
        grey: whether all are greyscale.
        digest: of names and contents.
        sentences: what was read, and which files were left out and why.
        file: the archive, or the folder's path.
    """

    name: str
    ids: tuple[str, ...] = field(repr=False)
    sizes_N_2: NDArray[np.int64] = field(repr=False)
    grey: bool
    digest: str
    sentences: tuple[str, ...]
    file: UserFile = field(repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _archive(self) -> zipfile.ZipFile | None:
        if isinstance(self.file, Path) and self.file.is_dir():
            return None
        return open_archive(self.file, self.name, most_members=MAX_MEMBERS, most_bytes=MAX_UNPACKED)

    def image_bytes(self, item: int) -> bytes:
        """The file of an image.

        Raises:
            DatasetError: it cannot be read any more.
        """
        if self._archive is not None:
            return member_bytes(self._archive, self._archive.getinfo(self.ids[item]), self.name)
        assert isinstance(self.file, Path)
        try:
            return (self.file / self.ids[item]).read_bytes()
        except OSError as error:
            raise DatasetError(
                f"{short(self.ids[item])} in {self.name} cannot be read ({error.strerror}): put it back, or read the "
                "folder anew."
            ) from error

    def image(self, item: int) -> "Image":
        """An image, upright, in mode `L` if all images are greyscale and else `RGB`; transparent parts are white.

        Raises:
            DatasetError: it is damaged, or cannot be read any more.
        """
        with optional_imports():
            from PIL import Image, ImageOps
        try:
            with Image.open(io.BytesIO(self.image_bytes(item)), formats=_FORMATS) as opened:
                upright = ImageOps.exif_transpose(opened)
                if upright.mode.startswith("I"):  # 16 bits, which a conversion would cut off at 255
                    numbers = np.asarray(upright).astype(np.int64) >> 8
                    upright = Image.fromarray(numbers.clip(0, 255).astype(np.uint8))
                if upright.has_transparency_data:
                    solid = upright.convert("RGBA")
                    upright = Image.alpha_composite(Image.new("RGBA", solid.size, "white"), solid)
                return upright.convert("L" if self.grey else "RGB")
        except DatasetError:
            raise
        except Exception as error:  # a damaged image raises whatever its decoder runs into
            raise DatasetError(
                f"{short(self.ids[item])} in {self.name} is a damaged image ({error}): replace it, or leave it out."
            ) from error


def read_images(file: UserFile, name: str) -> ImageSource:
    """Look at up to 50,000 images of a folder, its subfolders included, or of a ZIP archive; none is kept in memory.

    Files that are no images, damaged or larger than 50 million pixels are left out and named. Links that lead out of
    the folder are not followed, and nothing is ever unpacked to disk.

    Args:
        file: path of the folder or archive, or the bytes of an archive.
        name: what to call it in sentences.

    Raises:
        DatasetError: it holds no image or too many, or the archive is damaged, protected or too large.
        MissingExtraError: Pillow is not installed.
    """
    require("PIL")
    folder = isinstance(file, Path) and file.is_dir()
    contents = _of_folder(file) if isinstance(file, Path) and folder else _of_archive(file, name)
    digest = hashlib.blake2b(digest_size=16)
    ids: list[str] = []
    sizes: list[tuple[int, int]] = []
    modes: set[str] = set()
    left_out: defaultdict[str, list[str]] = defaultdict(list)
    for path, content in contents:
        header = content if isinstance(content, str) else _header(content)
        if isinstance(header, str):
            left_out[header].append(path)
            continue
        if len(ids) == MAX_IMAGES:
            raise DatasetError(f"{name} holds more than {MAX_IMAGES:,} images: keep a random part of them.")
        if len(path) > MAX_ID:
            raise DatasetError(f"{name} holds a file whose name is longer than {MAX_ID} characters: {short(path)}.")
        ids.append(path)
        sizes.append(header[:2])
        modes.add(header[2])
        assert isinstance(content, bytes)
        digest.update(f"{path}\0{len(content)}\0".encode(errors="surrogateescape"))
        digest.update(content)
    others = [
        f"{len(paths):,} {'file' if len(paths) == 1 else 'files'} left out ({reason}): {listed(paths)}."
        for reason, paths in left_out.items()
    ]
    if not ids:
        raise DatasetError(" ".join([f"{name} holds no PNG or JPEG image: choose another.", *others]))
    sizes_N_2 = np.array(sizes, dtype=np.int64)
    grey = modes <= _GREY_MODES
    (low, left), (high, right) = sizes_N_2.min(axis=0), sizes_N_2.max(axis=0)
    extent = f"{high} x {right}" if (low, left) == (high, right) else f"{low} x {left} to {high} x {right}"
    said = f"{len(ids):,} images, {'greyscale' if grey else 'in colour'}, {extent} pixels (height x width)."
    return ImageSource(name, tuple(ids), sizes_N_2, grey, digest.hexdigest(), (said, *others), file)


def _of_folder(folder: Path) -> Iterator[tuple[str, bytes | str]]:
    """Paths within a folder, in order, and the contents, or why one is left out. Hidden files are passed over."""
    root = folder.resolve()
    for parent, folders, files in os.walk(root):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for one in sorted(files):
            path = Path(parent, one)
            if one.startswith("."):
                continue
            within = path.relative_to(root).as_posix()
            if not path.resolve().is_relative_to(root) or not path.is_file():
                yield within, _OUTSIDE
            elif path.stat().st_size > MAX_IMAGE_BYTES:
                yield within, _TOO_LARGE
            else:
                try:
                    yield within, path.read_bytes()
                except OSError:
                    yield within, _DAMAGED


def _of_archive(file: UserFile, name: str) -> Iterator[tuple[str, bytes | str]]:
    with open_archive(file, name, most_members=MAX_MEMBERS, most_bytes=MAX_UNPACKED) as archive:
        for member in sorted(archive.infolist(), key=lambda one: one.filename):
            parts = member.filename.replace("\\", "/").split("/")
            if member.is_dir() or parts[0] == "__MACOSX" or (parts[-1].startswith(".") and parts[-1] != ".."):
                continue
            if ".." in parts or parts[0] == "" or ":" in parts[0] or stat.S_ISLNK(member.external_attr >> 16):
                yield member.filename, _OUTSIDE
            elif member.file_size > MAX_IMAGE_BYTES:
                yield member.filename, _TOO_LARGE
            else:
                try:
                    yield member.filename, member_bytes(archive, member, name)
                except DatasetError:
                    yield member.filename, _DAMAGED


def _header(content: bytes) -> tuple[int, int, str] | str:
    """Height, width and mode of an image as it is looked at, or why it is left out; its pixels are not decoded."""
    with optional_imports():
        from PIL import Image
    if not content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return _NO_IMAGE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a damaged EXIF block, or of sizes that are judged here
            with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
                width, height = opened.size
                mode = "RGB" if opened.mode == "P" else opened.mode
                if height * width > MAX_PIXELS:
                    return _TOO_LARGE
                # To look for EXIF behind its pixels, a PNG would be decoded.
                exif = opened.getexif() if opened.format == "JPEG" or "exif" in opened.info else {}
    except Image.DecompressionBombError:
        return _TOO_LARGE
    except Exception:  # a damaged image raises whatever its parser runs into
        return _DAMAGED
    turned = exif.get(_ORIENTATION, 1)
    if isinstance(turned, int) and turned >= _FIRST_ON_ITS_SIDE:
        height, width = width, height
    return height, width, mode
