"""A file of arrays with facts beside them, of which a reader always finds a whole one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def write_arrays(path: Path, facts: Mapping[str, Any], **arrays: ArrayLike) -> None:
    """Write to a part file, then rename.

    Args:
        path: the file, `.npz`; its folder is made if need be.
        facts: JSON-compatible; read back as `json.loads(str(file["facts"]))`.
        arrays: by name, none called facts.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(exist_ok=True, mode=0o700)
    part = path.with_name("part.npz")
    np.savez(part, facts=np.array(json.dumps(facts)), **arrays)  # type: ignore[arg-type]
    part.replace(path)
