"""Query strategies: pure functions of arrays, and the catalogue of them.

Everything public can be imported from here. `batchbald` is a function here, and also the name of the module that holds
it: `from alcore.strategies.batchbald import ...` reads the module.
"""

from alcore.strategies.batch import Batch
from alcore.strategies.batchbald import JointBatch, batchbald
from alcore.strategies.bayesian import bald, epig, mean_std, power_batch, variation_ratios
from alcore.strategies.catalogue import STRATEGIES, Strategy
from alcore.strategies.cluster_margin import cluster_margin, dropquery, ranked_batch
from alcore.strategies.committee import mean_kl, vote_entropy
from alcore.strategies.community import communities
from alcore.strategies.coverage import probcover, probcover_delta, pseudo_delta, typiclust
from alcore.strategies.expected_error_reduction import expected_error_reduction
from alcore.strategies.fisher import bait
from alcore.strategies.galaxy import galaxy
from alcore.strategies.gradient import badge, expected_gradient_length, expected_gradient_length_mlp
from alcore.strategies.herding import kernel_width, max_herding, stochastic_max_herding, uherding
from alcore.strategies.information import Information, UncertaintyParts, batch_information, uncertainty_decomposition
from alcore.strategies.pool_view import PoolView
from alcore.strategies.remedies import (
    candidate_subsample,
    density_weight,
    diverse_seed,
    epsilon_greedy,
    fit_temperature,
)
from alcore.strategies.selection import hybrid, k_center, top_k
from alcore.strategies.uncertainty import entropy, least_confidence, margin
from alcore.strategies.wrappers import with_density, with_power, with_random_picks

__all__ = [
    "STRATEGIES",
    "Batch",
    "Information",
    "JointBatch",
    "PoolView",
    "UncertaintyParts",
    "Strategy",
    "badge",
    "bait",
    "bald",
    "batch_information",
    "batchbald",
    "candidate_subsample",
    "cluster_margin",
    "communities",
    "density_weight",
    "diverse_seed",
    "dropquery",
    "entropy",
    "uncertainty_decomposition",
    "epig",
    "epsilon_greedy",
    "expected_error_reduction",
    "expected_gradient_length",
    "expected_gradient_length_mlp",
    "fit_temperature",
    "galaxy",
    "hybrid",
    "k_center",
    "kernel_width",
    "least_confidence",
    "margin",
    "max_herding",
    "mean_kl",
    "mean_std",
    "power_batch",
    "probcover",
    "probcover_delta",
    "pseudo_delta",
    "ranked_batch",
    "stochastic_max_herding",
    "top_k",
    "typiclust",
    "uherding",
    "variation_ratios",
    "vote_entropy",
    "with_density",
    "with_power",
    "with_random_picks",
]
