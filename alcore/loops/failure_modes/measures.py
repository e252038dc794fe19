"""What is looked at in the clinic: the region that was forgotten, and where the budget went."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import CorruptedDataset
from alcore.datasets.planar.shapes import shape_of
from alcore.loops.failure_modes.curves import Floats, PairedCurves


def in_far_cluster(x_N_2: NDArray) -> NDArray[np.bool_]:
    """Which points of `far_cluster` data lie nearest to the centre of the far cluster."""
    form = shape_of("far_cluster", overlap=0.0, classes=2)
    upper_5_2 = form.prepare(np.ones(5, dtype=np.int64), (np.arange(5) + 0.5) / 5, 2)
    lower_1_2 = form.prepare(np.zeros(1, dtype=np.int64), np.array([0.5]), 2)
    centres = np.concatenate([upper_5_2, lower_1_2])
    far = np.linalg.norm(centres - np.median(centres, axis=0), axis=1).argmax()
    distances_N_6 = np.linalg.norm(x_N_2[:, None] - centres, axis=2)
    return distances_N_6.argmin(axis=1) == far


def accuracy_where(course: PairedCurves, datasets: Sequence[Dataset], where_S_N: Sequence[NDArray[np.bool_]]) -> Floats:
    """accuracy_S_T on those test points alone; NaN where there is none."""
    where = np.stack(where_S_N)
    x_S_N_D = np.stack([data.x_test for data in datasets])
    y_S_N = np.stack([data.y_test for data in datasets])
    right_T_S = np.array(
        [((course.probs(t, x_S_N_D).argmax(axis=2) == y_S_N) & where).sum(axis=1) for t in range(len(course.labels_T))]
    )
    count_S = where.sum(axis=1)
    return np.where(count_S > 0, right_T_S / np.maximum(count_S, 1), np.nan).T


def share_asked(course: PairedCurves, where_S_N: Sequence[NDArray[np.bool_]]) -> Floats:
    """Of the questions asked so far, the share about points of a kind: share_S_T-1, from one question on."""
    hit_S_M = np.stack([where_N[asked] for where_N, asked in zip(where_S_N, course.asked_S_M, strict=True)])
    return np.cumsum(hit_S_M, axis=1) / np.arange(1, hit_S_M.shape[1] + 1)


def outlier_masks(data: Sequence[CorruptedDataset]) -> list[NDArray[np.bool_]]:
    """Which points of each pool were planted as outliers."""
    return [np.isin(np.arange(len(one.dataset.y_pool)), one.outliers) for one in data]
