"""The race on screen as a Python program that prints its curves."""

from pages.screens.arena.settings import ArenaSettings, ArenaView, Fork


def as_python(setup: ArenaSettings, shown: ArenaView) -> str:
    """A program that runs this race and its paired races, and prints their curves."""
    lines = [
        "from alcore.loops.races.lockstep import StrategySchedule",
        "from alcore.loops.races.paired import paired_races",
        "from alcore.rng import rng_for",
        "from alcore.strategies.catalogue import STRATEGIES",
        "from alcore.strategies.wrappers import with_density, with_random_picks",
    ]
    lines += _own(setup) if setup.own is not None else _made(setup)
    lines += [
        "def strategy(name):",
        "    # Remedies are for all but random, which is what they are measured by.",
        '    if name == "random":',
        "        return STRATEGIES[name]",
        f"    return with_random_picks(with_density(STRATEGIES[name], {setup.density}), {setup.epsilon})",
        "",
        "",
        f"seeds = sorted({{{shown.seed}, *range({shown.paired})}})",
        "races = paired_races(",
        "    [data(seed) for seed in seeds],",
        f"    [{', '.join(_plans(setup))}],",
        "    seeds=seeds,",
        f"    seed_labels={setup.seed_labels},",
        f"    labels_per_round={setup.labels_per_round},",
        f"    rounds={setup.rounds},",
        f'    seed_set="{setup.seed_set}",',
        ")",
        "for s, seed in enumerate(races.seeds):",
        "    for r, name in enumerate(races.names):",
        "        for t, labels in enumerate(races.labels_T):",
        "            print(name, seed, labels, races.accuracy_S_R_T[s, r, t])",
    ]
    return "\n".join(lines) + "\n"


def _plans(setup: ArenaSettings) -> list[str]:
    plans = [f'StrategySchedule(strategy("{name}"))' for name in setup.racers]
    if isinstance(fork := setup.fork, Fork):
        plans.append(f'StrategySchedule(strategy("{fork.racer}"), then=strategy("{fork.then}"), at={fork.at})')
    return plans


def _made(setup: ArenaSettings) -> list[str]:
    given = {
        "points": setup.points,
        "overlap": setup.overlap,
        "classes": setup.classes,
        "imbalance": setup.imbalance,
        "near_duplicates": setup.near_duplicates,
        "label_noise": setup.label_noise,
        "outliers": setup.outliers,
    }
    return [
        "from alcore.datasets.planar.generate import planar",
        "",
        "",
        "def data(seed):",
        f'    return planar("{setup.data}", rng=rng_for(seed, "data"), '
        f"{', '.join(f'{name}={value}' for name, value in given.items())})",
        "",
        "",
    ]


def _own(setup: ArenaSettings) -> list[str]:
    assert (own := setup.own) is not None
    chosen = own.chosen()
    reading = "".join(f", {name}={chosen[name]!r}" for name in ("encoding", "separator") if name in chosen)
    signs = "" if own.decimal is None else f", decimal={own.decimal!r}"
    return [
        "from pathlib import Path",
        "",
        "from alcore.datasets.tables.dataset import csv_dataset, read_csv",
        "",
        f"table = read_csv(Path({own.name!r}).read_bytes(), {own.name!r}{reading})",
        "",
        "",
        "def data(seed):",
        f"    columns = dict(x={own.x!r}, y={own.y!r}, label={own.label!r}{signs})",
        '    return csv_dataset(table, **columns, rng=rng_for(seed, "data"))',
        "",
        "",
    ]
