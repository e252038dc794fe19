"""Active learning: which points to have labelled, how a model learns from them, and whether it paid.

The public face. Importing this package loads no numerical library: each name is imported when it is first used.
"""

from typing import TYPE_CHECKING

from alcore.lazy import lazy_names

if TYPE_CHECKING:
    from alcore.active_learner import ActiveLearner
    from alcore.compare import compare
    from alcore.datasets.arrays import from_arrays
    from alcore.datasets.catalogue import DATASETS, load_dataset
    from alcore.learners.members import Committee
    from alcore.learners.registry import LEARNERS
    from alcore.learners.torch.module import TorchLearner
    from alcore.pools.pool import Pool
    from alcore.projects.project import Project
    from alcore.recommend import recommend
    from alcore.simulation import simulate
    from alcore.strategies.catalogue import STRATEGIES

__version__ = "0.1.0"

__all__ = [
    "DATASETS",
    "LEARNERS",
    "STRATEGIES",
    "ActiveLearner",
    "Committee",
    "Pool",
    "Project",
    "TorchLearner",
    "compare",
    "from_arrays",
    "load_dataset",
    "recommend",
    "simulate",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "alcore.active_learner": ("ActiveLearner",),
        "alcore.compare": ("compare",),
        "alcore.datasets.arrays": ("from_arrays",),
        "alcore.datasets.catalogue": ("DATASETS", "load_dataset"),
        "alcore.learners.members": ("Committee",),
        "alcore.learners.registry": ("LEARNERS",),
        "alcore.learners.torch.module": ("TorchLearner",),
        "alcore.pools.pool": ("Pool",),
        "alcore.projects.project": ("Project",),
        "alcore.recommend": ("recommend",),
        "alcore.simulation": ("simulate",),
        "alcore.strategies.catalogue": ("STRATEGIES",),
    },
)
