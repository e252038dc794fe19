"""The home folder: chosen, made, checked, and explained where it cannot be used."""

import os
from pathlib import Path

import pytest

from alcore.home import HomeError, alcore_home, checkout


def test_argument_before_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALCORE_HOME", str(tmp_path / "environment"))
    assert alcore_home(tmp_path / "argument") == (tmp_path / "argument").resolve()
    assert alcore_home() == (tmp_path / "environment").resolve()
    assert (tmp_path / "argument").is_dir() and (tmp_path / "environment").is_dir()


def test_nested_and_relative_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = alcore_home("a/b/c")
    assert made.is_absolute() and made == (tmp_path / "a" / "b" / "c").resolve()
    assert list(made.iterdir()) == []  # the check leaves nothing behind


@pytest.fixture
def placed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that alcore seems to be imported from; the user's data folder is elsewhere in tmp_path."""
    monkeypatch.delenv("ALCORE_HOME", raising=False)
    monkeypatch.setattr("platformdirs.user_data_path", lambda name, appauthor: tmp_path / "user" / name)
    folder = tmp_path / "lib"
    (folder / "alcore").mkdir(parents=True)
    monkeypatch.setattr("alcore.home.__file__", str(folder / "alcore" / "home.py"))
    return folder


def test_default_is_data_beside_the_dashboard(placed: Path) -> None:
    (placed / "dashboard.py").write_text("")
    assert checkout() == placed
    assert alcore_home() == (placed / "data").resolve()


def test_default_of_an_installed_package_is_the_users(tmp_path: Path, placed: Path) -> None:
    assert checkout() is None
    assert alcore_home() == (tmp_path / "user" / "alcore").resolve()
    assert not (placed / "data").exists()


def test_a_dashboard_of_someone_else_beside_an_installed_package(tmp_path: Path, placed: Path) -> None:
    (placed / "dashboard.py").write_text("")
    (placed / "alcore-0.1.0.dist-info").mkdir()
    assert checkout() is None
    assert alcore_home() == (tmp_path / "user" / "alcore").resolve()


def test_a_file_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        monkeypatch.setenv("ALCORE_HOME", str(path))
        with pytest.raises(HomeError, match=r"ALCORE_HOME names, .*file.* Set ALCORE_HOME to a folder"):
            alcore_home()
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(os.name == "nt" or (hasattr(os, "geteuid") and os.geteuid() == 0), reason="root may write anywhere")
def test_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(HomeError, match="cannot be written to"):
            alcore_home(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_folder_that_refuses_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(HomeError, match="cannot be written to .Read-only file system. *"):
        alcore_home(tmp_path)


def test_full_disk_still_opens_for_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    assert alcore_home(tmp_path) == tmp_path.resolve()
