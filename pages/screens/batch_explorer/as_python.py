"""The batches on screen as a Python program that prints their measures."""

from pages.screens.batch_explorer.controls import HYBRID, BatchSettings, name_of
from pages.screens.batch_explorer.label_savings import SavingsSettings
from pages.shared.copy_buttons import program

_IMPORTS = (
    "from dataclasses import replace",
    "from alcore.loops.batch_explorer import accuracy_after, batch_strategy, best_joint_information, information_of",
    "from alcore.loops.batch_explorer import run_batch_experiment, select_batch",
    "from alcore.report.statistics.batch_quality import summarise_batch, worth_of",
)
_RACE_IMPORTS = (
    "from alcore.loops.races.full_label_accuracy import full_label_accuracy",
    "from alcore.loops.races.lockstep import StrategySchedule",
    "from alcore.loops.races.paired import paired_races",
    "from alcore.report.statistics.labels_to_target import share_of_all",
    "from alcore.report.text.batch_savings import compare_to_top_k, describe_savings",
)


def as_python(setup: BatchSettings, own: list[int], races: SavingsSettings | None) -> str:
    """A program that selects the same batches, `own` by hand, and prints their measures at full precision."""
    pool = setup.pool
    imports, data = pool.scene.program()
    imports += [*_IMPORTS, *(["import numpy as np"] if own else []), *(_RACE_IMPORTS if races else [])]
    by_hand = f'batches["you"] = np.array({own})\n' if own else ""
    names = tuple(dict.fromkeys((HYBRID, *setup.selectors)))
    batches = f"""\
found = run_batch_experiment(data({pool.seed}), seed={pool.seed}, labeled={pool.labelled}, learned={pool.learned})
names = {names!r}
batches = {{
    name: select_batch(found, batch_strategy(name, alpha={setup.alpha}), {setup.size}).indices for name in names
}}
{by_hand}pool = found.dataset
best = best_joint_information(found, select_batch(found, batch_strategy("batchbald"), {setup.size}).indices)
for name, picks in batches.items():
    unsure = found.scores_N[found.rows(picks)]
    told = information_of(found, picks)
    summary = summarise_batch(pool.x_pool, pool.y_pool, pool.classes, found.labeled, picks, unsure, told)
    print(name, picks.tolist())
    print(replace(summary, worth=worth_of(told.joint, best), accuracy=accuracy_after(found, picks)))
"""
    return program(imports, data, batches, *([] if races is None else [_races(setup, races)]))


def _races(setup: BatchSettings, races: SavingsSettings) -> str:
    return f"""\
seeds = range({races.seeds})
samples = [data(seed) for seed in seeds]
racers = {races.racers!r}
races = paired_races(
    samples,
    [StrategySchedule(batch_strategy(name, alpha={setup.alpha})) for name in racers],
    seeds=seeds,
    seed_labels={setup.pool.labelled},
    labels_per_round={setup.size},
    rounds={races.rounds},
)
target = share_of_all({races.share}, dict(zip(seeds, full_label_accuracy(samples))))
words = { ({name: name_of(name, setup.alpha) for name in races.racers})!r}
savings = compare_to_top_k(
    races.labels_T, races.accuracy_S_R_T, racers, seeds=seeds, target=target, names=words
)
print("\\n".join(describe_savings(savings)))
"""
