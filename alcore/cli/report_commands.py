"""Commands that write tables and figures: export of learning curves, and tournaments."""

import argparse
from pathlib import Path
from typing import Any

from alcore.cli.arguments import UsageError, cut
from alcore.cli.files import write_file
from alcore.cli.terminal import CellProgress, print_note
from alcore.datasets.catalogue import DATASETS
from alcore.extras import MissingExtraError
from alcore.learners.registry import LEARNERS, check_installed
from alcore.report.curves import curve_frame
from alcore.report.export import curves
from alcore.report.export import tournament as tournament_files
from alcore.report.statistics.tournament import parse_results, summarise
from alcore.runs.store.run_info import one_group_a_strategy
from alcore.runs.store.store import Store
from alcore.runs.tournament import background
from alcore.runs.tournament.plan import SILENT, plan_of
from alcore.runs.tournament.record import record
from alcore.runs.tournament.run import carry_out, dask_pool, local_pool, progress
from alcore.short import plural
from alcore.strategies.catalogue import STRATEGIES


def export(options: argparse.Namespace) -> int:
    """Write the learning curves of runs to a file in the format of its ending."""
    out: Path = options.out
    try:
        fmt = curves.file_format(out)
    except ValueError as error:
        raise UsageError(str(error)) from error
    with Store(options.home) as store:
        infos = [store.run(run_id) for run_id in dict.fromkeys(options.runs)]
        rows = store.curve([info.id for info in infos])
    for info in infos:
        if not info.rounds_done:
            raise UsageError(f"Run {info.id} ({info.state}) has no stored round yet: there is no curve to export.")
    title = infos[0].config.title if len(infos) == 1 else ""
    configs = [info.config.model_dump(mode="json") for info in infos]
    content = curves.export(curve_frame(rows), configs, fmt, title=title, bands=one_group_a_strategy(infos))
    write_file(out, content, force=options.force)
    print(cut(f"{out}: {plural(len(rows), 'round')} of {plural(len(infos), 'run')}"))
    return 0


def tournament(options: argparse.Namespace) -> int:
    """Carry out a tournament, print its standings, and write its files if wanted."""
    plan = plan_of(
        options.strategies,
        options.datasets,
        options.learners,
        seeds=options.seeds,
        rounds=options.rounds,
        settings=dict(options.set),
    )
    if not options.dask:  # workers of a cluster have their own environment
        check_installed(*plan.learners)
    # Created before anything is listed or stored: an invalid number of processes fails at once.
    pool = dask_pool(options.dask) if options.dask else local_pool(options.jobs)
    if plan.size > SILENT:
        print_note(f"Listing {plan.size:,} races.")
    with background.exclusive(plan, options.home):
        before = progress(plan, options.home)
        if before.done:
            print_note(f"{before.done:,} of {before.cells:,} cells were done before.")
        carry_out(
            plan,
            options.home,
            pool,
            on_cell=CellProgress(before.cells, before.done),
            interrupted=lambda: background.stop_asked(plan, options.home),
        )
    table = record(plan, options.home)
    if not table["tasks"]:
        print_note("No seed is finished by all strategies: there is nothing to compare yet.")
        return 1
    names = {name: strategy.label for name, strategy in STRATEGIES.items()}
    summary = summarise(parse_results(table))
    print(tournament_files.plain_table(summary, names))
    if options.out is not None:
        _write_files(options.out, table, summary, names)
    return 1 if table["failures"] else 0


def _write_files(out: Path, table: dict[str, Any], summary: Any, names: dict[str, str]) -> None:
    """Write all files that can be written; a missing package is reported after the others are written."""
    missing: MissingExtraError | None = None
    written = []
    datasets = {key: spec.label for key, spec in DATASETS.items()} | {key: spec.label for key, spec in LEARNERS.items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in tournament_files.NAMES:
            try:
                (out / name).write_bytes(tournament_files.files(name, table, summary, names, datasets))
                written.append(name)
            except MissingExtraError as error:
                missing = error
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror}). Choose another folder.") from error
    shows = "; tournament.html shows it all" if "tournament.html" in written else ""
    print_note(f"{out}: {len(written)} files{shows}.")
    if missing is not None:
        raise missing
