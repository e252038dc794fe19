"""Controls that several screens have for a race: its seed set, and remedies for failure modes."""

from typing import Any

from alcore.loops.seed_set import SeedSet
from pages.shared import controls

_SEED_SETS: dict[SeedSet, str] = {
    "random": "Random",
    "balanced": "Balanced",
    "diverse": "Diverse",
    "communities": "Communities",
}


def seed_set_control(page: str, name: str, default: SeedSet) -> SeedSet:
    """How the initial labels are selected."""
    return controls.segmented(
        page,
        name,
        "Seed set",
        _SEED_SETS,
        default,
        help="How the initial labels are selected. Random: a class can be missing. Balanced: as many of each class as "
        "possible. Diverse: one point of each of as many clusters. Communities: a typical point of each of the largest "
        "groups of neighbours.",
    )


def remedy_controls(page: str) -> dict[str, Any]:
    """`epsilon`, the share of random picks, and `density`, the power of the density weight."""
    epsilon_help = "Against sampling bias (epsilon-greedy): each pick is random with this probability."
    density_help = "Against outliers: acquisition scores are multiplied by the density to this power."
    return {
        "epsilon": controls.slider(
            page, "epsilon", "Random picks (epsilon)", 0.0, 1.0, 0.0, step=0.05, help=epsilon_help
        ),
        "density": controls.slider(
            page, "density", "Density weight (beta)", 0.0, 5.0, 0.0, step=0.25, help=density_help
        ),
    }
