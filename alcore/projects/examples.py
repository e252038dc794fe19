"""A project that is ready to be labelled: scikit-learn's handwritten digits, without their labels."""

import io
import zipfile
from pathlib import Path

from alcore.extras import optional_imports
from alcore.projects.model.features import FeatureChoice
from alcore.projects.project import Project
from alcore.projects.setup.names import FOLDER
from alcore.storage import locks

DIGITS = "digits"
_SECONDS = 60.0


def digit_images() -> bytes:
    """The 1,797 digits of scikit-learn, 8 x 8 greyscale PNG files in a ZIP archive, in the order of the data."""
    from sklearn.datasets import load_digits

    with optional_imports():
        from PIL import Image
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for number, pixels in enumerate(load_digits().images):
            image = io.BytesIO()
            Image.fromarray((pixels * (255 / 16)).round().astype("uint8")).save(image, "PNG")
            # A date of its own would give the archive another content every time.
            archive.writestr(zipfile.ZipInfo(f"digit-{number:04}.png"), image.getvalue())
    return out.getvalue()


def digits_project(home: Path) -> Project:
    """The project of digits, made and ranked if it is not there; two pages at once make one."""
    if not (home / FOLDER / DIGITS).is_dir():
        with locks.held(home, "making-digits", timeout=_SECONDS):
            if not (home / FOLDER / DIGITS).is_dir():
                project = Project.create(
                    home,
                    DIGITS,
                    digit_images(),
                    file_name="digits.zip",
                    features=FeatureChoice("pixels", side=8, components=64),
                    classes=[str(digit) for digit in range(10)],
                    model="kernel",
                )
                project.train()
                return project
    return Project.open(home, DIGITS)
