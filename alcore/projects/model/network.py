"""A small CNN of images: as a classifier of the labels, and as features learned without labels."""

from itertools import count
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin

from alcore.loops.steps import OnStep, ignored

# Side to which images are resized for it, as in MNIST: a round takes seconds.
SIDE = 28
# Groups of similar images that the features are trained to tell apart, of so many images each at least.
GROUPS, LEAST = 100, 5
_GREY = np.array([0.299, 0.587, 0.114], dtype=np.float32)


class _Kept(BaseEstimator):
    """An estimator around a network, copied and written by its weights, arrays, which are read without a GPU too."""

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        learner = state.pop("learner_", None)
        if learner is not None:
            state["network_"] = {
                "classes": learner.classes,
                "shape": list(learner.shape),
                "weights": learner.weights(),
            }
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        kept = state.pop("network_", None)
        super().__setstate__(state)
        if kept is not None:
            self.learner_ = _learner(kept["classes"], self.steps, self.random_state)
            self.learner_.take_weights(kept["weights"], tuple(kept["shape"]))


class ImageNetwork(ClassifierMixin, _Kept):
    """Two convolutions and a dense layer on grey images, trained from scratch on images that are moved a little.

    Args:
        steps: gradient steps of up to 64 images.
        random_state: of the first weights and the orders.
    """

    def __init__(self, steps: int = 300, random_state: int = 0) -> None:
        self.steps = steps
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike, on_step: OnStep = ignored) -> "ImageNetwork":
        """Fit; X is (N, side * side), or (N, side * side * 3) of colour images, in [0, 1]."""
        self.classes_, y_N = np.unique(np.asarray(y), return_inverse=True)
        rng = np.random.default_rng([self.random_state, len(y_N)])
        self.learner_ = _trained(X, y_N, len(self.classes_), self.steps, self.random_state, rng, on_step)
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Class probabilities, (N, classes)."""
        probs_N_C = self.learner_.predict_probs(self.learner_.prepare(grey_images(X))).cpu().numpy()
        return probs_N_C[:, : len(self.classes_)].astype(np.float64)

    def predict(self, X: Any) -> NDArray[Any]:
        """The most probable class of each, (N,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class GroupedNetwork(TransformerMixin, _Kept):
    """Features of a CNN that is trained without labels: the input of its last layer, (N, 128).

    The images are grouped by k-means on principal components of their pixels, and the CNN is trained to name the group
    of an image that is moved a little: what moving does not change remains.

    Args:
        steps: gradient steps of up to 64 images.
        random_state: of the groups, the first weights and the orders.

    Source: one round of DeepCluster, Caron et al. (2018).
    """

    def __init__(self, steps: int = 600, random_state: int = 0) -> None:
        self.steps = steps
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, on_step: OnStep = ignored) -> "GroupedNetwork":
        """Fit; X as `ImageNetwork` takes it, y is not used."""
        from sklearn.cluster import MiniBatchKMeans
        from sklearn.decomposition import PCA

        seed = self.random_state
        groups = max(1, min(GROUPS, len(X) // LEAST))
        with np.errstate(invalid="ignore"):  # the share of variance of a single image, which is not used
            components = PCA(min(60, *X.shape), random_state=seed).fit_transform(X)
        groups_N = MiniBatchKMeans(groups, random_state=seed, n_init=3).fit_predict(components)
        named, groups_N = np.unique(groups_N, return_inverse=True)
        self.learner_ = _trained(X, groups_N, len(named), self.steps, seed, np.random.default_rng(seed), on_step)
        return self

    def transform(self, X: Any) -> NDArray[np.float32]:
        """The features of images, (N, 128)."""
        return self.learner_.features(self.learner_.prepare(grey_images(X))).cpu().numpy().astype(np.float32)


def is_square(dimensions: int) -> bool:
    """Whether so many numbers may be those of a square image, grey or of three colours."""
    return any(isqrt(part) ** 2 == part and part > 0 for part in _parts(dimensions))


def grey_images(x_N_D: Any) -> NDArray[np.float32]:
    """Rows of pixels as grey images, (N, side, side); colours are weighted as the eye does (ITU-R BT.601).

    Raises:
        ValueError: a row is no square image.
    """
    x = np.asarray(x_N_D, dtype=np.float32)
    for colours, pixels in zip((1, 3), _parts(x.shape[1]), strict=False):
        if (side := isqrt(pixels)) ** 2 == pixels and side:
            images = x.reshape(len(x), side, side, colours)
            return images[..., 0] if colours == 1 else images @ _GREY
    raise ValueError(f"the CNN takes the pixels of square images, got rows of {x.shape[1]} numbers")


def _parts(dimensions: int) -> list[int]:
    """Pixels of a grey image and, where there may be three colours, of a colour image."""
    return [dimensions, dimensions // 3] if dimensions % 3 == 0 else [dimensions]


def _trained(
    X: Any, y_N: NDArray[np.int64], classes: int, steps: int, seed: int, rng: np.random.Generator, on_step: OnStep
) -> Any:
    """A network trained on images, with `on_step` called before each gradient step."""
    learner, taken = _learner(classes, steps, seed), count()

    def tick() -> None:
        on_step(min(1.0, next(taken) / steps))

    before, learner.tick = learner.tick, tick
    learner.fit(learner.prepare(grey_images(X)), y_N, rng=rng)
    learner.tick = before
    return learner


def _learner(classes: int, steps: int, seed: int) -> Any:
    from alcore.learners.base import no_tick
    from alcore.learners.options import Training
    from alcore.learners.torch.architectures import cnn
    from alcore.learners.torch.learner import NetworkLearner

    training = Training(steps=steps, augment=True, carry_on=False)
    return NetworkLearner(cnn, classes=max(2, classes), seed=seed, training=training, device="auto", tick=no_tick)
