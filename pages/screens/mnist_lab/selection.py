"""The run shown and the runs of its race: in the address, so that a reload restores them."""

from collections.abc import Collection, Sequence

import streamlit as st

from alcore.did_you_mean import did_you_mean
from alcore.runs.store.run_info import RunInfo
from pages.screens.mnist_lab import texts
from pages.shared import address, link_warnings
from pages.shared.markdown import plain, quoted

RUN = "mnist_run"
ROUND = "mnist_round"
COMPARE = "mnist_compare"
_CHOICE = "_mnist_run_choice"
# Largest number of queued runs listed; runs that the address names are always listed.
MOST_WAITING = 100


def look_at(run_id: str) -> None:
    """Show this run from now on."""
    address.write(RUN, run_id)
    address.write(ROUND, None)


def some(infos: Sequence[RunInfo]) -> list[RunInfo]:
    """All runs except those far behind in the queue that the address does not name.

    Each listed run is read and drawn several times; a queue may hold ten thousand.
    """
    if sum(info.state == "queued" for info in infos) <= MOST_WAITING:
        return list(infos)
    named = {run_id for key in (RUN, COMPARE) for given in address.texts(key) for run_id in given.split(",")}
    named |= {info.config.rival.run_id for info in infos if info.id in named}
    return [info for info in infos if (info.queue_position or 0) <= MOST_WAITING or info.id in named]


def choose_run(infos: Sequence[RunInfo]) -> RunInfo | None:
    """Draw the choice of the run shown: the run in the address, otherwise an active run.

    Args:
        infos: all runs, newest first.

    Returns:
        The run, or None if there is none.
    """
    given = address.text(RUN, "Run")
    by_id = {info.id: info for info in infos}
    if not infos:
        if given:
            st.caption(f":material/link_off: {_gone(given, by_id)}")
        return None
    # A running run comes first; instead of a random run, the strategy that it is the baseline of.
    info = by_id.get(given) or _lead(next((i for i in infos if i.state == "running"), infos[0]), infos)
    if info.id != given:
        if given:
            link_warnings.keep(RUN, _gone(given, by_id), info.id)
        address.write(RUN, info.id)
    link_warnings.settle(RUN, info.id)
    st.session_state[_CHOICE] = info.id
    st.selectbox(
        "Run shown",
        list(by_id),
        index=list(by_id).index(info.id),
        # Constant option texts: the browser returns them, and a state would be outdated by then.
        format_func=lambda run_id: f"{texts.run(by_id[run_id])} · {run_id[:6]}",
        key=_CHOICE,
        on_change=_chosen,
        args=(frozenset(by_id),),
    )
    return info


def race_of(info: RunInfo, infos: Sequence[RunInfo]) -> list[RunInfo]:
    """The run and its baseline: random from the same start; for a random run, its newest rival.

    The baseline of a fork is the run it was forked from.
    """
    if info.lineage:
        return [info, *(one for one in infos if one.id == info.lineage[-1].run_id)]
    rivals = [one for one in infos if one.id != info.id and not one.lineage and one.config.rival == info.config.rival]
    if info.config != info.config.rival:
        rivals = [rival for rival in rivals if rival.config == info.config.rival]
    return [info, *rivals[:1]]


def seeds_of(info: RunInfo, infos: Sequence[RunInfo]) -> list[RunInfo]:
    """The run and those that differ only in the seed, by seed; a fork has none."""
    if info.lineage:
        return [info]
    same = info.config.model_copy(update={"seed": 0})
    found = [one for one in infos if not one.lineage and one.config.model_copy(update={"seed": 0}) == same]
    return sorted(found, key=lambda one: one.config.seed)


def _lead(info: RunInfo, infos: Sequence[RunInfo]) -> RunInfo:
    return race_of(info, infos)[-1] if info.config == info.config.rival and not info.lineage else info


def _gone(given: str, known: Collection[str]) -> str:
    hint = did_you_mean(given, known)
    return (
        f"**Run:** there is no run {quoted(given)} here; it was deleted, or the link is of another machine. "
        f"{plain(hint) + ' ' if hint.startswith('Did') else ''}{'Another one is shown.' if known else ''}"
    )


def _chosen(known: Collection[str]) -> None:
    if st.session_state[_CHOICE] in known:
        look_at(st.session_state[_CHOICE])
