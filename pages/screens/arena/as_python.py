"""The race on screen as a Python program: one call that gives its curves, and their figure."""

from pages.screens.arena.controls import ArenaSettings, ArenaView
from pages.shared.copy_buttons import program


def as_python(setup: ArenaSettings, shown: ArenaView) -> str:
    """A program that runs this race and its paired races, prints what they show, and saves curves and figure."""
    imports, data = setup.scene.program()
    imports = [*imports, "from alcore import compare"]
    remedied = setup.epsilon > 0 or setup.density > 0
    parts = []
    if remedied:
        imports.append("from alcore.strategies.wrappers import with_density, with_random_picks")
        parts.append(
            "def remedied(name):\n"
            f"    return with_random_picks(with_density(STRATEGIES[name], {setup.density}), {setup.epsilon})\n"
        )
    if remedied:
        imports.append("from alcore import STRATEGIES, compare")
        imports.remove("from alcore import compare")

    def racer(name: str) -> str:
        # Random, the baseline, has no remedies.
        return f'remedied("{name}")' if remedied and name != "random" else f'"{name}"'

    racers = [racer(name) for name in setup.racers if name != "random"]
    if (fork := setup.fork) is not None:
        imports.append("from alcore.loops.races.lockstep import StrategySchedule")
        racers.append(f"StrategySchedule({racer(fork.racer)}, then={racer(fork.then)}, at={fork.at})")
    # The race drawn is one of the paired races, unless its seed is another.
    seeds = f"{shown.paired}" if shown.seed < shown.paired else f"[*range({shown.paired}), {shown.seed}]"
    call = f"""\
found = compare(
    data,
    learner="{setup.learner}",
    strategies=[{", ".join(racers)}],
    seeds={seeds},
    initial_labels={setup.seed_labels},
    labels_per_round={setup.labels_per_round},
    rounds={setup.rounds},
    seed_set="{setup.seed_set}",
)
print(found)
found.save("race.csv")
found.save("race.svg")
"""
    return program(imports, data, *parts, call)
