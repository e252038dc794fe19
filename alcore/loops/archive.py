"""A file of JSON and NumPy arrays in a zip archive. Nothing is pickled."""

import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CONTENT = "content.json"
_WRITTEN = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes


def write_archive(path: str | Path, content: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Path:
    """Write one file, whole or not at all.

    Args:
        path: of the file; one that is there is replaced.
        content: what JSON can hold, without NaN.
        arrays: by name; of numbers.

    Returns:
        the path.

    Raises:
        FileNotFoundError: the path's folder is not there.
        OSError: it cannot be written.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent} to save {path.name} in: make it first")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
        archive.writestr(zipfile.ZipInfo(_CONTENT, _WRITTEN), text.encode("utf-8", "surrogatepass"))
        for name, array in arrays.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, np.asarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _WRITTEN), part.getvalue(), zipfile.ZIP_DEFLATED)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.part")
    fresh.write_bytes(buffer.getvalue())
    fresh.replace(path)
    return path


def read_archive(path: str | Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The content and the arrays of a file of `write_archive`.

    Raises:
        ValueError: if the file is none, or damaged.
        FileNotFoundError: there is no such file.
        OSError: it cannot be read.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {path}: give the path that the learner was saved to")
    try:
        with zipfile.ZipFile(path) as archive:
            content = json.loads(archive.read(_CONTENT).decode("utf-8", "surrogatepass"))
            arrays = {
                name.removesuffix(".npy"): np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
                for name in archive.namelist()
                if name.endswith(".npy")
            }
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise ValueError(f"{path} is no file of this library, or damaged: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} is no file of this library: its content is no mapping")
    return content, arrays
