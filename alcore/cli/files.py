"""Files that commands write."""

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
