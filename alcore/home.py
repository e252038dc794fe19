"""The folder that holds everything the user would miss: data sets, uploads and the store of runs."""

import errno
import os
import tempfile
from pathlib import Path

import platformdirs


class HomeError(RuntimeError):
    """The home folder cannot be used; the message is a sentence for the user."""


def alcore_home(path: str | Path | None = None) -> Path:
    """The home folder: created if it is not there, and known to be writable.

    Args:
        path: the folder; without it the environment variable ALCORE_HOME, and without that `default_home`.

    Returns:
        The folder's absolute path.

    Raises:
        HomeError: the folder cannot be created or written, in a sentence.
    """
    if path is not None and str(path):
        chosen, called = Path(path), "The home folder"
    elif os.environ.get("ALCORE_HOME"):
        chosen, called = Path(os.environ["ALCORE_HOME"]), "The folder that ALCORE_HOME names,"
    else:
        chosen, called = default_home(), "The home folder"
    try:
        home = chosen.expanduser().resolve()
        # What is in it is its owner's: runs, uploads, logs. A folder that is there stays as it is.
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, RuntimeError, ValueError) as error:
        raise HomeError(_sentence(called, chosen, "cannot be created", error)) from error
    try:
        # Asking the file system is the only sure test: permission bits say nothing on read-only mounts.
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        # A full disk still lets past runs be read; the store says so when something is to be written.
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise HomeError(_sentence(called, home, "cannot be written to", error)) from error
    return home


def default_home() -> Path:
    """The default home folder; it need not exist.

    Returns:
        `data/` beside dashboard.py in a source tree, the user's data folder for an installed package.
    """
    tree = checkout()
    return platformdirs.user_data_path("alcore", appauthor=False) if tree is None else tree / "data"


def checkout() -> Path | None:
    """The source tree that this package is imported from; None where an installer has put it.

    An installer leaves the folder of its metadata beside the package, wherever it puts the two; there a
    dashboard.py belongs to something else.
    """
    root = Path(__file__).resolve().parents[1]
    installed = any(root.glob("alcore-*.dist-info"))
    return root if (root / "dashboard.py").is_file() and not installed else None


def _sentence(called: str, path: Path, trouble: str, error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    comma = "," if called.endswith(",") else ""
    return (
        f"{called} {path}{comma} {trouble} ({reason}). Set ALCORE_HOME to a folder you may write to, then start again."
    )
