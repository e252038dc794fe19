"""Working through the slices, cell by cell, and writing down what is finished."""

import io
import json
import lzma
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from alcore.home import alcore_home
from alcore.recommend.evidence import read_evidence
from alcore.runs.tournament.plan import TournamentPlan
from alcore.runs.tournament.record import record
from alcore.runs.tournament.run import Pool, carry_out, local_pool, progress
from tests.benchmarks.evidence.findings import findings
from tests.benchmarks.evidence.slices import SLICES, Slice
from tests.benchmarks.evidence.summary import summary_of
from tests.benchmarks.evidence.tasks import budgets, write_budgets
from tests.benchmarks.measure import RESULTS, Result

# Nothing is compared by time.
ANY_LOAD = True
FOLDER = RESULTS / "evidence"
SHIPPED = Path(__file__).parents[3] / "alcore/recommend/evidence.json"


def run() -> list[Result]:
    """Work through all slices in this process, then write the summary."""
    work(list(SLICES.values()), alcore_home(), local_pool(1))
    write(alcore_home())
    return []


def work(slices: Sequence[Slice], home: Path, pool: Pool, *, minutes: float = np.inf) -> None:
    """Carry out what is unfinished; a cell is kept as soon as it is finished, and written tournaments are not repeated.

    Args:
        slices: in order.
        home: of the cells' store and of downloaded data.
        pool: executor of the cells: processes of this machine, or a Dask cluster.
        minutes: after which no more is begun.
    """
    end = time.monotonic() + 60 * minutes
    for one in slices:
        if time.monotonic() > end:
            return
        write_budgets(one.datasets, home)
        before_now = {_plan_of(record) for record in written(one)}
        for plan in one.plans(budgets()):
            before = progress(plan, home)
            if before.over or _spelled(plan) in before_now or time.monotonic() > end:
                continue
            started = time.monotonic()
            carry_out(plan, home, pool, interrupted=lambda: time.monotonic() > end)
            size = dict(plan.settings)["labels_per_round"]
            print(
                f"{one.name}: {plan.datasets[0]}, {plan.learners[0]}, batch {size}: "
                f"{progress(plan, home).done - before.done} cells in {time.monotonic() - started:.0f} s",
                flush=True,
            )


def write(home: Path) -> None:
    """Write the finished tournaments of each slice, compressed, and the summary of the regimes that are whole."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = {name: finished(one, home) for name, one in SLICES.items()}
    for name, records in found.items():
        if records:
            (FOLDER / f"{name}.xz").write_bytes(pack(records))
    summary = summary_of(counted(found), budgets())
    SHIPPED.write_text(spelled(summary), encoding="utf-8")
    (FOLDER / "findings.md").write_text(findings(read_evidence(summary)), encoding="utf-8")


def finished(one: Slice, home: Path) -> list[dict[str, Any]]:
    """The records of a slice's finished tournaments, those written before among them, in the order of the plans."""
    before = {_plan_of(record): record for record in written(one)}
    found = []
    for plan in one.plans(budgets()):
        if (known := before.get(_spelled(plan))) is not None:
            found.append(known)
        elif progress(plan, home).over:
            found.append(record(plan, home))
    return [one for one in found if one["tasks"]]


def written(one: Slice) -> list[dict[str, Any]]:
    """The records of a slice that have been written; those of another plan, as before a change, are left out."""
    path = FOLDER / f"{one.name}.xz"
    planned = {_spelled(plan) for plan in one.plans(budgets())}
    return [found for found in unpack(path.read_bytes()) if _plan_of(found) in planned] if path.exists() else []


def counted(found: Mapping[str, Sequence[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Of each slice's finished tournaments those of whole regimes, whole also in the slice beside it."""
    parts = {name: whole(SLICES[name], records) for name, records in found.items()}
    done = {name: {_regime(record["plan"]) for record in records} for name, records in parts.items()}
    return {
        name: [one for one in records if not (beside := SLICES[name].beside) or _regime(one["plan"]) in done[beside]]
        for name, records in parts.items()
    }


def whole(one: Slice, records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those records whose learner and batch size are finished on every task: a part would lean on small tables."""
    done = Counter(_regime(found["plan"]) for found in records)
    return [found for found in records if done[_regime(found["plan"])] == len(one.datasets)]


def _regime(plan: dict[str, Any]) -> tuple[str, int]:
    return *plan["learners"], plan["settings"]["labels_per_round"]


def _plan_of(record: dict[str, Any]) -> str:
    return json.dumps(record["plan"], sort_keys=True)


def _spelled(plan: TournamentPlan) -> str:
    return json.dumps(plan.record(), sort_keys=True)


def pack(records: Sequence[dict[str, Any]]) -> bytes:
    """Records of tournaments of one task each, compressed; times of selection are left out."""
    heads, arrays = [], {}
    for number, one in enumerate(records):
        (task,) = one["tasks"]
        hits_S_R_T = np.array(task["hits"], dtype=np.int32)
        # Curves change little from round to round: differences compress.
        arrays[str(number)] = np.diff(hits_S_R_T, axis=2, prepend=0).astype(np.int16)
        heads.append(one | {"tasks": [{key: task[key] for key in ("dataset", "learner", "test_points", "labels")}]})
    file = io.BytesIO()
    np.savez(file, head=np.frombuffer(json.dumps(heads).encode(), np.uint8), allow_pickle=False, **arrays)
    return lzma.compress(file.getvalue(), preset=9)


def unpack(content: bytes) -> list[dict[str, Any]]:
    """The records that were packed, with times of 0."""
    with np.load(io.BytesIO(lzma.decompress(content)), allow_pickle=False) as found:
        records: list[dict[str, Any]] = json.loads(found["head"].tobytes())
        for number, one in enumerate(records):
            hits_S_R_T = np.cumsum(found[str(number)], axis=2, dtype=np.int64)
            one["tasks"][0] |= {"hits": hits_S_R_T.tolist(), "seconds": np.zeros(hits_S_R_T.shape[:2]).tolist()}
    return records


def spelled(summary: dict[str, Any]) -> str:
    """The summary as JSON, one cell or row of a table a line."""
    parts = [
        f"{json.dumps(key)}: [\n{(',' + chr(10)).join(json.dumps(row, separators=(',', ':')) for row in value)}\n]"
        if isinstance(value, list) and value and isinstance(value[0], dict)
        else f"{json.dumps(key)}: {json.dumps(value)}"
        for key, value in summary.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"
