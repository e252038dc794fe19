"""What a labelling project's items can come from, and the reader of each kind of file."""

from pathlib import Path

from alcore.datasets.embeddings import EmbeddingSource, read_embeddings
from alcore.datasets.images import ImageSource, read_images
from alcore.datasets.tables.frame import TableOptions, TableSource, read_table
from alcore.datasets.texts import TextSource, read_texts
from alcore.datasets.user_files import UserFile
from alcore.extras import optional_imports

Source = TableSource | TextSource | ImageSource | EmbeddingSource


def read_source(file: UserFile, name: str, options: TableOptions | None = None) -> Source:
    """Read a file or folder of items by the kind that its name says.

    A folder or .zip is read as images, .npy and .npz as embeddings, as is a Parquet file with one column of lists; .txt
    as texts, all else as a table.

    Args:
        file: its path, or its bytes.
        name: its name; what to call it in sentences.
        options: what the user says about a table, or the encoding of texts.

    Raises:
        Ambiguous: the file leaves something open that no option says.
        DatasetError: with a sentence that names the place and what to do.
        MissingExtraError: the kind of file needs the extra `label`.
    """
    ending = Path(name).suffix.lower()
    if ending == ".zip" or (isinstance(file, Path) and file.is_dir()):
        return read_images(file, name)
    if ending in (".npy", ".npz") or (ending == ".parquet" and _has_vectors(file)):
        return read_embeddings(file, name)
    if ending == ".txt":
        return read_texts(file, name, encoding=options.encoding if options else None)
    return read_table(file, name, options)


def _has_vectors(file: UserFile) -> bool:
    """Whether a Parquet file has one column of lists of fractions; False where it cannot be read."""
    try:
        with optional_imports():
            import pyarrow as pa
            import pyarrow.parquet as parquet

        schema = parquet.read_schema(pa.BufferReader(file) if isinstance(file, bytes) else file)
    except (ImportError, OSError, ValueError):  # the reader of tables says why
        return False
    lists = [one.type for one in schema if pa.types.is_list(one.type) or pa.types.is_fixed_size_list(one.type)]
    return len(lists) == 1 and pa.types.is_floating(lists[0].value_type)
