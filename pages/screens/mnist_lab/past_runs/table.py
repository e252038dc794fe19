"""Past runs: a list, the selection of runs to compare, and the deletion of these and of damaged runs."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pandas as pd
import streamlit as st

from alcore.report.phrases import plural
from alcore.runs.errors import UnknownRunError
from alcore.runs.store.run_info import DamagedRun, RunInfo
from alcore.runs.store.store import Store
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.past_runs.compare import POOL_LEARNER, compare
from pages.screens.mnist_lab.selection import COMPARE, RUN
from pages.shared import address, link_warnings, viewport
from pages.shared.errors import sentences
from pages.shared.markdown import plain

_CHOICE = "_mnist_compare_choice"
_SAID = "_lab_deleted"
_MOST_DAMAGED = 20
_NARROW_COLUMNS = ("State", "Accuracy", "Semi-supervised", "Run", "Seed", "Labels", "Started", "Took", "Id")


def past_runs(infos: Sequence[RunInfo], axis: str, home: Path) -> None:
    """List all runs, plot the selected runs together, and offer to delete them.

    Raises:
        StoreError: if the store cannot be read.
    """
    st.subheader("Past runs", anchor=False)
    if sentence := st.session_state.pop(_SAID, None):
        st.info(sentence, icon=":material/delete:")
    if not infos:
        st.caption("None yet. Runs of the command line appear here as well.")
        return
    _table(infos)
    chosen = _choose(infos)
    if chosen:
        # A damaged run can still be deleted below.
        with sentences():
            with Store(home) as store:
                rows = store.curve([info.id for info in chosen])
            if rows:
                compare(chosen, rows, axis)
            else:
                st.caption("No round of these runs has finished yet.")
    else:
        st.caption("Choose two runs or more to compare them, or any to delete them.")
    _deletion(chosen, home)


def _table(infos: Sequence[RunInfo]) -> None:
    names = texts.legend(infos)
    # For active runs, only columns that do not become outdated between two updates.
    table = pd.DataFrame(
        [
            {
                "Run": names[info.id],
                "Seed": info.config.seed,
                "State": texts.STATES[info.state][0],
                "Labels": None if info.state in texts.ACTIVE else info.labels,
                "Accuracy": _ended(info, info.config.learner != POOL_LEARNER),
                # Not comparable: semi-supervised learners use more than labels.
                "Semi-supervised": _ended(info, info.config.learner == POOL_LEARNER),
                "Started": texts.moment(info.started),
                "Took": texts.duration(info.finished - info.started)
                if info.finished is not None and info.started is not None
                else "",
                "Id": info.id,
            }
            for info in infos
        ]
    )
    st.dataframe(
        table,
        hide_index=True,
        # A narrow screen shows the first columns, the others after scrolling.
        column_order=_NARROW_COLUMNS if viewport.is_narrow() else None,
        height=min(38 + 35 * len(infos), 320),
        column_config={
            "Run": st.column_config.TextColumn(width=290),
            "Seed": st.column_config.NumberColumn(format="plain", width=50),
            "State": st.column_config.TextColumn(width=85),
            # Minimal widths for times, so that later columns fit without scrolling.
            "Started": st.column_config.TextColumn(width=130),
            "Took": st.column_config.TextColumn(width=100),
            "Labels": st.column_config.NumberColumn(format="localized"),
            "Accuracy": st.column_config.NumberColumn(
                format="%.1f %%", help="On the test set, of learners that are trained on labelled images only."
            ),
            "Semi-supervised": st.column_config.NumberColumn(
                format="%.1f %%",
                help="On the test set, of the graph learner, which is also trained on the unlabelled images and so "
                "is not comparable with the others.",
            ),
        },
        placeholder="",
        alt="All runs, the newest first, with state, labels, accuracy and time.",
    )


def _ended(info: RunInfo, counts: bool) -> float | None:
    """The last accuracy in percent."""
    accuracy = info.accuracy if counts and info.state not in texts.ACTIVE else None
    return None if accuracy is None else 100 * accuracy


def _choose(infos: Sequence[RunInfo]) -> list[RunInfo]:
    """The existing runs that the address names, in an editable field."""
    by_id = {info.id: info for info in infos}
    given = dict.fromkeys(filter(None, address.text(COMPARE, "Past runs").split(",")))
    known = [run_id for run_id in given if run_id in by_id]
    if len(known) < len(given):
        gone = plural(len(given) - len(known), "run")
        link_warnings.keep(COMPARE, f"**Past runs:** the link asked for {gone} that this machine does not have.", known)
        _remember(known)
    link_warnings.settle(COMPARE, known)
    st.session_state[_CHOICE] = known
    st.multiselect(
        "Runs to compare",
        list(by_id),
        default=known,
        format_func=lambda run_id: f"{texts.title(by_id[run_id].config)} · {run_id[:4]}",
        key=_CHOICE,
        on_change=_chosen,
        placeholder="Choose runs",
    )
    return [by_id[run_id] for run_id in known]


def _chosen() -> None:
    _remember(st.session_state[_CHOICE])


def _remember(run_ids: Sequence[str]) -> None:
    address.write(COMPARE, ",".join(run_ids) or None)


def _deletion(chosen: Sequence[RunInfo], home: Path) -> None:
    """A button with a confirmation: deletion is final."""
    what = plural(len(chosen), "run") if chosen else "runs"
    with st.popover(f"Delete {what}", icon=":material/delete:", disabled=not chosen):
        st.markdown("\n".join(f"- {plain(texts.title(info.config))}" for info in chosen))
        st.markdown("Their curves and queries are deleted permanently; a run in progress is cancelled first.")
        st.button(
            f"Yes, delete {what}",
            type="primary",
            key="mnist_delete",
            on_click=_delete,
            args=([info.id for info in chosen], home),
        )


def damaged_runs(damaged: Sequence[DamagedRun], home: Path) -> None:
    """List runs with damaged rows in the store, each with the reason and a button that deletes it."""
    if not damaged:
        return
    st.warning(
        f"{plural(len(damaged), 'run')} in the store cannot be read: the stored data differs from the data "
        "written. The other runs are not affected. Restore a copy of the store, or delete the damaged runs.",
        icon=":material/broken_image:",
    )
    for one in damaged[:_MOST_DAMAGED]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge("Damaged", icon=":material/broken_image:", color="red")
            st.markdown(plain(f"{one.name}: {one.reason}"), width="stretch")
            key = f"mnist_damaged_{one.name}"
            st.button("Delete", icon=":material/delete:", key=key, on_click=_remove, args=([one.name], home))
    if len(damaged) > _MOST_DAMAGED:
        st.caption(f"And {plural(len(damaged) - _MOST_DAMAGED, 'run')} more.")


def _delete(run_ids: Sequence[str], home: Path) -> None:
    _remove(run_ids, home)
    _remember([])
    if address.text(RUN, "Run") in run_ids:
        address.write(RUN, None)


def _remove(run_ids: Sequence[str], home: Path) -> None:
    deleted = 0
    with sentences(), Store(home) as store:
        for run_id in run_ids:
            # A run may have been deleted in another tab meanwhile.
            with suppress(UnknownRunError):
                store.delete(run_id)
            deleted += 1
    st.session_state[_SAID] = f"{plural(deleted, 'run')} deleted."
