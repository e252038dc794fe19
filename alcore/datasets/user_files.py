"""Files that a user gives, by path or as the bytes of an upload: their size, digest, and ZIP archives read in place."""

import hashlib
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from alcore.datasets.dataset import DatasetError
from alcore.short import first_of, short

UserFile = bytes | Path

_END_OF_ARCHIVE = b"PK\x05\x06"  # followed, 12 bytes on, by the size of the list of members
_LONGEST_END = 65_557
_MEMBER_BYTES = 400  # of the list, with a long name


def size_of(file: UserFile, name: str) -> int:
    """Bytes of a file.

    Raises:
        DatasetError: it cannot be found, is a folder, or is empty.
    """
    if isinstance(file, Path):
        if not file.is_file():
            what = "is a folder, not a file" if file.is_dir() else "is not there"
            raise DatasetError(f"{name} {what}: give the path of a file ({file}).")
        size = file.stat().st_size
    else:
        size = len(file)
    if size == 0:
        raise DatasetError(f"{name} is empty: choose a file that holds data.")
    return size


def bytes_of(file: UserFile, name: str, most_bytes: int) -> bytes:
    """The whole file.

    Raises:
        DatasetError: as `size_of`; or it has more than `most_bytes`, or cannot be read.
    """
    if (size := size_of(file, name)) > most_bytes:
        raise DatasetError(
            f"{name} has {size / 1e6:,.0f} MB, more than {most_bytes / 1e6:,.0f}: keep the columns and rows that "
            "matter, or split it."
        )
    if isinstance(file, bytes):
        return file
    try:
        return file.read_bytes()
    except OSError as error:
        raise DatasetError(f"{name} cannot be read ({error.strerror}): check who may read {file}.") from error


def digest_of(file: UserFile) -> str:
    """BLAKE2b of a file's bytes, 32 hexadecimal digits; it is read in blocks."""
    if isinstance(file, bytes):
        return hashlib.blake2b(file, digest_size=16).hexdigest()
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def listed(names: Sequence[str]) -> str:
    """Up to five names in quotes, and how many more there are."""
    return first_of([short(name) for name in names], 5)


def open_archive(file: UserFile, name: str, *, most_members: int, most_bytes: int) -> zipfile.ZipFile:
    """A ZIP archive whose members can be read one by one; nothing of it is written to disk.

    Args:
        file: the archive.
        name: what to call it in sentences.
        most_members: how many files it may hold.
        most_bytes: what they may have together when unpacked, by the archive's own account; `member_bytes` holds each
            to that account.

    Raises:
        DatasetError: it is no whole archive, is encrypted, compressed in an unusual way, or beyond a limit.
    """
    size = size_of(file, name)
    broken = DatasetError(f"{name} is not a whole ZIP archive: copy or download it again, or pack it anew.")
    too_many = DatasetError(f"{name} holds more than {most_members:,} files: split it into several archives.")
    try:
        with io.BytesIO(file) if isinstance(file, bytes) else file.open("rb") as opened:
            opened.seek(-min(size, _LONGEST_END), io.SEEK_END)
            end = opened.read()
        # The list is read whole on opening: its size is judged before.
        place = end.rfind(_END_OF_ARCHIVE)
        if place >= 0 and int.from_bytes(end[place + 12 : place + 16], "little") > most_members * _MEMBER_BYTES:
            raise too_many
        archive = zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise broken from error
    members = archive.infolist()
    problem = None
    if len(members) > most_members:
        problem = too_many
    elif encrypted := [one.filename for one in members if one.flag_bits & 1]:
        problem = DatasetError(
            f"{name} is protected by a password ({listed(encrypted)}): unpack it, and pack it anew without one."
        )
    elif unusual := [
        one.filename for one in members if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    ]:
        problem = DatasetError(
            f"{name} is compressed in a way that is not read here ({listed(unusual)}): pack it anew with Deflate."
        )
    elif (total := sum(one.file_size for one in members)) > most_bytes:
        problem = DatasetError(
            f"{name} unpacks to {total / 1e6:,.0f} MB, more than {most_bytes / 1e6:,.0f}: split it into several "
            "archives."
        )
    elif twice := [one for one, count in Counter(one.filename for one in members).items() if count > 1]:
        problem = DatasetError(f"{name} holds several files of one name ({listed(twice)}): pack it anew.")
    if problem is not None:
        archive.close()
        raise problem
    return archive


def member_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes:
    """A member of an archive, as many bytes as the archive says.

    Raises:
        DatasetError: it is damaged.
    """
    try:
        return archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise DatasetError(
            f"{short(member.filename)} in {name} is damaged ({error}): pack the archive anew, or leave that file out."
        ) from error
