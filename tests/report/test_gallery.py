"""Pictures of what was asked about: true to the pixel, and saying in words what they show in colour."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from alcore.report.html.image_gallery import data_uri, gallery, png
from alcore.rng import rng_for

NAMES = ("zero", "one", "<b>two", "three")


def pixels(uri: str) -> np.ndarray:
    """What a browser would show of a data URI, read with another library."""
    content = base64.b64decode(uri.removeprefix("data:image/png;base64,"), validate=True)
    return np.asarray(Image.open(io.BytesIO(content)))


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (28, 28), (3, 40)])
def test_a_png_holds_every_pixel(shape: tuple[int, int]) -> None:
    image = rng_for(0, "picture").integers(0, 256, shape, dtype=np.uint8)
    assert np.array_equal(pixels(data_uri(image)), image)


@pytest.mark.parametrize("image", [np.zeros((2, 2)), np.zeros(4, np.uint8), np.zeros((1, 2, 2), np.uint8)])
def test_what_is_no_image_gets_a_sentence(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match="image_H_W must be uint8 of two dimensions, got"):
        png(image)


def shown(probs: list[float], label: int) -> str:
    image = np.zeros((1, 8, 8), np.uint8)
    image[0, 2, 3] = 200
    return gallery(
        image,
        np.array([label]),
        np.array([probs]),
        NAMES,
        indices_K=np.array([1234]),
        scores_K=np.array([0.75]),
    )


def rows(html: str) -> list[tuple[str, str]]:
    """Class and probability of each bar."""
    found = re.findall(
        r"<(?:strong|span)>([^<]+)</(?:strong|span)><span class=\"bar\">.*?</span></span><span>([^<]+)<", html
    )
    return [(str(name), str(share)) for name, share in found]


def test_a_right_guess() -> None:
    html = shown([0.1, 0.7, 0.05, 0.15], 1)
    assert "✓ one" in html and 'class="right"' in html and "✗" not in html
    assert rows(html) == [("one", "70 %"), ("three", "15 %"), ("zero", "10 %")]
    assert "image 1234 of the pool, score 0.75" in html


def test_a_mistake_is_marked_by_more_than_colour() -> None:
    html = shown([0.6, 0.3, 0.002, 0.098], 2)
    assert "✗ true &lt;b&gt;two, predicted zero" in html and 'class="mistake"' in html
    assert rows(html) == [("zero", "60 %"), ("one", "30 %"), ("&lt;b&gt;two", "&lt;1 %")], "the label is there"
    assert "<b>" not in html


def test_ink_is_dark_on_white_and_drawn_at_whole_multiples() -> None:
    html = shown([1, 0, 0, 0], 0)
    uri = re.search(r'src="([^"]+)"', html)
    assert uri is not None
    image = pixels(uri[1])
    assert image[2, 3] == 55 and image[0, 0] == 255
    assert "--wide: 80px; --narrow: 56px" in html
