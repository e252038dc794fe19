"""The batches on screen as a Python program that prints their measures."""

from pages.screens.batch_explorer.controls import BatchSample, BatchSettings, name_of
from pages.screens.batch_explorer.label_savings import Asked


def as_python(setup: BatchSettings, own: list[int], races: Asked | None) -> str:
    """A program that selects the same batches and prints their measures at full precision.

    Args:
        setup: all settings.
        own: the manual batch.
        races: settings of the races, if any.
    """
    pool = setup.pool
    imports = {
        "from alcore.datasets.planar.generate import planar",
        "from alcore.loops.batch_explorer import select_batch, run_batch_experiment, information_of, batch_strategy",
        "from alcore.report.statistics.batch_quality import summarise_batch",
        "from alcore.rng import rng_for",
    }
    lines = [
        "",
        "",
        "def data(seed):",
        f"    return planar({_arguments(pool.sample)}, rng=rng_for(seed, 'data'))",
        "",
        "",
        f"found = run_batch_experiment(data({pool.sample.seed}), seed={pool.sample.seed}, labeled={pool.labelled}, "
        f"learned={pool.learned})",
        f"names = {setup.selectors!r}",
        f"batches = {{name: select_batch(found, batch_strategy(name, alpha={setup.alpha}), {setup.size}).indices "
        "for name in names}",
    ]
    if own:
        imports.add("import numpy as np")
        lines.append(f'batches["you"] = np.array({own})')
    lines += [
        "pool = found.dataset",
        "for name, picks in batches.items():",
        "    unsure = found.scores_N[found.rows(picks)]",
        "    told = information_of(found, picks)",
        "    print(name, picks.tolist())",
        "    print(",
        "        summarise_batch(",
        "            pool.x_pool, pool.y_pool, pool.classes, found.labeled, picks, unsure, told",
        "        )",
        "    )",
    ]
    if races is not None:
        imports |= {
            "from alcore.loops.races.full_label_accuracy import full_label_accuracy",
            "from alcore.loops.races.lockstep import StrategySchedule",
            "from alcore.loops.races.paired import paired_races",
            "from alcore.report.text.batch_savings import describe_savings, compare_to_top_k",
            "from alcore.report.statistics.labels_to_target import share_of_all",
        }
        lines += ["", *_races(setup, races)]
    plain = sorted(line for line in imports if line.startswith("import"))
    ours = sorted(line for line in imports if line.startswith("from"))
    return "\n".join([*plain, *([""] if plain else []), *ours, *lines]) + "\n"


def _arguments(sample: BatchSample) -> str:
    return (
        f"{sample.data!r}, points={sample.points}, overlap={sample.overlap}, classes={sample.classes}, "
        f"imbalance={sample.imbalance}, near_duplicates={sample.near_duplicates}, outliers={sample.outliers}"
    )


def _races(setup: BatchSettings, races: Asked) -> list[str]:
    return [
        f"seeds = range({races.seeds})",
        "samples = [data(seed) for seed in seeds]",
        f"racers = {races.racers!r}",
        "races = paired_races(",
        "    samples,",
        f"    [StrategySchedule(batch_strategy(name, alpha={setup.alpha})) for name in racers],",
        "    seeds=seeds,",
        f"    seed_labels={setup.pool.labelled},",
        f"    labels_per_round={setup.size},",
        f"    rounds={races.rounds},",
        ")",
        f"target = share_of_all({races.share}, dict(zip(seeds, full_label_accuracy(samples))))",
        "curves = races.labels_T, races.accuracy_S_R_T",
        f"words = { ({name: name_of(name, setup.alpha) for name in races.racers})!r}",
        "bought = compare_to_top_k(*curves, racers, seeds=seeds, target=target, names=words)",
        'print("\\n".join(describe_savings(bought)))',
    ]
