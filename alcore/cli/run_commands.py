"""Commands on stored runs: carrying them out in this terminal, controlling those of other processes, replaying them."""

import argparse
from pathlib import Path

from alcore.cli.arguments import UsageError
from alcore.cli.command_line import OPTIONS
from alcore.cli.terminal import Progress, interrupt_watch, print_line, print_note, round_line
from alcore.datasets.catalogue import problem
from alcore.learners.registry import check_installed
from alcore.runs.config import config_from
from alcore.runs.config_data import STOPPED
from alcore.runs.presets import get_preset
from alcore.runs.store.run_info import RunInfo
from alcore.runs.store.store import Store
from alcore.runs.worker import launcher
from alcore.runs.worker.execute import execute
from alcore.runs.worker.verify import verify

_MOST_LISTED = 100


def run(options: argparse.Namespace) -> int:
    """Carry out a run here, resuming it if it was stopped, or replay one."""
    if (options.preset is None) == (options.like is None):
        raise UsageError("run needs a preset (see `python -m alcore presets`) or --like RUN_ID, one of them.")
    given = {name: getattr(options, name) for name in OPTIONS}
    settings = dict(options.set) | {name: value for name, value in given.items() if value is not None}
    if options.like is not None:
        if settings:
            raise UsageError(f"--like replays the run with its own settings: leave {', '.join(settings)} out.")
        return _replay(options.home, options.like)
    config = config_from(get_preset(options.preset).config.model_dump() | settings)
    check_installed(config.learner)
    with Store(options.home) as store:
        print_line(f"run {config.run_id}")
        return _carry_out(store, store.claim(config))


def resume(options: argparse.Namespace) -> int:
    """Resume a stored run here."""
    with Store(options.home) as store:
        check_installed(store.run(options.run_id).config.learner)
        info = store.claim_run(options.run_id)
        print_line(f"run {info.id}")
        return _carry_out(store, info)


def fork(options: argparse.Namespace) -> int:
    """Fork a run and carry out the fork here."""
    with Store(options.home) as store:
        check_installed(store.run(options.run_id).config.learner)
        # A worker of the dashboard may claim it first: `claim_run` then reports that.
        info = store.claim_run(store.fork(options.run_id, options.number, options.strategy).id)
        print_line(f"run {info.id}")
        return _carry_out(store, info)


def pause(options: argparse.Namespace) -> int:
    """Pause a run, in any process."""
    with Store(options.home) as store:
        return _print_state(store.pause(options.run_id))


def cancel(options: argparse.Namespace) -> int:
    """Cancel a run, in any process."""
    with Store(options.home) as store:
        return _print_state(store.request_cancel(options.run_id))


def batch_size(options: argparse.Namespace) -> int:
    """Change the number of labels per round of a run from the next round on."""
    with Store(options.home) as store:
        return _print_state(store.set_labels_per_round(options.run_id, options.number))


def queue(options: argparse.Namespace) -> int:
    """List running runs, then queued runs in order."""
    with Store(options.home) as store:
        found = store.listing()
    infos = found.queue
    for info in infos[:_MOST_LISTED]:
        place = "running" if info.state == "running" else f"{info.queue_position}."
        print_line(f"{place:<8} {info.id}  {info.title}")
    if len(infos) > _MOST_LISTED:
        print_note(f"And {len(infos) - _MOST_LISTED:,} more wait behind them.")
    if not infos:
        print_note("Nothing is running or queued.")
    for damaged in found.damaged[:_MOST_LISTED]:
        print_note(damaged.sentence)
    if infos and (trouble := launcher.trouble(options.home)):
        print_note(trouble)
    return 0


def delete(options: argparse.Namespace) -> int:
    """Delete a run, damaged or not, with its rounds and files."""
    with Store(options.home) as store:
        store.delete(options.run_id)
    print_line(f"run {options.run_id} (deleted)")
    return 0


def _replay(home: Path, run_id: str) -> int:
    """Replay a stored run and compare; returns 0 if it is bit-identical, otherwise 1."""
    with Store(home) as store, interrupt_watch() as interrupted:

        def tick() -> None:
            if interrupted():
                raise KeyboardInterrupt

        info = store.run(run_id)
        print_line(f"like {info.id}: {info.title}")
        progress = Progress(info.rounds_done)
        numbers, surroundings = verify(store, run_id, on_round=progress, on_wait=print_note, tick=tick)
    for line in numbers:
        print_line(f"differs in {line}")
    for line in surroundings:
        print_line(f"made with {line}")
    if not numbers:
        print_line(f"Bit for bit the same: all {info.rounds_done} rounds.")
    elif not surroundings:
        print_line("Versions, device and threads are the same; on a GPU the order of sums is not fixed.")
    return 1 if numbers else 0


def _carry_out(store: Store, info: RunInfo) -> int:
    """Carry out a claimed run; returns 0 done or paused, 1 failed or cancelled elsewhere, 130 interrupted."""
    for round_ in store.rounds(info.id):
        print_line(round_line(round_))
    if info.state == "done":
        print_note("This run was done before: these are its stored rounds.")
        return 0
    if info.rounds_done:
        print_note(f"Going on after {info.rounds_done} stored rounds.")
    with interrupt_watch() as interrupted:
        progress = Progress(info.config.rounds + 1, info.rounds_done)
        info = execute(store, info.id, on_round=progress, on_wait=print_note, interrupted=interrupted)
        pressed = interrupted()
    if info.state == "done":
        why = f" ({info.record[STOPPED]})" if STOPPED in info.record else ""
        print_note(f"Done{why}: accuracy {info.accuracy:.4f} at {info.labels} labels.")
        return 0
    if info.state == "failed":
        lacks_data = problem(info.config.dataset, store.home) is not None
        print_note(info.error + (" Try it on the bundled digits: --set dataset=digits" if lacks_data else ""))
        return 1
    cancelled = info.state == "cancelled"
    print_note(
        f"{'Cancelled' if cancelled else 'Paused'}; {info.rounds_done} stored rounds are kept. "
        f"Go on with them: python -m alcore resume {info.id}"
    )
    return (130 if pressed else 1) if cancelled else 0


def _print_state(info: RunInfo) -> int:
    state = "cancelling" if info.cancel_asked else "pausing" if info.pause_asked else info.state
    print_line(f"run {info.id} ({state}), {info.labels_per_round:,} labels a round: {info.title}")
    return 0
