"""Every data set by name."""

from pathlib import Path

from alcore.datasets.dataset import Dataset, DatasetError
from alcore.datasets.mnist import SOURCES, fetch_mnist, load_mnist, mnist_problem
from alcore.datasets.planar.generate import SHAPES, planar
from alcore.datasets.sms_spam import CLASS_NAMES as SPAM_CLASSES
from alcore.datasets.sms_spam import load_spam, spam_problem
from alcore.rng import rng_for

# name -> title for people.
DATASETS: dict[str, str] = {
    **{name: source.title for name, source in SOURCES.items()},
    "digits": "Digits (8 x 8, bundled)",
    "classification": "make_classification, 1,000 x 10",
    "iris": "Iris (150 x 4, bundled)",
    "wine": "Wine (178 x 13, bundled)",
    "breast_cancer": "Breast cancer (569 x 30, bundled)",
    **{name: shape.title for name, shape in SHAPES.items()},
    "spam": "SMS spam (5,574 messages x 1,000 words)",
}
# How many classes the data sets have that are not bundled.
DOWNLOADED_CLASSES: dict[str, int] = {
    **{name: len(source.class_names) for name, source in SOURCES.items()},
    "spam": len(SPAM_CLASSES),
}
IMAGE_DATASETS: tuple[str, ...] = (*SOURCES, "digits")


def load_dataset(name: str, *, seed: int, home: Path, download: bool = True) -> Dataset:
    """A data set by its name.

    Args:
        name: a key of `DATASETS`.
        seed: decides the sample of 2-D data and the split of iris, wine, breast_cancer and spam; data sets
            whose split is given ignore it.
        home: where downloads are kept (`ALCORE_HOME`).
        download: fetch what is missing or damaged.

    Raises:
        ValueError: if the name is unknown.
        DatasetError: if it can be neither found nor downloaded; the sentence gives the reason.
    """
    if name not in DATASETS:
        raise ValueError(f"unknown data set {name!r}: choose one of {', '.join(DATASETS)}")
    if name in SHAPES:
        return planar(name, rng=rng_for(seed, "data"))
    if name in SOURCES:
        if download and problem(name, home):
            fetch(name, home)
        return load_mnist(name, home)
    if name == "spam":
        return load_spam(home, rng=rng_for(seed, "data"))
    from alcore.datasets import bundled  # scikit-learn is loaded for its own data only

    if name in ("digits", "classification"):
        return bundled.digits() if name == "digits" else bundled.classification()
    table = {"iris": bundled.iris, "wine": bundled.wine, "breast_cancer": bundled.breast_cancer}[name]
    return table(rng=rng_for(seed, "data"))


def problem(name: str, home: Path) -> str | None:
    """Why a data set cannot be loaded without the network, in one sentence; None if it can."""
    if name == "spam":
        return spam_problem(home)
    return mnist_problem(name, home) if name in SOURCES else None


def fetch(name: str, home: Path) -> None:
    """Download a data set if it is one that is downloaded; spam is not, but put in its place by hand.

    Raises:
        DatasetError: with the reason, if it cannot be had.
    """
    if name in SOURCES:
        fetch_mnist(name, home)
    elif (reason := problem(name, home)) is not None:
        raise DatasetError(reason)


__all__ = ["DATASETS", "IMAGE_DATASETS", "Dataset", "DatasetError", "fetch", "load_dataset", "problem"]
