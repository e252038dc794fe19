"""Projects as a whole: rename, back up to one file, restore, delete."""

import io
import shutil
import sqlite3
import time
import zipfile
from contextlib import closing
from pathlib import Path

from alcore.datasets.dataset import DatasetError
from alcore.datasets.user_files import member_bytes, open_archive
from alcore.projects.project import Project
from alcore.projects.setup.names import FOLDER, checked_name
from alcore.projects.store import FILE, ProjectStore
from alcore.storage.errors import StoreError

MAX_MEMBERS, MAX_BYTES = 100_000, 20_000_000_000
# What a backup holds beside the store; features and models are made anew.
_SOURCE = "source"


def rename(home: Path, name: str, new: str) -> None:
    """Give a project another name.

    Raises:
        ValueError: the new name cannot be a folder's.
        StoreError: there is no such project, or one of the new name.
    """
    folder, target = Project.folder_of(home, name), home / FOLDER / checked_name(new)
    if target.exists():
        raise StoreError(f"There is a project {new!r} already: choose another name.")
    try:
        folder.rename(target)
    except OSError as error:
        raise StoreError(f"The project could not be renamed ({error.strerror}).") from error
    with ProjectStore(target) as store:
        store.change(name=new)


def back_up(home: Path, name: str) -> bytes:
    """A ZIP archive of a project's data and answers; features and models are left out, they are made anew.

    Raises:
        StoreError: there is no such project.
    """
    folder = Project.folder_of(home, name)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        # A copy by SQLite's own means is whole, whatever is being written.
        with closing(sqlite3.connect(folder / FILE)) as live, closing(sqlite3.connect(":memory:")) as copy:
            live.backup(copy)
            archive.writestr(FILE, copy.serialize())
        for path in sorted((folder / _SOURCE).rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return out.getvalue()


def restore(home: Path, content: bytes, name: str) -> Project:
    """A project of a backup.

    Args:
        home: the home folder.
        content: from `back_up`.
        name: of the project, new.

    Raises:
        DatasetError: it is no whole backup.
        ValueError: the name cannot be a folder's.
        StoreError: there is a project of this name.
    """
    target = home / FOLDER / checked_name(name)
    if target.exists():
        raise StoreError(f"There is a project {name!r} already: choose another name.")
    folder = home / FOLDER / f".making-{name}-{time.time_ns():x}"
    folder.mkdir(parents=True, mode=0o700)
    try:
        with open_archive(content, "The backup", most_members=MAX_MEMBERS, most_bytes=MAX_BYTES) as archive:
            members = archive.infolist()
            if FILE not in [one.filename for one in members]:
                raise DatasetError("The file is no backup of a labelling project: choose one that was saved here.")
            for member in members:
                path = (folder / member.filename).resolve()
                inside = path.is_relative_to((folder / _SOURCE).resolve()) or path == (folder / FILE).resolve()
                if not inside or member.is_dir():
                    raise DatasetError("The file is no backup of a labelling project: choose one that was saved here.")
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                path.write_bytes(member_bytes(archive, member, "The backup"))
        with ProjectStore(folder) as store:
            store.change(name=name)
            store.items()
        folder.rename(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Project(target)


def delete(home: Path, name: str) -> None:
    """Delete a project with its data and answers.

    Raises:
        StoreError: there is no such project, or it cannot be deleted.
    """
    folder = Project.folder_of(home, name)
    # Renamed first: no page opens half of it.
    gone = folder.with_name(f".deleted-{name}-{time.time_ns():x}")
    try:
        folder.rename(gone)
        shutil.rmtree(gone)
    except OSError as error:
        raise StoreError(f"The project could not be deleted ({error.strerror}): {folder}.") from error
