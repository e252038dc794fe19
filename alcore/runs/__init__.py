"""Long jobs: configs of runs, presets, the store of results, and tournaments."""

from typing import TYPE_CHECKING

from alcore.lazy import lazy_names

if TYPE_CHECKING:
    from alcore.runs.config import ConfigError, RunConfig
    from alcore.runs.presets import PRESETS
    from alcore.runs.store.store import Store
    from alcore.runs.tournament.plan import TournamentPlan, plan_of

__all__ = ["PRESETS", "ConfigError", "RunConfig", "Store", "TournamentPlan", "plan_of"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "alcore.runs.config": ("ConfigError", "RunConfig"),
        "alcore.runs.presets": ("PRESETS",),
        "alcore.runs.store.store": ("Store",),
        "alcore.runs.tournament.plan": ("TournamentPlan", "plan_of"),
    },
)
