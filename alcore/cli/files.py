"""Files that commands write."""

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from alcore.cli.arguments import UsageError


def write_file(out: Path, content: bytes, *, force: bool) -> None:
    """Write a file; one that is there is replaced with `force` only.

    Raises:
        UsageError: it is there already, or cannot be written.
    """
    try:
        # Exclusive mode also refuses a link that leads nowhere.
        with out.open("wb" if force else "xb") as file:
            file.write(content)
    except (OSError, ValueError) as error:
        exists = isinstance(error, FileExistsError)
        if isinstance(error, IsADirectoryError) or (exists and out.is_dir()):
            raise UsageError(f"{out} is a folder. Name the file to write.") from error
        if exists:
            raise UsageError(f"{out} is there already. Choose another file, or write over it with --force.") from error
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{out} cannot be written ({reason}). Choose another file, or make room.") from error


def write_folder(out: Path, files: Mapping[str, bytes], *, force: bool) -> None:
    """Write a folder of files; with `force` it replaces one that holds files of these names and no others.

    Raises:
        UsageError: it is there already, or cannot be written.
    """
    part = out.with_name(f".{out.name}.part")
    try:
        if out.is_symlink() or out.exists():
            if not force or not out.is_dir():
                raise UsageError(f"{out} is there already. Choose another folder, or write over it with --force.")
            if others := sorted({one.name for one in out.iterdir()} - set(files)):
                raise UsageError(
                    f"{out} holds other files, such as {others[0]}: it is not replaced. Name a new folder."
                )
        part.mkdir()
        for name, content in files.items():
            (part / name).write_bytes(content)
        if out.exists():
            shutil.rmtree(out)
        part.rename(out)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError, ValueError):
            shutil.rmtree(part)
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{out} cannot be written ({reason}). Choose another folder, or make room.") from error
