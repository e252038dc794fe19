"""Commands on stored runs: carrying them out in this terminal, controlling those of other processes, replaying them."""

from pathlib import Path

from alcore.cli.terminal import Progress, interrupt_watch, print_end, print_line, print_note, round_line
from alcore.datasets.catalogue import problem
from alcore.learners.registry import check_installed
from alcore.runs.config import RunConfig
from alcore.runs.store.run_info import RunInfo
from alcore.runs.store.store import Store
from alcore.runs.worker import launcher
from alcore.runs.worker.execute import execute
from alcore.runs.worker.verify import verify

_MOST_LISTED = 100


def run(home: Path, config: RunConfig) -> int:
    """Carry out a run here, resuming it if it was stopped; returns the exit code."""
    check_installed(config.learner)
    with Store(home) as store:
        print_line(f"run {config.run_id}")
        return _carry_out(store, store.claim(config))


def resume(home: Path, run_id: str) -> int:
    """Resume a stored run here; returns the exit code."""
    with Store(home) as store:
        check_installed(store.run(run_id).config.learner)
        info = store.claim_run(run_id)
        print_line(f"run {info.id}")
        return _carry_out(store, info)


def fork(home: Path, run_id: str, number: int, strategy: str) -> int:
    """Fork a run and carry out the fork here; returns the exit code."""
    with Store(home) as store:
        check_installed(store.run(run_id).config.learner)
        # A worker of the dashboard may claim it first: `claim_run` then reports that.
        info = store.claim_run(store.fork(run_id, number, strategy).id)
        print_line(f"run {info.id}")
        return _carry_out(store, info)


def pause(home: Path, run_id: str) -> int:
    """Pause a run, in any process."""
    with Store(home) as store:
        return _said(store.pause(run_id))


def cancel(home: Path, run_id: str) -> int:
    """Cancel a run, in any process."""
    with Store(home) as store:
        return _said(store.request_cancel(run_id))


def labels(home: Path, run_id: str, labels_per_round: int) -> int:
    """Change the number of labels per round of a run from the next round on."""
    with Store(home) as store:
        return _said(store.set_labels_per_round(run_id, labels_per_round))


def queue(home: Path) -> int:
    """List running runs, then queued runs in order."""
    with Store(home) as store:
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
    if infos and (trouble := launcher.trouble(home)):
        print_note(trouble)
    return 0


def delete(home: Path, run_id: str) -> int:
    """Delete a run, damaged or not, with its rounds and files."""
    with Store(home) as store:
        store.delete(run_id)
    print_line(f"run {run_id} (deleted)")
    return 0


def like(home: Path, run_id: str) -> int:
    """Replay a stored run and compare; returns 0 if it is bit-identical, otherwise 1."""
    with Store(home) as store, interrupt_watch() as interrupted:

        def tick() -> None:
            if interrupted():
                raise KeyboardInterrupt

        info = store.run(run_id)
        print_line(f"like {info.id}: {info.title}")
        found = verify(store, run_id, on_round=Progress(info.rounds_done), on_wait=print_note, tick=tick)
    for line in found.numbers:
        print_line(f"differs in {line}")
    for line in found.surroundings:
        print_line(f"made with {line}")
    if not found.numbers:
        print_line(f"Bit for bit the same: all {info.rounds_done} rounds.")
    elif not found.surroundings:
        print_line("Versions, device and threads are the same; on a GPU the order of sums is not fixed.")
    return 1 if found.numbers else 0


def _carry_out(store: Store, info: RunInfo) -> int:
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
    lacks_data = info.state == "failed" and problem(info.config.dataset, store.home) is not None
    way_out = "Try it on the bundled digits: --set dataset=digits" if lacks_data else ""
    return print_end(info, interrupted=pressed, way_out=way_out)


def _said(info: RunInfo) -> int:
    asked = "cancelling" if info.cancel_asked else "pausing" if info.pause_asked else info.state
    print_line(f"run {info.id} ({asked}), {info.labels_per_round:,} labels a round: {info.title}")
    return 0
