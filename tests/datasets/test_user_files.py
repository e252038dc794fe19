"""Archives that a user gives: whole, unencrypted and within limits, or a sentence."""

import io
import zipfile
import zlib
from pathlib import Path

import pytest

from alcore.datasets import user_files
from alcore.datasets.dataset import DatasetError
from alcore.datasets.item_ids import content_ids
from alcore.datasets.texts import read_texts
from alcore.datasets.user_files import digest_of, member_bytes, open_archive


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def said(data: bytes, *, most_members: int = 10, most_bytes: int = 1_000_000) -> str:
    with pytest.raises(DatasetError) as caught:
        open_archive(data, "mine.zip", most_members=most_members, most_bytes=most_bytes)
    return str(caught.value)


def test_a_whole_archive_is_read_in_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.zip"
    path.write_bytes(archive({"a": b"x" * 1_000, "b": b"y"}))
    for given in (path, path.read_bytes()):
        with open_archive(given, "mine.zip", most_members=2, most_bytes=1_001) as opened:
            assert [member_bytes(opened, one, "mine.zip") for one in opened.infolist()] == [b"x" * 1_000, b"y"]
    assert digest_of(path) == digest_of(path.read_bytes())


def test_bombs_are_refused_unopened() -> None:
    many = {f"{n}": b"" for n in range(11)}
    assert said(archive(many)).startswith("mine.zip holds more than 10 files")
    assert said(archive({"zeros": bytes(1_000_001)})).startswith("mine.zip unpacks to 1 MB, more than 1:")
    assert said(archive({"a": bytes(600_000), "b": bytes(600_000)})).startswith("mine.zip unpacks to 1 MB")


def test_a_list_of_members_beyond_the_limit_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = archive({f"{n:0300}": b"" for n in range(40)})
    monkeypatch.setattr(user_files.zipfile, "ZipFile", None)  # would be called to read the list
    assert said(data).startswith("mine.zip holds more than 10 files")


def test_a_size_that_is_not_true_is_seen() -> None:
    content = b"z" * 50_000
    honest = archive({"a": content})
    lying = honest.replace(len(content).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != honest
    with (
        open_archive(lying, "mine.zip", most_members=1, most_bytes=1_000) as opened,
        pytest.raises(DatasetError, match="'a' in mine.zip is damaged"),
    ):
        member_bytes(opened, opened.infolist()[0], "mine.zip")


def test_damage_encryption_and_rare_compression() -> None:
    data = archive({"a": b"text", "b": b"more"}, zipfile.ZIP_STORED)
    for broken in (data[:-30], data[:20], b"PK\x05\x06", b"no archive"):
        assert said(broken).startswith("mine.zip is not a whole ZIP archive")
    flags = bytearray(data)
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        place = flags.index(start) + (6 if start == b"PK\x03\x04" else 8)
        flags[place] |= 1
    assert said(bytes(flags)).startswith("mine.zip is protected by a password ('a')")
    assert said(archive({"a": b"text"}, zipfile.ZIP_LZMA)).startswith("mine.zip is compressed in a way")
    wrong = data.replace(b"text", b"tint")
    with (
        open_archive(wrong, "mine.zip", most_members=2, most_bytes=100) as opened,
        pytest.raises(DatasetError, match="damaged"),
    ):
        member_bytes(opened, opened.infolist()[0], "mine.zip")
    assert zlib.crc32(b"text") != zlib.crc32(b"tint")


def test_two_members_of_one_name() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            packed.writestr("a", b"2")
    assert said(out.getvalue()).startswith("mine.zip holds several files of one name ('a')")


def test_texts_one_a_line(tmp_path: Path) -> None:
    data = "  Hello, you \r\n\r\nsep=;\r\nGrüße\u2028<b>x</b>\r\nHello, you\r\n"
    path = tmp_path / "texts.txt"
    path.write_bytes(data.encode("utf-16"))
    source = read_texts(path, "texts.txt")
    assert source.texts == ("Hello, you", "sep=;", "Grüße\u2028<b>x</b>", "Hello, you")
    assert source.ids == content_ids(text.encode() for text in source.texts)
    assert source.ids[3] == source.ids[0] + "#2" and len(set(source.ids)) == len(source) == 4
    assert source.sentences == ("Read as texts, one a line, UTF-16.",)
    again = read_texts("Grüße\u2028<b>x</b>\nnew\n".encode(), "other.txt")
    assert again.ids[0] == source.ids[2] and again.digest != source.digest
    old = "Größe\n".encode("cp1252")
    assert read_texts(old, "t.txt", encoding="cp1252").digest != read_texts(old, "t.txt", encoding="mac_roman").digest


@pytest.mark.parametrize(
    ("data", "start"),
    [(b"", "t.txt is empty"), (b" \n\n", "t.txt has no text in any line"), (b"a\0b", "t.txt is not a text file")],
)
def test_texts_that_cannot_be_read(data: bytes, start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DatasetError) as caught:
        read_texts(data, "t.txt")
    assert str(caught.value).startswith(start)
    monkeypatch.setattr("alcore.datasets.texts.MAX_TEXTS", 2)
    with pytest.raises(DatasetError, match="t.txt has 3 texts, more than 2"):
        read_texts(b"a\nb\nc", "t.txt")
