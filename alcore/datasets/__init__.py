"""Data sets: synthetic 2-D data, scikit-learn's tables and digits, MNIST and its relatives, one's own arrays."""

from typing import TYPE_CHECKING

from alcore.lazy import lazy_names

if TYPE_CHECKING:
    from alcore.datasets.arrays import from_arrays
    from alcore.datasets.catalogue import DATASETS, load_dataset
    from alcore.datasets.dataset import Dataset, DatasetError
    from alcore.datasets.spec import DatasetSpec

__all__ = ["DATASETS", "Dataset", "DatasetError", "DatasetSpec", "from_arrays", "load_dataset"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "alcore.datasets.arrays": ("from_arrays",),
        "alcore.datasets.catalogue": ("DATASETS", "load_dataset"),
        "alcore.datasets.dataset": ("Dataset", "DatasetError"),
        "alcore.datasets.spec": ("DatasetSpec",),
    },
)
