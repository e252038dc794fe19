"""Random Fourier features: a linear model on them has a curved boundary."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class FourierFeatures:
    """Features whose inner products approximate the kernel exp(-gamma |a - b|^2).

    They are sqrt(2 / F) cos(x W + b), with W normal of variance 2 gamma and b uniform on [0, 2 pi): those of
    scikit-learn's RBFSampler with the same seed.

    Attributes:
        seed: of W and b.
        count: features: F.
        gamma: of the kernel; None for 2 / D, which is 1 in the plane and suits points of variance 1 in each direction.

    Source: Rahimi & Recht (2007).
    """

    seed: int
    count: int = 30
    gamma: float | None = None

    def __call__(self, x_N_D: Floats) -> Floats:
        """features_N_F of points, in double precision."""
        weights_D_F, shift_F = self.drawn(x_N_D.shape[1])
        z_N_F = np.asarray(x_N_D, dtype=np.float64) @ weights_D_F
        z_N_F += shift_F
        np.cos(z_N_F, out=z_N_F)
        z_N_F *= np.sqrt(2 / self.count)
        return z_N_F

    def drawn(self, dimensions: int) -> tuple[Floats, Floats]:
        """W (D, F) and b (F,) for points of D numbers."""
        gamma = 2 / dimensions if self.gamma is None else self.gamma
        # The generator that scikit-learn draws from.
        rng = np.random.RandomState(self.seed % 2**32)  # noqa: NPY002
        weights_D_F = np.sqrt(2 * gamma) * rng.normal(size=(dimensions, self.count))
        return weights_D_F, rng.uniform(0, 2 * np.pi, size=self.count)
