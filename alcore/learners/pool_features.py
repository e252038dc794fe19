"""The features of a pool, in which distances are measured: one row of numbers a point, computed once."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.decomposition import TruncatedSVD

from alcore.learners.seeds import seed_nested
from alcore.points import as_points, count, numbers_of, plain
from alcore.rng import rng_for

# Sparse features of more columns are reduced to as many.
COLUMNS = 100


class FeaturesNeedLabels(ValueError):
    """The steps of a pipeline cannot be fitted without labels, and there is no fitted pipeline yet."""


class PoolFeatures:
    """features_N_D of all points of a pool; computed at the first use and kept.

    They are the first of these that exist: features that the user gives; the output of a pipeline's steps before its
    last, fitted on the whole pool without labels; where that fails, the output of the fitted pipeline's steps, computed
    again after each fit; and for an estimator that is no pipeline the points themselves. Sparse features of
    more than 100 columns are reduced to 100 or fewer by a truncated SVD. They depend on the seed and the pool alone,
    except for steps that need labels.
    """

    def __init__(self, *, given: Any = None, transformer: Any = None, fitted: bool = False, seed: int) -> None:
        """Keep the arguments; the features are computed when they are first read.

        Args:
            given: an array with one row a point, or a function without arguments that returns one.
            transformer: the steps of a pipeline before its last; None for an estimator that is no pipeline.
            fitted: whether the transformer is fitted already and used unchanged.
            seed: of the reduction and of steps whose `random_state` is None.
        """
        self.given = given
        self.transformer = transformer
        self.fitted = fitted
        self.seed = seed
        self._fixed: NDArray[Any] | None = None
        self._refused: Exception | None = None
        self._of_model: tuple[Any, NDArray[Any]] | None = None

    def of(self, pool: Any, rows: NDArray[np.int64], model: Any = None) -> NDArray[Any]:
        """features_S_D of some points.

        Args:
            pool: all points, as the learner placed them.
            rows: which of them.
            model: the fitted pipeline, if there is one.

        Raises:
            FeaturesNeedLabels: the pipeline's steps cannot be fitted without labels, and there is no model.
            ValueError: points are no numbers, or `given` has not one row a point.
        """
        if self._fixed is None and self._refused is None:
            self._fixed = self._without_labels(pool)
        if self._fixed is not None:
            return self._fixed[rows]
        if model is None:
            raise FeaturesNeedLabels(
                "the steps of the pipeline cannot be fitted without labels, so no distances are known before "
                f"two classes have been labelled ({type(self._refused).__name__}: {self._refused}); features= "
                "gives others"
            )
        if self._of_model is None or self._of_model[0] is not model:
            self._of_model = model, dense(model[:-1].transform(plain(pool)), self.seed)
        return self._of_model[1][rows]

    def _without_labels(self, pool: Any) -> NDArray[Any] | None:
        if self.given is not None:
            found = dense(self.given() if callable(self.given) else self.given, self.seed)
            if len(found) != count(pool):
                raise ValueError(
                    f"features must be one row of numbers a point, {count(pool):,} rows, got shape {found.shape}"
                )
            return found
        if self.transformer is None:
            return dense(pool, self.seed)
        if self.fitted:
            return dense(self.transformer.transform(plain(pool)), self.seed)
        fresh = clone(self.transformer)
        seed_nested(fresh, rng_for(self.seed, "features"))
        try:
            found = fresh.fit_transform(plain(pool))
        except (TypeError, ValueError, AttributeError) as error:
            self._refused = error
            return None
        return dense(found, self.seed)


def dense(features: Any, seed: int) -> NDArray[Any]:
    """Features as an array; sparse ones of more than 100 columns by their leading components.

    Raises:
        ValueError: if they are no numbers.
    """
    if hasattr(features, "tocsr") and features.shape[1] > COLUMNS:
        x_N_D = features.tocsr().astype(np.float64, copy=False)
        state = int(rng_for(seed, "svd").integers(2**31))
        with np.errstate(divide="ignore", invalid="ignore"):  # shares of a variance that is 0 for copies
            return TruncatedSVD(min(COLUMNS, *x_N_D.shape), random_state=state).fit_transform(x_N_D)
    try:
        found = numbers_of(features)
    except ValueError as error:
        raise ValueError(
            f"distances between points cannot be measured: {error}; or give features=, an array with one row of "
            "numbers a point or a function that makes it"
        ) from error
    return found.reshape(len(found), -1)


def features_source(given: Any, x: Any) -> Any:
    """The argument `given` of `PoolFeatures`: the array, or the function with the pool as its argument.

    Raises:
        ValueError: if an array has not one row a point.
    """
    if callable(given):
        function: Callable[[Any], Any] = given
        return lambda: function(x)
    if not hasattr(given, "shape") and not hasattr(given, "__len__"):
        raise ValueError(f"features must be an array with one row a point or a function, got {given!r}")
    rows, n = given.shape[0] if hasattr(given, "shape") else len(given), count(as_points(x))
    if rows != n:
        raise ValueError(f"features must be one row of numbers a point, {n:,} rows, got {rows:,}")
    return given
