"""A user's images: found in folders and archives, upright, in one mode; everything else is left out and named."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from alcore.datasets import images
from alcore.datasets.dataset import DatasetError
from alcore.datasets.images import ImageSource, read_images


def pixels(height: int, width: int, channels: int = 3, seed: int = 0) -> np.ndarray:
    shape = (height, width, channels) if channels > 1 else (height, width)
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def encoded(image: np.ndarray | Image.Image, kind: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(out, kind, **options)
    return out.getvalue()


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def unpacked(files: dict[str, bytes], folder: Path) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def said(file: bytes | Path) -> str:
    with pytest.raises(DatasetError) as caught:
        read_images(file, "pictures")
    return str(caught.value)


FILES = {
    "b.png": encoded(pixels(20, 30)),
    "cats/a.jpg": encoded(pixels(16, 8, seed=1), "JPEG"),
    "cats/z.PNG": encoded(pixels(5, 7, 1)),
}


def test_a_folder_and_an_archive_give_the_same(tmp_path: Path) -> None:
    folder = unpacked(FILES, tmp_path / "pictures")
    packed = tmp_path / "pictures.zip"
    packed.write_bytes(archive(FILES))
    found = [read_images(one, "pictures") for one in (folder, packed, packed.read_bytes())]
    for source in found:
        assert source.ids == ("b.png", "cats/a.jpg", "cats/z.PNG") and len(source) == 3
        assert source.sizes_N_2.tolist() == [[20, 30], [16, 8], [5, 7]]
        assert not source.grey
        assert source.sentences == ("3 images, in colour, 5 x 7 to 20 x 30 pixels (height x width).",)
        assert source.digest == found[0].digest
        assert [source.image_bytes(item) for item in range(3)] == list(FILES.values())
        np.testing.assert_array_equal(np.asarray(source.image(0)), pixels(20, 30))
        assert np.asarray(source.image(2)).shape == (5, 7, 3)
    changed = read_images(archive(FILES | {"b.png": encoded(pixels(20, 30, seed=5))}), "pictures")
    assert changed.digest != found[0].digest


def test_greyscale_transparency_palettes_and_16_bits() -> None:
    grey = pixels(6, 4, 1)
    source = read_images(archive({"a.png": encoded(grey), "b.jpg": encoded(grey, "JPEG", quality=100)}), "p")
    assert source.grey and "greyscale" in source.sentences[0]
    np.testing.assert_array_equal(np.asarray(source.image(0)), grey)

    deep = Image.fromarray(np.arange(24, dtype=np.uint16).reshape(6, 4) * 2730)
    source = read_images(archive({"a.png": encoded(deep)}), "p")
    assert source.grey
    np.testing.assert_array_equal(np.asarray(source.image(0)), (np.arange(24).reshape(6, 4) * 2730) >> 8)

    clear = np.zeros((2, 2, 4), dtype=np.uint8)
    clear[0] = [10, 20, 30, 255]
    source = read_images(archive({"a.png": encoded(clear)}), "p")
    np.testing.assert_array_equal(np.asarray(source.image(0)), [[[10, 20, 30]] * 2, [[255] * 3] * 2])

    colours = Image.fromarray(np.array([[[200, 0, 0], [0, 0, 90]]], dtype=np.uint8)).convert("P")
    source = read_images(archive({"a.png": encoded(colours)}), "p")
    np.testing.assert_array_equal(np.asarray(source.image(0)), np.asarray(colours.convert("RGB")))

    ink = Image.fromarray(pixels(8, 8)).convert("CMYK")
    source = read_images(archive({"a.jpg": encoded(ink, "JPEG")}), "p")
    assert source.image(0).mode == "RGB"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_images_are_turned_as_their_exif_says(orientation: int) -> None:
    seen = pixels(6, 10, 1)
    # What a camera stores so that it is seen like this (EXIF 2.3, section 4.6.4).
    stored = {
        1: seen,
        2: seen[:, ::-1],
        3: seen[::-1, ::-1],
        4: seen[::-1],
        5: seen.T,
        6: np.rot90(seen),
        7: seen[::-1, ::-1].T,
        8: np.rot90(seen, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    source = read_images(archive({"a.png": encoded(np.ascontiguousarray(stored), exif=exif)}), "p")
    assert source.sizes_N_2.tolist() == [[6, 10]]
    np.testing.assert_array_equal(np.asarray(source.image(0)), seen)


def test_what_is_no_image_is_left_out_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 10_000)
    whole = encoded(pixels(64, 64), "JPEG")
    others = {f"notes{n}.txt": b"no image" for n in range(7)} | {
        "page.html": b"<img src=x onerror=alert(1)>",
        "nested.zip": archive(FILES),
        "old.gif": encoded(pixels(4, 4), "GIF"),
        "fake.png": b"\x89PNG\r\n\x1a\n" + b"rest" * 5,
        "huge.png": encoded(Image.new("L", (200, 200))),
        "Thumbs/.DS_Store": b"hidden",
        "__MACOSX/b.png": b"hidden",
    }
    for source in (
        read_images(archive(FILES | {"c.jpg": whole} | others), "p"),
        read_images(
            unpacked(
                {name: one for name, one in (FILES | {"c.jpg": whole} | others).items() if "MACOSX" not in name},
                tmp_path,
            ),
            "p",
        ),
    ):
        assert source.ids == ("b.png", "c.jpg", "cats/a.jpg", "cats/z.PNG")
        told = " ".join(source.sentences[1:])
        assert "10 files left out (no PNG or JPEG): 'nested.zip', 'notes0.txt'" in told and "and 5 more" in told
        assert "1 file left out (damaged): 'fake.png'." in told
        assert "1 file left out (larger than" in told and "'huge.png'" in told
        assert "hidden" not in told and "DS_Store" not in told


def test_a_damaged_image_is_named_when_it_is_looked_at() -> None:
    cut = encoded(pixels(64, 64))[:2_000]
    source = read_images(archive({"cut.png": cut, "whole.png": FILES["b.png"]}), "pictures")
    assert len(source) == 2
    with pytest.raises(DatasetError, match="'cut.png' in pictures is a damaged image"):
        source.image(0)
    assert source.image(1).size == (30, 20)


def test_names_that_lead_outside_are_never_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    image = FILES["b.png"]
    names = ["../outside.png", "/outside.png", "a/../../outside.png", "..\\outside.png", "C:/outside.png"]
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    packed = tmp_path / "deep" / "mine.zip"
    packed.parent.mkdir()
    with zipfile.ZipFile(packed, "w") as made:
        for name in [*names, "in.png"]:
            made.writestr(zipfile.ZipInfo(name), image)
        made.writestr(link, "../outside.png")
    before = sorted(tmp_path.rglob("*"))
    source = read_images(packed, "p")
    assert source.ids == ("in.png",) and source.image(0).size == (30, 20)
    assert "6 files left out (links, or paths that lead outside)" in source.sentences[1]
    assert sorted(tmp_path.rglob("*")) == before

    outside.write_bytes(image)
    folder = unpacked({"in.png": image}, tmp_path / "folder")
    (folder / "link.png").symlink_to(outside)
    (folder / "up").symlink_to(tmp_path)
    (folder / "same.png").symlink_to(folder / "in.png")
    source = read_images(folder, "p")
    assert source.ids == ("in.png", "same.png") and "'link.png'" in source.sentences[1]


def test_limits_and_empty_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(archive({"a.txt": b"x"})) == (
        "pictures holds no PNG or JPEG image: choose another. 1 file left out (no PNG or JPEG): 'a.txt'."
    )
    assert said(archive({})).startswith("pictures holds no PNG or JPEG image")
    assert said(tmp_path).startswith("pictures holds no PNG or JPEG image")
    assert said(tmp_path / "none").startswith("pictures is not there")
    assert "longer than 200 characters" in said(archive({"a" * 201 + ".png": FILES["b.png"]}))
    with monkeypatch.context() as patch:
        patch.setattr(images, "MAX_IMAGES", 2)
        assert said(archive(FILES)).startswith("pictures holds more than 2 images")
    with monkeypatch.context() as patch:
        patch.setattr(images, "MAX_IMAGE_BYTES", 100)
        assert said(archive(FILES)).count("left out") == 1
    with monkeypatch.context() as patch:
        patch.setattr(images, "MAX_MEMBERS", 2)
        assert said(archive(FILES)).startswith("pictures holds more than 2 files")


def test_a_file_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    source: ImageSource = read_images(unpacked(FILES, tmp_path), "pictures")
    (tmp_path / "b.png").unlink()
    with pytest.raises(DatasetError, match="'b.png' in pictures cannot be read"):
        source.image(0)
