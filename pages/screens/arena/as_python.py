"""The race on screen as a Python program that prints its curves."""

from pages.screens.arena.controls import ArenaSettings, ArenaView
from pages.shared.copy_buttons import program

_IMPORTS = (
    "from alcore.loops.races.lockstep import StrategySchedule",
    "from alcore.loops.races.paired import paired_races",
    "from alcore.strategies.catalogue import STRATEGIES",
    "from alcore.strategies.wrappers import with_density, with_random_picks",
)


def as_python(setup: ArenaSettings, shown: ArenaView) -> str:
    """A program that runs this race and its paired races, and prints their curves."""
    imports, data = setup.scene.program()
    plans = [f'StrategySchedule(strategy("{name}"))' for name in setup.racers]
    if (fork := setup.fork) is not None:
        plans.append(f'StrategySchedule(strategy("{fork.racer}"), then=strategy("{fork.then}"), at={fork.at})')
    strategy = f"""\
def strategy(name):
    # Random, the baseline, has no remedies.
    if name == "random":
        return STRATEGIES[name]
    return with_random_picks(with_density(STRATEGIES[name], {setup.density}), {setup.epsilon})
"""
    races = f"""\
seeds = sorted({{{shown.seed}, *range({shown.paired})}})
races = paired_races(
    [data(seed) for seed in seeds],
    [{", ".join(plans)}],
    seeds=seeds,
    {", ".join(f"{name}={value!r}" for name, value in setup.loop.items())},
)
for s, seed in enumerate(races.seeds):
    for r, name in enumerate(races.names):
        for t, labels in enumerate(races.labels_T):
            print(name, seed, labels, races.accuracy_S_R_T[s, r, t])
"""
    return program([*imports, *_IMPORTS], data, strategy, races)
