"""The command line: python -m alcore presets | run | resume | fork | queue | export | tournament | ..."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alcore.cli.arguments import (
    Parser,
    UsageError,
    assignment,
    number,
    refuse_overwriting,
    refuse_unreadable,
)
from alcore.runs.echo import cut

# No heavy imports at module level: `presets` and usage errors must be fast.


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the arguments after `python -m alcore` or `alcore`; default: those of this process.

    Returns:
        The exit code: 0 done; 1 the run failed, or was cancelled elsewhere; 2 usage or environment error to fix first;
        130 interrupted.
    """
    options = _parser().parse_args(arguments)
    try:
        from alcore.extras import MissingExtraError
        from alcore.home import HomeError
        from alcore.runs.config import ConfigError
        from alcore.runs.errors import StoreError

        try:
            refuse_unreadable(options)
            return int(options.command(options))
        except (HomeError, ConfigError, StoreError, MissingExtraError, UsageError) as error:
            print(cut(str(error)), file=sys.stderr)
            return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    name = "alcore" if Path(sys.argv[0]).stem == "alcore" else "python -m alcore"
    parser = Parser(prog=name, description="Active learning without the dashboard.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    presets = commands.add_parser("presets", help="list the named experiments")
    presets.set_defaults(command=_presets)

    run = commands.add_parser("run", help="carry out an experiment and store it like a dashboard run")
    run.add_argument("preset", metavar="PRESET", nargs="?", help="its name, see `presets`")
    run.add_argument("--like", metavar="RUN_ID", help="instead: carry a stored run out again, and compare bit for bit")
    run.add_argument("--strategy", metavar="S", help="which points to ask for")
    run.add_argument("--seed", metavar="N", help="decides the start: first labels, first weights")
    run.add_argument("--device", metavar="D", help="auto, cpu or cuda")
    run.add_argument("--rounds", metavar="N", help="how often labels are asked for")
    run.add_argument("--set", metavar="KEY=VALUE", nargs="+", action="extend", default=[], help="any other setting")
    run.set_defaults(command=_run)
    steering = _add_steering(commands)

    export = commands.add_parser("export", help="write the learning curves of runs to a file")
    export.add_argument("runs", metavar="RUN_ID", nargs="+", help="as printed by `run`")
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help="its ending is the format")
    export.add_argument("--force", action="store_true", help="write over a file that is there")
    export.set_defaults(command=_export)

    tournament = commands.add_parser(
        "tournament",
        help="race strategies over data sets, learners and seeds; again: go on where it was left",
    )
    for words, metavar, usual in (
        ("--strategies", "S", "18 of the catalogue"),
        ("--datasets", "D", "the nine bundled ones that a straight boundary can learn"),
        ("--learners", "L", "logistic"),
    ):
        tournament.add_argument(words, metavar=metavar, nargs="+", default=[], help=f"default: {usual}")
    tournament.add_argument("--seeds", type=number, default=20, metavar="N", help="paired starts (default: 20)")
    tournament.add_argument("--rounds", type=number, default=15, metavar="N", help="questions (default: 15)")
    tournament.add_argument("--jobs", type=number, default=-1, metavar="N", help="processes (default: one a core)")
    tournament.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler, such as tcp://10.0.0.1:8786")
    tournament.add_argument("--out", type=Path, metavar="DIR", help="write tables and figures here")
    tournament.add_argument(
        "--set", metavar="KEY=VALUE", nargs="+", action="extend", default=[], help="any setting of a run"
    )
    tournament.set_defaults(command=_tournament)

    for command in (run, *steering, export, tournament):
        command.add_argument("--home", metavar="DIR", help="where runs and data are (default: $ALCORE_HOME)")
    return parser


def _add_steering(commands: Any) -> list[argparse.ArgumentParser]:
    """The commands on a stored run, each a function of `alcore.cli.run_commands`."""
    parsers = {
        name: commands.add_parser(name, help=text)
        for name, text in (
            ("resume", "go on with a run after its last stored round, here"),
            ("pause", "stop a run for a while, wherever it is carried out"),
            ("cancel", "stop a run, wherever it is carried out"),
            ("labels", "change how many labels a run asks for, from the next round on"),
            ("fork", "a run with the first rounds of another, led on by another strategy, here"),
            ("queue", "list what is running and what waits, in order"),
            ("delete", "delete a run, its rounds and its log for good"),
        )
    }
    for name, parser in parsers.items():
        if name != "queue":
            parser.add_argument("run_id", metavar="RUN_ID", help="as printed by `run`")
        parser.set_defaults(command=_steer, name=name)
    parsers["labels"].add_argument("number", type=number, metavar="N", help="labels a round")
    parsers["fork"].add_argument(
        "--round", type=number, required=True, metavar="N", dest="number", help="the first it asks in"
    )
    parsers["fork"].add_argument("--strategy", required=True, metavar="S", help="which points to ask for")
    return list(parsers.values())


def _steer(options: argparse.Namespace) -> int:
    from alcore.cli import run_commands as commands
    from alcore.home import alcore_home

    words = [getattr(options, name) for name in ("run_id", "number", "strategy") if hasattr(options, name)]
    return int(getattr(commands, options.name)(alcore_home(options.home), *words))


def _presets(_: argparse.Namespace) -> int:
    from alcore.runs.presets import PRESETS

    heads = ("preset", "data", "learner", "strategy", "labels")
    rows = [heads]
    for preset in PRESETS.values():
        config = preset.config
        labels = f"{config.seed_labels} + {config.rounds} x {config.labels_per_round}"
        rows.append((preset.name, config.dataset, config.learner, config.strategy, labels))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for preset in PRESETS.values():
        print(f"\n{preset.name}\n  {preset.description}\n  {preset.expectation}")
    return 0


def _run(options: argparse.Namespace) -> int:
    from alcore.home import alcore_home

    if (options.preset is None) == (options.like is None):
        raise UsageError("run needs a preset (see `python -m alcore presets`) or --like RUN_ID, one of them.")
    changes = dict(assignment(text) for text in options.set)
    for name in ("strategy", "seed", "device", "rounds"):
        if getattr(options, name) is not None:
            changes[name] = getattr(options, name)
    if options.like is not None and changes:
        raise UsageError(f"--like carries the run out as it was: leave {', '.join(changes)} out.")
    from alcore.cli import run_commands as commands
    from alcore.runs.config import config_from
    from alcore.runs.presets import get_preset

    if options.like is not None:
        return commands.like(alcore_home(options.home), options.like)
    config = config_from(get_preset(options.preset).config.model_dump() | changes)
    return commands.run(alcore_home(options.home), config)


def _export(options: argparse.Namespace) -> int:
    from alcore.home import alcore_home
    from alcore.report.curves import curve_frame
    from alcore.report.export.curves import FORMATS, export
    from alcore.runs.store.run_info import one_group_a_strategy
    from alcore.runs.store.store import Store

    fmt = options.out.suffix.removeprefix(".").lower()
    if fmt not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        raise UsageError(f"{options.out} does not end in a known format. Use one of {known}.")
    refuse_overwriting(options.out, force=options.force)
    with Store(alcore_home(options.home)) as store:
        infos = [store.run(run_id) for run_id in dict.fromkeys(options.runs)]
        rows = store.curve([info.id for info in infos])
    for info in infos:
        if not info.rounds_done:
            raise UsageError(f"Run {info.id} ({info.state}) has no stored round yet: there is no curve to export.")
    title = infos[0].config.title if len(infos) == 1 else ""
    configs = [info.config.model_dump(mode="json") for info in infos]
    content = export(curve_frame(rows), configs, fmt, title=title, bands=one_group_a_strategy(infos))
    try:
        # Exclusive mode also protects a file created since the first check.
        with options.out.open("wb" if options.force else "xb") as file:
            file.write(content)
    except FileExistsError:
        refuse_overwriting(options.out, force=False)
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{options.out} cannot be written ({reason}). Choose another file, or make room.") from error
    print(cut(f"{options.out}: {len(rows)} rounds of {len(infos)} run{'s' if len(infos) > 1 else ''}"))
    return 0


def _tournament(options: argparse.Namespace) -> int:
    from alcore.cli.terminal import CellProgress, print_note
    from alcore.home import alcore_home
    from alcore.learners.registry import check_installed
    from alcore.runs.tournament import background
    from alcore.runs.tournament.plan import SILENT, plan_of
    from alcore.runs.tournament.record import record
    from alcore.runs.tournament.run import carry_out, dask_pool, local_pool, progress

    plan = plan_of(
        options.strategies,
        options.datasets,
        options.learners,
        seeds=options.seeds,
        rounds=options.rounds,
        settings=dict(assignment(text) for text in options.set),
    )
    if not options.dask:  # workers of a cluster have their own environment
        check_installed(*plan.learners)
    home = alcore_home(options.home)
    # Created before anything is listed or stored: an invalid number of processes fails at once.
    pool = dask_pool(options.dask) if options.dask else local_pool(options.jobs)
    if plan.size > SILENT:
        print_note(f"Listing {plan.size:,} races.")
    with background.exclusive(plan, home):
        before = progress(plan, home)
        if before.done:
            print_note(f"{before.done:,} of {before.cells:,} cells were done before.")
        carry_out(
            plan,
            home,
            pool,
            on_cell=CellProgress(before.cells, before.done),
            interrupted=lambda: background.stop_asked(plan, home),
        )
    return _report_tournament(record(plan, home), options.out)


def _report_tournament(table: dict[str, Any], out: Path | None) -> int:
    from alcore.cli.terminal import print_note
    from alcore.extras import MissingExtraError
    from alcore.report.export.tournament import NAMES, files, plain_table
    from alcore.report.statistics.tournament import parse_results, summarise
    from alcore.strategies.catalogue import STRATEGIES

    if not table["tasks"]:
        print_note("No seed is finished by all strategies: there is nothing to compare yet.")
        return 1
    names = {name: strategy.label for name, strategy in STRATEGIES.items()}
    summary = summarise(parse_results(table))
    print(plain_table(summary, names))
    missing: MissingExtraError | None = None
    if out is not None:
        written = []
        try:
            out.mkdir(parents=True, exist_ok=True)
            for name in NAMES:
                try:
                    (out / name).write_bytes(files(name, table, summary, names))
                    written.append(name)
                except MissingExtraError as error:
                    missing = error
        except OSError as error:
            raise UsageError(f"{out} cannot be written ({error.strerror}). Choose another folder.") from error
        shows = "; tournament.html shows it all" if "tournament.html" in written else ""
        print_note(f"{out}: {len(written)} files{shows}.")
    if missing is not None:
        raise missing  # all other files have been written
    return 1 if table["failures"] else 0
