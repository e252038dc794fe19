"""An entry of the catalogue of data sets: its loader and its facts, known without loading it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from alcore.datasets.dataset import Dataset, DatasetError

Kind = Literal["planar", "images", "table", "text"]


@dataclass(frozen=True)
class Images:
    """Sizes of a data set of images, known without loading it.

    Attributes:
        height: of an image, in pixels.
        width: of an image.
        pool: images in the pool.
        rarest: images of its rarest class in the pool.
    """

    height: int
    width: int
    pool: int
    rarest: int

    @property
    def pixels(self) -> int:
        """Numbers in one image."""
        return self.height * self.width


@dataclass(frozen=True)
class Download:
    """A data set that is fetched over the network.

    Attributes:
        fetch: download it into a home folder; raises DatasetError.
        share: home -> how much of it is on disk, 0 to 1.
        megabytes: size of the download.
    """

    fetch: Callable[[Path], None]
    share: Callable[[Path], float]
    megabytes: int


def no_problem(home: Path) -> str | None:
    """Of data that need no file."""
    return None


def no_files(home: Path) -> tuple[Path, ...]:
    """Of data that need no file."""
    return ()


@dataclass(frozen=True)
class DatasetSpec:
    """One entry of the catalogue. A new data set is a function that loads it and an entry.

    Attributes:
        name: its key.
        label: its name for people.
        kind: `planar` (points in the plane), `images`, `table` (rows of numbers) or `text` (weights of words).
        classes: how many classes there are.
        test_points: size of the test set.
        load: (seed, home) -> the data set; raises DatasetError where a file is missing or damaged.
        details: what the label leaves out, such as its size; for titles.
        files: home -> the files that `load` reads; none of data that are made or bundled.
        problem: home -> why it cannot be loaded without the network, a sentence; None if it can.
        download: how it is fetched; None where it is made, bundled or put in its place by hand.
        images: sizes, of kind `images`.
    """

    name: str
    label: str
    kind: Kind
    classes: int
    test_points: int
    load: Callable[[int, Path], Dataset]
    details: str = ""
    files: Callable[[Path], tuple[Path, ...]] = no_files
    problem: Callable[[Path], str | None] = no_problem
    download: Download | None = None
    images: Images | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for an entry that does not hold together."""
        if (self.kind == "images") != (self.images is not None):
            raise ValueError(f"data set {self.name}: sizes of images are given for the kind images, and only for it")
        if self.classes < 2 or self.test_points < 1:
            raise ValueError(
                f"data set {self.name} needs 2 or more classes and 1 or more test points, got {self.classes} and "
                f"{self.test_points}"
            )

    @property
    def image_sizes(self) -> Images:
        """Sizes of its images.

        Raises:
            ValueError: its points are no images.
        """
        if self.images is None:
            raise ValueError(f"data set {self.name} has no images: it is of the kind {self.kind}")
        return self.images

    @property
    def title(self) -> str:
        """Label and details."""
        return self.label + self.details

    @property
    def downloaded(self) -> bool:
        """Whether it is fetched over the network."""
        return self.download is not None

    @property
    def bundled(self) -> bool:
        """Whether it can be loaded on every machine: it is made, or comes with scikit-learn."""
        return self.files is no_files

    @property
    def by_hand(self) -> bool:
        """Whether its file is put in its place by hand: it is neither bundled nor downloaded."""
        return not self.bundled and not self.downloaded

    def fetch(self, home: Path) -> None:
        """Download it where it is downloaded.

        Raises:
            DatasetError: with the reason, if it cannot be had.
        """
        if self.download is not None:
            self.download.fetch(home)
        elif (reason := self.problem(home)) is not None:
            raise DatasetError(reason)
