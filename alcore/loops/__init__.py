"""Loops of queries and labels: the session, the simulated pool loop, paired races, streams and synthesis."""

from typing import TYPE_CHECKING

from alcore.lazy import lazy_names

if TYPE_CHECKING:
    from alcore.loops.pool.simulate import Round, simulate
    from alcore.loops.races.paired import PairedRaces, paired_races
    from alcore.loops.session import Session

__all__ = ["PairedRaces", "Round", "Session", "paired_races", "simulate"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "alcore.loops.pool.simulate": ("Round", "simulate"),
        "alcore.loops.races.paired": ("PairedRaces", "paired_races"),
        "alcore.loops.session": ("Session",),
    },
)
