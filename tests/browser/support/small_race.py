"""A race small enough to be known by heart: drawn by `race_app.py`, recomputed by the test of its player."""

from alcore.datasets.dataset import Dataset
from alcore.datasets.planar.generate import planar
from alcore.loops.races.grid import Grid, grid_over
from alcore.loops.races.race import race
from alcore.loops.races.trace import RaceTrace
from alcore.report.interactive.arena.figure import Drawing, arena_figure
from alcore.report.interactive.render import PreparedFigure
from alcore.rng import rng_for

NAMES = {"least_confidence": "Least confidence", "random": "Random"}
SEED_LABELS = 4


def small_race(rounds: int) -> tuple[Dataset, Grid, list[RaceTrace]]:
    """Two racers on 80 points."""
    data = planar("blobs", points=80, overlap=0.5, classes=2, rng=rng_for(0, "data"))
    grid = grid_over(data, rows=21)
    racers = race(data, list(NAMES), seed=0, seed_labels=SEED_LABELS, labels_per_round=2, rounds=rounds, grid=grid)
    return data, grid, racers


def small_figure(rounds: int, *, dark: bool = False, names: dict[str, str] = NAMES) -> PreparedFigure:
    """It as an animation."""
    data, grid, racers = small_race(rounds)
    how = Drawing(names=names, dark=dark)
    return arena_figure(data.x_pool, data.y_pool, data.class_names, grid.x, grid.y, racers, how)
