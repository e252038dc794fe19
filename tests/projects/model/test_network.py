"""The CNN of images: as a classifier, and as features that no label has chosen."""

import copy
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.base import clone
from skops.io import dumps, get_untrusted_types, loads

from alcore.projects.model.features import FeatureChoice, features_of
from alcore.projects.model.models import estimator_for, models_for
from alcore.projects.model.network import SIDE, GroupedNetwork, ImageNetwork, grey_images, is_square
from alcore.projects.project import Project


def bars(count: int, side: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Images of a bar that stands or lies, with noise."""
    rng = np.random.default_rng(0)
    images, stands = rng.random((count, side, side)) * 0.3, rng.integers(2, size=count)
    for image, is_standing, at in zip(images, stands, rng.integers(2, side - 2, size=count), strict=True):
        (image.T if is_standing else image)[at] = 1
    return images.reshape(count, -1).astype(np.float32), stands


def archive(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number, pixels in enumerate(bars(count)[0]):
            image = io.BytesIO()
            Image.fromarray((pixels.reshape(8, 8) * 255).astype(np.uint8)).save(image, "PNG")
            made.writestr(f"{number:03}.png", image.getvalue())
    return out.getvalue()


def test_rows_are_read_as_grey_images() -> None:
    grey = np.arange(32, dtype=np.float32).reshape(2, 16)
    np.testing.assert_array_equal(grey_images(grey), grey.reshape(2, 4, 4))
    red = np.zeros((1, 4, 4, 3), dtype=np.float32)
    red[..., 0] = 1
    np.testing.assert_allclose(grey_images(red.reshape(1, -1)), 0.299)
    assert [is_square(number) for number in (16, 48, 17, 12, 0)] == [True, True, False, True, False]
    with pytest.raises(ValueError, match="got rows of 17 numbers"):
        grey_images(np.zeros((1, 17)))


def test_the_network_learns_names_in_any_order_and_the_same_twice() -> None:
    x, stands = bars(120)
    names = np.array(["lies", "stands"])[stands]
    model = ImageNetwork(steps=60)
    probs = model.fit(x[:80], names[:80]).predict_proba(x)
    assert (model.predict(x[80:]) == names[80:]).mean() > 0.9
    np.testing.assert_allclose(probs.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(clone(model).fit(x[:80], names[:80]).predict_proba(x), probs)


def test_features_without_labels_tell_classes_apart_and_are_the_same_twice() -> None:
    x, stands = bars(200)
    found = GroupedNetwork(steps=40).fit_transform(x)
    assert found.shape == (200, 128) and found.dtype == np.float32
    np.testing.assert_array_equal(found, GroupedNetwork(steps=40).fit_transform(x))
    assert GroupedNetwork(steps=1).fit_transform(x[:1]).shape == (1, 128)


def test_networks_are_written_by_their_weights_and_read_again() -> None:
    x, stands = bars(60)
    model = ImageNetwork(steps=5).fit(x, np.array(["lies", "stands"])[stands])
    features = GroupedNetwork(steps=5).fit(x)
    for one, call in ((model, "predict_proba"), (features, "transform")):
        content = dumps(one)
        trusted = get_untrusted_types(data=content)
        assert set(trusted) <= {f"alcore.projects.model.network.{type(one).__name__}", "numpy.dtype"}
        for again in (loads(content, trusted=trusted), copy.deepcopy(one)):
            np.testing.assert_allclose(getattr(again, call)(x), getattr(one, call)(x), atol=1e-5)


def test_a_project_of_images_may_have_the_cnn_as_its_model(home: Path) -> None:
    project = Project.create(home, "bars", archive(30), file_name="bars.zip", classes=("a", "b"), model="cnn")
    assert (project.choice.method, project.choice.side) == ("images", SIDE)
    assert isinstance(project.estimator(), ImageNetwork) and "cnn" in models_for(project.choice)
    assert features_of(project.source, project.choice).shape == (30, SIDE**2)
    assert "cnn" not in models_for(FeatureChoice("pixels"))
    with pytest.raises(ValueError, match="the CNN takes images, with the features images"):
        Project.create(
            home, "b", archive(3), file_name="b.zip", classes=("a", "b"), model="cnn", features=FeatureChoice("hog")
        )
    with pytest.raises(ValueError, match="choose the features images"):
        estimator_for("cnn", np.zeros((3, 17)), 0)
