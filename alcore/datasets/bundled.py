"""Data that scikit-learn generates or includes: no network is needed."""

from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine, make_classification
from sklearn.model_selection import train_test_split

from alcore.datasets.dataset import Dataset

# The data and the split of the published experiment, whatever the seed of a run.
PUBLISHED_SEED = 42


def classification() -> Dataset:
    """scikit-learn's make_classification as in the `logistic-classification` preset.

    1,000 points x 10 features (5 informative, none redundant), 2 classes of one cluster each, 10 % of the
    labels flipped, random_state 42; a stratified tenth is the test set, and a stratified tenth of the rest
    the published start of 90 labels.
    """
    x, y = make_classification(
        n_samples=1000,
        n_features=10,
        n_informative=5,
        n_redundant=0,
        n_classes=2,
        n_clusters_per_class=1,
        flip_y=0.1,
        random_state=PUBLISHED_SEED,
    )
    x_pool, x_test, y_pool, y_test = train_test_split(x, y, test_size=0.1, stratify=y, random_state=PUBLISHED_SEED)
    start, _ = train_test_split(np.arange(len(y_pool)), train_size=0.1, stratify=y_pool, random_state=PUBLISHED_SEED)
    return Dataset(
        "classification", x_pool, y_pool.astype(np.int64), x_test, y_test.astype(np.int64), ("0", "1"), start
    )


def digits() -> Dataset:
    """scikit-learn's 1,797 handwritten digits of 8 x 8 pixels; a stratified fifth is the test set."""
    bunch = load_digits()
    # 17 grey levels, spread over a byte.
    images = np.rint(bunch.images * (255 / 16)).astype(np.uint8)[:, None]
    x_pool, x_test, y_pool, y_test = train_test_split(
        images,
        bunch.target.astype(np.int64),
        test_size=0.2,
        stratify=bunch.target,
        random_state=PUBLISHED_SEED,
    )
    return Dataset("digits", x_pool, y_pool, x_test, y_test, tuple("0123456789"))


def iris(*, rng: np.random.Generator) -> Dataset:
    """Fisher's 150 irises of 3 kinds by 4 lengths, see `third_as_test`."""
    return _split("iris", load_iris(), rng)


def wine(*, rng: np.random.Generator) -> Dataset:
    """178 wines of 3 growers by 13 measurements, see `third_as_test`."""
    return _split("wine", load_wine(), rng)


def breast_cancer(*, rng: np.random.Generator) -> Dataset:
    """569 tumours, malignant or benign, by 30 measurements of their cells, see `third_as_test`."""
    return _split("breast_cancer", load_breast_cancer(), rng)


def _split(name: str, bunch: Any, rng: np.random.Generator) -> Dataset:
    return third_as_test(name, bunch.data, bunch.target, tuple(str(word) for word in bunch.target_names), rng)


def third_as_test(
    name: str, x_N_D: np.ndarray, y_N: np.ndarray, class_names: tuple[str, ...], rng: np.random.Generator
) -> Dataset:
    """A stratified third is the test set, drawn by `rng`; columns are scaled to the pool's mean and spread.

    No split of these has been published, and one of a few dozen test points would decide a race by itself.
    """
    x_pool, x_test, y_pool, y_test = train_test_split(
        x_N_D, y_N.astype(np.int64), test_size=1 / 3, stratify=y_N, random_state=int(rng.integers(2**31))
    )
    mean, spread = x_pool.mean(axis=0), x_pool.std(axis=0)
    # A column that is constant in the pool is 0 there.
    spread[spread == 0] = 1
    return Dataset(name, (x_pool - mean) / spread, y_pool, (x_test - mean) / spread, y_test, class_names)
