"""The optional packages: which extra installs each, and the sentence that is raised where one is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from alcore.home import checkout

# Package as it is imported -> the extra of pyproject.toml that installs it.
EXTRA_OF = {
    "torch": "torch",
    "torchvision": "torch",
    "plotly": "paper",
    "matplotlib": "paper",
    "contourpy": "paper",
    "dask": "cluster",
    "distributed": "cluster",
    "openpyxl": "label",
    "pyarrow": "label",
    "PIL": "label",
    "wordllama": "text",
    "sentence_transformers": "sentences",
    "skrub": "tables",
    "umap": "map",
    "skops": "skops",
    "usearch": "scale",
    "numba": "fast",
}


class MissingExtraError(ImportError):
    """An optional package is not installed; the message is a sentence with the command that installs it."""


@contextmanager
def optional_imports() -> Iterator[None]:
    """Import optional packages within this block, so that a missing one is explained.

    Raises:
        MissingExtraError: a package of `EXTRA_OF` is not installed. Any other error of an import passes
            unchanged: a package that is installed and broken is not mended by installing it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        # Where a package is there and a part of it is not, its name is that of the part.
        if error.name not in EXTRA_OF:
            raise
        raise _missing(error.name) from error


def require(package: str) -> None:
    """Refuse early, without loading the package, what could not be done without it.

    Args:
        package: a key of `EXTRA_OF`.

    Raises:
        MissingExtraError: it is not installed.
    """
    with optional_imports():
        if find_spec(package) is None:
            raise ModuleNotFoundError(name=package)


def _missing(package: str) -> MissingExtraError:
    tree, extra = checkout(), EXTRA_OF[package]
    command = f'pip install "alcore[{extra}]"' if tree is None else f'pip install -e "{tree}[{extra}]"'
    return MissingExtraError(f"This needs {package}, which is not installed. Install it with: {command}", name=package)
