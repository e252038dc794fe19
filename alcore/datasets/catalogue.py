"""Every data set by name. A new one is a file with a function that loads it, and an entry here."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from alcore.datasets import mnist
from alcore.datasets.dataset import Dataset, DatasetError
from alcore.datasets.keel import KEEL, KeelTable, keel_files, keel_problem, key_of, load_keel
from alcore.datasets.mnist import SOURCES, Source
from alcore.datasets.planar.generate import SHAPES, TEST_POINTS, planar
from alcore.datasets.planar.traps import TRAPS, load_trap
from alcore.datasets.sms_spam import CLASS_NAMES as SPAM_CLASSES
from alcore.datasets.sms_spam import FILE as SPAM_FILE
from alcore.datasets.sms_spam import embedded_problem, load_spam, load_spam_embedded, spam_problem
from alcore.datasets.spec import DatasetSpec, Download, Images
from alcore.did_you_mean import one_of
from alcore.home import alcore_home
from alcore.rng import rng_for

__all__ = [
    "DATASETS",
    "Dataset",
    "DatasetError",
    "DatasetSpec",
    "fetch",
    "image_datasets",
    "load_dataset",
    "problem",
]


def _mnist(name: str, source: Source) -> DatasetSpec:
    return DatasetSpec(
        name,
        source.title,
        "images",
        classes=len(source.class_names),
        test_points=10_000,
        load=lambda seed, home: mnist.load_mnist(name, home),
        files=partial(mnist.files_of, name),
        problem=partial(mnist.mnist_problem, name),
        download=Download(partial(mnist.fetch_mnist, name), partial(mnist.fetched_share, name), source.megabytes),
        images=Images(28, 28, pool=60_000, rarest=source.rarest),
    )


def _planar(name: str) -> DatasetSpec:
    """One shape in its default size and overlap; the arena sets both."""
    return _plane(name, SHAPES[name].title, planar)


def _trap(name: str) -> DatasetSpec:
    return replace(_plane(name, TRAPS[name].title, load_trap), details=TRAPS[name].details)


def _plane(name: str, title: str, make: Callable[..., Dataset]) -> DatasetSpec:
    return DatasetSpec(
        name,
        title,
        "planar",
        classes=2,
        test_points=TEST_POINTS,
        load=lambda seed, home: make(name, rng=rng_for(seed, "data")),
    )


# scikit-learn is loaded for its own data only.
def _digits(seed: int, home: Path) -> Dataset:
    from alcore.datasets.bundled import digits

    return digits()


def _classification(seed: int, home: Path) -> Dataset:
    from alcore.datasets.bundled import classification

    return classification()


def _iris(seed: int, home: Path) -> Dataset:
    from alcore.datasets.bundled import iris

    return iris(rng=rng_for(seed, "data"))


def _wine(seed: int, home: Path) -> Dataset:
    from alcore.datasets.bundled import wine

    return wine(rng=rng_for(seed, "data"))


def _breast_cancer(seed: int, home: Path) -> Dataset:
    from alcore.datasets.bundled import breast_cancer

    return breast_cancer(rng=rng_for(seed, "data"))


def _keel(name: str, table: KeelTable) -> DatasetSpec:
    return DatasetSpec(
        key_of(name),
        f"KEEL {name}",
        "table",
        classes=table.classes,
        test_points=table.test_points,
        load=lambda seed, home: load_keel(name, rng=rng_for(seed, "data")),
        details=f" ({table.rows:,} x {table.columns})",
        files=partial(keel_files, name),
        problem=partial(keel_problem, name),
    )


def _spam(
    name: str, label: str, numbers: str, load: Callable[..., Dataset], problem: Callable[[Path], str | None]
) -> DatasetSpec:
    """The SMS messages, each as so many numbers of a kind."""
    return DatasetSpec(
        name,
        label,
        "text",
        classes=len(SPAM_CLASSES),
        test_points=1394,
        load=lambda seed, home: load(home, rng=rng_for(seed, "data")),
        details=f" (5,574 messages x {numbers})",
        files=lambda home: (home / SPAM_FILE,),
        problem=problem,
    )


DATASETS: dict[str, DatasetSpec] = {
    spec.name: spec
    for spec in (
        *(_mnist(name, source) for name, source in SOURCES.items()),
        DatasetSpec(
            "digits",
            "Digits",
            "images",
            classes=10,
            test_points=360,
            load=_digits,
            details=" (8 x 8, bundled)",
            images=Images(8, 8, pool=1437, rarest=139),
        ),
        DatasetSpec(
            "classification",
            "Synthetic clusters",
            "table",
            classes=2,
            test_points=100,
            load=_classification,
            details=", 1,000 x 10",
        ),
        DatasetSpec("iris", "Iris", "table", 3, 50, _iris, " (150 x 4, bundled)"),
        DatasetSpec("wine", "Wine", "table", 3, 60, _wine, " (178 x 13, bundled)"),
        DatasetSpec("breast_cancer", "Breast cancer", "table", 2, 190, _breast_cancer, " (569 x 30, bundled)"),
        *(_planar(name) for name in SHAPES),
        *(_trap(name) for name in TRAPS),
        _spam("spam", "SMS spam", "1,000 words", load_spam, spam_problem),
        _spam("spam_embedded", "SMS spam, word embeddings", "256", load_spam_embedded, embedded_problem),
        *(_keel(name, table) for name, table in KEEL.items()),
    )
}


def load_dataset(name: str, *, seed: int = 0, home: Path | None = None, download: bool = True) -> Dataset:
    """A data set by its name.

    Args:
        name: a key of `DATASETS`.
        seed: decides the sample of 2-D data and the split of iris, wine, breast_cancer and spam; data sets
            whose split is given ignore it.
        home: where downloads are kept; that of `alcore_home` if None.
        download: fetch what is missing or damaged.

    Raises:
        ValueError: if the name is unknown.
        DatasetError: if it can be neither found nor downloaded; the sentence gives the reason.
        HomeError: the home folder is needed and cannot be used.
    """
    if name not in DATASETS:
        raise ValueError(one_of("data set", name, DATASETS))
    spec = DATASETS[name]
    if home is None:
        home = Path() if spec.bundled else alcore_home()
    if download and spec.downloaded and spec.problem(home):
        spec.fetch(home)
    return spec.load(seed, home)


def problem(name: str, home: Path) -> str | None:
    """Why a data set cannot be loaded without the network, in one sentence; None if it can."""
    return DATASETS[name].problem(home)


def fetch(name: str, home: Path) -> None:
    """Download a data set if it is one that is downloaded.

    Raises:
        DatasetError: with the reason, if it cannot be had.
    """
    DATASETS[name].fetch(home)


def image_datasets() -> tuple[str, ...]:
    """Names of the data sets whose points are images."""
    return tuple(name for name, spec in DATASETS.items() if spec.kind == "images")
