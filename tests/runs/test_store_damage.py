"""One damaged row harms no other, and nothing that is stored leads out of the home folder."""

from pathlib import Path
from typing import Any

import pytest

from alcore.cli.main import main
from alcore.runs.errors import DamagedRunError
from alcore.runs.store.store import Store, StoreError
from alcore.runs.tournament.cells import CellResult, CellStore
from alcore.runs.worker import launcher
from alcore.runs.worker.main import drain
from alcore.storage.paths import inside, log_path
from tests.runs.test_store import CONFIG, config, edit, make_round
from tests.runs.test_worker import SMALL, small
from tests.support.damaged_stores import DAMAGES, damage
from tests.support.lab import Lab
from tests.support.lab import said as on_screen


@pytest.fixture
def three(home: Path) -> Path:
    """A home with three queued runs, the first of which is then damaged."""
    with Store(home) as store:
        for seed in range(3):
            store.submit(small(seed))
    return home


HOSTILE: list[tuple[str, Any]] = [
    ("config", "{"),
    ("config", b"\xff"),
    ("config", "[" * 100_000),
    ("config", '{"rounds": 1e999}'),
    ("config", '{"strategy": ["margin"]}'),
    ("config", "x" * 3_000_000),
    ("state", "dooe"),
    ("error", b"\x00"),
    ("record", "[]"),
    ("record", '{"threads": 2}'),
    ("place", "last"),
    ("created", "today"),
    ("created", float("inf")),
    ("started", -1e300),
    ("lineage", '[{"run": 1}]'),
    ("id", "../../victim"),
    ("id", None),
    ("id", b"abc"),
]


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize(("column", "value"), HOSTILE, ids=lambda value: str(value)[:20])
def test_a_damaged_row_is_shown_deleted_and_harms_no_other(
    three: Path, column: str, value: Any, sealed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if not sealed:
        edit(three, "UPDATE runs SET digest = NULL, record_digest = NULL")
    edit(three, f"UPDATE runs SET {column} = ? WHERE rowid = 1", value)
    with Store(three) as store:
        listing = store.listing()
        assert {info.id for info in listing.runs} == {small(1).run_id, small(2).run_id}
        (damaged,) = listing.damaged
        assert damaged.name == ("row-1" if column == "id" else SMALL.run_id) and damaged.reason
        assert [info.queue_position for info in store.queue()] == [1, 2]
        assert store.waiting() == 2 and [info.id for info in store.queue()] == [small(seed).run_id for seed in (1, 2)]
        for act in (store.run, store.resume, store.pause, store.request_cancel, store.claim_run):
            with pytest.raises(DamagedRunError, match="no other run is touched"):
                act(damaged.name)
    assert main(["queue"]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 2 and f"Run {damaged.name} is damaged" in said.err
    assert main(["delete", damaged.name]) == 0
    with Store(three) as store:
        assert store.listing().damaged == [] and len(store.runs()) == 2


def test_a_worker_passes_a_damaged_row_by(three: Path) -> None:
    edit(three, "UPDATE runs SET config = '{' WHERE rowid = 1")
    drain(three)  # ends, though a damaged run is still queued
    with Store(three) as store:
        assert {info.state for info in store.runs()} == {"done"} and store.waiting() == 0
        assert not launcher.ensure_worker(three)
        (damaged,) = store.listing().damaged
        assert damaged.name == SMALL.run_id


def test_a_damaged_row_on_the_page(home: Path, lab: Lab) -> None:
    with Store(home) as store:
        for seed in range(2):
            store.submit(small(seed))
    edit(home, "UPDATE runs SET config = '{' WHERE rowid = 1")
    at = lab()
    assert not at.exception and "1 run in the store cannot be read" in on_screen(at)
    assert SMALL.run_id in on_screen(at) and "its settings are not those" in on_screen(at)
    at.button(key=f"mnist_damaged_{SMALL.run_id}").click().run()
    assert not at.exception and "cannot be read" not in on_screen(at)
    with Store(home) as store:
        assert [info.id for info in store.listing().runs] == [small(1).run_id]


@pytest.mark.parametrize("run_id", ["../../victim", "/victim", "..", "a/b", "", "x" * 300, "a\0b"])
def test_no_path_is_made_from_what_is_no_id(home: Path, run_id: str) -> None:
    for folder in ("locks", "logs", "checkpoints"):
        with pytest.raises(StoreError, match="cannot be the name of a file"):
            inside(home, folder, run_id)
    with pytest.raises(StoreError):
        log_path(home, run_id)


@pytest.mark.parametrize("left_in", ["done", "running", "queued", "paused"])
def test_an_id_that_is_a_path_removes_nothing_outside(home: Path, left_in: str) -> None:
    victim = home.parent / "victim"
    (victim / "0.checkpoint").parent.mkdir()
    (victim / "0.checkpoint").write_text("kept")
    with Store(home) as store:
        store.submit(SMALL)
    (home / "checkpoints").mkdir()
    edit(home, "UPDATE runs SET id = '../../victim', state = ?, digest = NULL", left_in)
    with Store(home) as store:
        (damaged,) = store.listing().damaged
        drain(home)
        store.delete(damaged.name)
        assert store.listing().damaged == []
    assert (victim / "0.checkpoint").read_text() == "kept"
    assert sorted(path.name for path in home.parent.iterdir()) == ["home", "victim"]


def test_a_link_that_leads_out_of_the_home_is_not_followed(home: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for folder in ("logs", "checkpoints"):
        (home / folder).symlink_to(outside)
        with pytest.raises(StoreError, match="is a link that leads to"):
            inside(home, folder, SMALL.run_id)
    with Store(home) as store:
        store.submit(SMALL)
        store.delete(SMALL.run_id)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("kind", range(len(DAMAGES)), ids=[kind.__name__ for kind in DAMAGES])
def test_each_kind_of_damage_ends_in_an_answer_or_a_sentence(home: Path, kind: int) -> None:
    with Store(home) as store:
        for seed in range(3):
            store.claim(config(seed))
            for number in range(3):
                store.add_round(config(seed).run_id, make_round(number))
            store.finish(config(seed).run_id, "done")
        store.submit(config(3))
        store.set_labels_per_round(config(3).run_id, 7)
    with CellStore(home) as cells:
        cells.add(CONFIG, CellResult(CONFIG.run_id, 100, (4,), (50,), (0.5,), 0.1))
    damage(home, kind)
    try:
        with Store(home) as store:
            for info in store.listing().runs:
                assert info.config.run_id == info.id and info.title
                rounds = store.rounds(info.id)
                assert [one.accuracy for one in rounds] == [0.5 + 0.1 * number for number in range(len(rounds))]
        with CellStore(home) as cells:
            assert all(one.hits == (50,) for one in cells.results([CONFIG.run_id]).values())
    except StoreError as error:
        assert len(str(error)) < 1000
