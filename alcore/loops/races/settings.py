"""The settings that all races of a comparison share."""

from dataclasses import dataclass

from alcore.loops.seed_set import SeedSet


@dataclass(frozen=True)
class RaceSettings:
    """The settings of all races.

    Attributes:
        initial_labels: labels before the first query.
        labels_per_round: labels of a query; fewer in the last if the pool runs out.
        rounds: queries.
        seed_set: how the first labels are chosen, see `seed_indices`.
    """

    initial_labels: int
    labels_per_round: int
    rounds: int
    seed_set: SeedSet = "random"
