"""A frame of items as a data set of Hugging Face's `datasets`, the folder that `datasets.load_from_disk` opens."""

import io
import json
import zipfile
from hashlib import blake2b
from typing import Any

import pandas as pd

from alcore.extras import optional_imports

# Types of columns in which nothing is.
_NUMBERS = {"probability": "float64", "pick_probability": "float64"}
_DATA = "data-00000-of-00001.arrow"


def dataset_files(frame: pd.DataFrame) -> dict[str, bytes]:
    """The files of the folder by name: an Arrow stream, the features, and the state.

    Args:
        frame: of items: columns of texts, numbers and flags. Missing cells are None.

    Raises:
        MissingExtraError: it needs the extra `label`.

    Source: `Dataset.save_to_disk` of datasets 2 to 5; see its documentation on the Arrow format.
    """
    with optional_imports():
        import pyarrow as pa

    types = {name: _type_of(name, frame[name]) for name in frame.columns}
    named = {"string": pa.string(), "bool": pa.bool_(), "int64": pa.int64(), "float64": pa.float64()}
    cells = {name: [None if cell is None or cell != cell else cell for cell in frame[name]] for name in types}
    columns = [pa.array(cells[name], type=named[kind]) for name, kind in types.items()]
    schema = pa.schema([pa.field(name, named[kind]) for name, kind in types.items()])
    out = io.BytesIO()
    with pa.ipc.new_stream(out, schema) as writer:
        writer.write_table(pa.Table.from_arrays(columns, schema=schema), max_chunksize=10_000)
    content = out.getvalue()
    features = {name: {"dtype": kind, "_type": "Value"} for name, kind in types.items()}
    info: dict[str, Any] = {"citation": "", "description": "", "features": features, "homepage": "", "license": ""}
    state: dict[str, Any] = {
        "_data_files": [{"filename": _DATA}],
        "_fingerprint": blake2b(content, digest_size=8).hexdigest(),
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": None,
    }
    return {
        _DATA: content,
        "dataset_info.json": json.dumps(info, indent=2, ensure_ascii=False).encode(),
        "state.json": json.dumps(state, indent=2).encode(),
    }


def zipped_dataset(frame: pd.DataFrame) -> bytes:
    """The folder as a .zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in dataset_files(frame).items():
            archive.writestr(name, content)
    return out.getvalue()


def _type_of(name: str, column: pd.Series) -> str:
    if column.isna().all():
        return _NUMBERS.get(name, "string")
    kinds = {"b": "bool", "i": "int64", "f": "float64"}
    return kinds.get(column.dtype.kind, "string")
