"""Harder image data: near-duplicates, rare classes, label noise, ambiguous images."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset

# Of a copy, relative to the standard deviation of the pool's pixels: .1 of normalised pixels, as published.
COPY_NOISE = 0.1
# How much of a blend is the first image: within these both classes can be seen.
BLEND = (0.3, 0.7)
# Images that noise is drawn for at a time: some 13 MB of it for MNIST.
SLICE = 2048


def corrupt(
    dataset: Dataset,
    *,
    repeats: int = 1,
    imbalance: float = 1.0,
    label_noise: float = 0.0,
    blends: float = 0.0,
    pool_size: int | None = None,
    rng: np.random.Generator,
) -> Dataset:
    """The data set with a harder pool; its test set stays as it is.

    In this order, each from a stream of its own: classes are thinned out, a part of the pool is taken, images
    become blends, every image is repeated, answers become wrong. With nothing to do the data set itself comes
    back. Images stay bytes: the pool takes `repeats` times the memory of the images it holds (47 MB for
    MNIST), and making it some 30 MB more.

    Args:
        dataset: images as bytes.
        repeats: each image of the pool so many times in all, every one with noise of its own: see `repeated`.
        imbalance: how many times as frequent as the last class the first is, 1 or more: see `long_tailed`.
        label_noise: the share of the oracle's answers that name another class: see `with_label_noise`.
        blends: the share of the pool that become blends of two classes: see `mixed_images`.
        pool_size: a random part of the pool of so many images, taken before they are repeated.
        rng: decides everything; the same for every strategy of a race.

    Raises:
        ValueError: if the points are not images as bytes, or a number is out of range.
    """
    if repeats == 1 and imbalance == 1 and not label_noise and not blends:
        return dataset
    if dataset.x_pool.dtype != np.uint8:
        raise ValueError(f"only images can be hardened, and the data set {dataset.name!r} has none")
    rare, part, mixed, noise, wrong = rng.spawn(5)
    if imbalance != 1:
        dataset = long_tailed(dataset, imbalance, rng=rare)
    if pool_size is not None:
        if not 1 <= pool_size <= len(dataset.y_pool):
            raise ValueError(
                f"pool_size must be 1 to {len(dataset.y_pool):,} (the images of the pool), got {pool_size:,}"
            )
        dataset = _rows(dataset, np.sort(part.choice(len(dataset.y_pool), pool_size, replace=False)))
    if blends:
        dataset = mixed_images(dataset, blends, rng=mixed)
    if repeats != 1:
        dataset = repeated(dataset, repeats, rng=noise)
    if label_noise:
        dataset = with_label_noise(dataset, label_noise, rng=wrong)
    return dataset


def repeated(dataset: Dataset, repeats: int, *, rng: np.random.Generator) -> Dataset:
    """Repeated-MNIST, of any images: the whole pool so many times over, noise on every image.

    Image i of the original is at i, n + i, 2 n + i and so on. The Gaussian noise has a tenth of the standard
    deviation that the pool's pixels have, which for MNIST is 7.9 of 255 grey levels; unlike the published
    one it is rounded to bytes, so that on a black background half of it is lost.

    Args:
        dataset: images as bytes.
        repeats: how often each image is in the pool, 1 or more.
        rng: the stream of the noise.

    Source: Kirsch, van Amersfoort & Gal (2019).
    """
    if repeats < 1:
        raise ValueError(f"repeats must be 1 or more, got {repeats}")
    n = len(dataset.y_pool)
    spread = np.float32(COPY_NOISE * _spread(dataset.x_pool))
    x_N = np.empty((n * repeats, *dataset.x_pool.shape[1:]), np.uint8)
    for start in range(0, len(x_N), SLICE):
        rows = np.arange(start, min(start + SLICE, len(x_N)))
        drawn = rng.standard_normal((len(rows), *x_N.shape[1:]), np.float32) * spread
        x_N[rows] = np.clip(np.rint(dataset.x_pool[rows % n] + drawn), 0, 255)
    return replace(_rows(dataset, np.arange(n * repeats) % n, images=False), x_pool=x_N, published_start=None)


def long_tailed(dataset: Dataset, imbalance: float, *, rng: np.random.Generator) -> Dataset:
    """A long tail of classes: each next class is rarer by the same factor, the last `imbalance` times.

    As many images stay as possible with the first class no more frequent than the rarest class was.

    Args:
        dataset: images or numbers.
        imbalance: how many times as frequent as the last class the first is, 1 or more.
        rng: which images stay.

    Source: Cui, Jia, Lin, Song & Belongie (2019), who thin out CIFAR so.
    """
    if imbalance < 1:
        raise ValueError(f"imbalance must be 1 or more, got {imbalance}")
    counts_C = np.bincount(dataset.y_pool, minlength=dataset.classes)
    kept_C = long_tail(int(counts_C.min()), dataset.classes, imbalance)
    order = rng.permutation(len(dataset.y_pool))
    y_order = dataset.y_pool[order]
    kept = [order[y_order == label][:count] for label, count in enumerate(kept_C)]
    return _rows(dataset, np.sort(np.concatenate(kept)))


def long_tail(most: int, classes: int, imbalance: float) -> NDArray[np.int64]:
    """kept_C: how many images of each class stay, the first the most frequent, the last the rarest."""
    tail_C = imbalance ** (-np.arange(classes) / max(1, classes - 1))
    return np.maximum(1, np.rint(most * tail_C)).astype(np.int64)


def with_label_noise(dataset: Dataset, share: float, *, rng: np.random.Generator) -> Dataset:
    """Label noise: for this share of the pool the oracle's label is another class, chosen at random.

    `y_pool` is what the oracle says, `y_true` what is true. Of two copies of an image it may misread one.

    Args:
        dataset: images or numbers, two or more classes.
        share: of the answers, 0 to 1; rounded to whole answers.
        rng: which labels are wrong, and the class in place of the true one.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"label_noise must be from 0 to 1, got {share}")
    n = len(dataset.y_pool)
    wrong = rng.choice(n, round(share * n), replace=False)
    y_pool = dataset.y_pool.copy()
    y_pool[wrong] = (y_pool[wrong] + rng.integers(1, dataset.classes, len(wrong))) % dataset.classes
    return replace(dataset, y_pool=y_pool, y_true=dataset.truth)


def mixed_images(dataset: Dataset, share: float, *, rng: np.random.Generator) -> Dataset:
    """Ambiguous pictures: this share of the pool's images are each mixed with an image of another class.

    The first image has a weight from .3 to .7, and the label is drawn with the weights as probabilities: what
    the model does not know about a blend no label can tell it.

    Args:
        dataset: images as bytes, two or more classes.
        share: of the pool, 0 to 1; rounded to whole images.
        rng: which images, their partners, weights and labels.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"blends must be from 0 to 1, got {share}")
    n = len(dataset.y_pool)
    first = rng.choice(n, round(share * n), replace=False)
    second = np.empty_like(first)
    for label in range(dataset.classes):
        mine, others = dataset.y_pool[first] == label, np.flatnonzero(dataset.y_pool != label)
        if mine.any() and not len(others):
            raise ValueError("blends need a pool of two or more classes")
        second[mine] = rng.choice(others, mine.sum()) if mine.any() else 0
    weight = rng.uniform(*BLEND, len(first))
    by_first = rng.random(len(first)) < weight
    x_pool, y_pool = dataset.x_pool.copy(), dataset.y_pool.copy()
    for start in range(0, len(first), SLICE):
        part = slice(start, start + SLICE)
        share_N = weight[part].reshape(-1, *[1] * (x_pool.ndim - 1)).astype(np.float32)
        mix = share_N * dataset.x_pool[first[part]] + (1 - share_N) * dataset.x_pool[second[part]]
        x_pool[first[part]] = np.rint(mix)
    y_pool[first] = np.where(by_first, dataset.y_pool[first], dataset.y_pool[second])
    return replace(dataset, x_pool=x_pool, y_pool=y_pool)


def _spread(x_N: NDArray[np.uint8]) -> float:
    """The standard deviation of all bytes, from how often each occurs: without a pool of floats."""
    counts = np.zeros(256, np.int64)
    for start in range(0, len(x_N), SLICE):
        counts += np.bincount(x_N[start : start + SLICE].reshape(-1), minlength=256)
    level, shares = np.arange(256), counts / x_N.size
    return float(np.sqrt(shares @ level**2 - (shares @ level) ** 2))


def _rows(dataset: Dataset, rows: NDArray[np.int64], *, images: bool = True) -> Dataset:
    """The data set with these points as its pool; a published start is not one of it any more."""
    return replace(
        dataset,
        x_pool=dataset.x_pool[rows] if images else dataset.x_pool,
        y_pool=dataset.y_pool[rows],
        y_true=None if dataset.y_true is None else dataset.y_true[rows],
        published_start=None,
    )
