"""The export panel: one button a format, files made on the press, names that say what is inside."""

import json
from functools import partial
from types import SimpleNamespace

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.testing.v1 import AppTest

from alcore.report.curves import curve_frame
from alcore.report.export.curves import FORMATS
from pages.shared.export_panel import _kept, file_stem

SCRIPT = """
from alcore.report.curves import curve_frame
from pages.shared.export_panel import export_panel

rows = [
    {"run": name, "strategy": name, "seed": 0, "round": i, "labels": 10 + i, "accuracy": 0.5 + i / 10,
     "train_loss": None, "seconds": 0.1}
    for name in STRATEGIES for i in range(3)
]
export_panel(curve_frame(rows), [{"seed": 0}], key="arena", title="A race")
"""


def opened(*strategies: str) -> AppTest:
    return AppTest.from_string(f"STRATEGIES = {strategies!r}\n{SCRIPT}", default_timeout=30).run()


def test_one_button_a_format() -> None:
    at = opened("entropy", "random")
    assert not at.exception
    buttons = at.download_button
    assert [button.key for button in buttons] == [f"arena_export_{fmt}" for fmt in FORMATS]
    assert not any(button.disabled for button in buttons)


def test_a_file_that_was_made_outlasts_the_runs_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    files = MediaFileManager(MemoryMediaFileStorage("/media"))
    monkeypatch.setattr(
        "pages.shared.export_panel.runtime",
        SimpleNamespace(exists=lambda: True, get_instance=lambda: SimpleNamespace(media_file_mgr=files)),
    )
    make = partial(_kept, lambda: b"1,2", "text/csv", "numbers.csv", "export", None)
    address = files.execute_deferred(files.add_deferred(make, "text/csv", "1.2", file_name="numbers.csv"))
    number = address.rpartition("/")[2].partition(".")[0]
    for _ in range(4):
        files.remove_orphaned_files()
    found = files.read_file(number)
    assert found is not None and found.content == b"1,2"
    files.clear_session_refs("dontcare")
    for _ in range(2):
        files.remove_orphaned_files()
    assert files.read_file(number) is None


def test_without_a_round_there_is_nothing_to_open() -> None:
    at = opened()
    assert not at.exception
    assert at.get("popover")[0].proto.popover.disabled


@pytest.mark.parametrize(
    ("strategies", "seeds", "stem"),
    [
        (["entropy"], [0], "alcore-arena-entropy-seed0"),
        (["k_center", "random"], [7], "alcore-arena-k-center-random-seed7"),
        (["entropy"], [0, 1, 2], "alcore-arena-entropy-3-seeds"),
        (["a", "b", "c", "d"], [0], "alcore-arena-4-strategies-seed0"),
    ],
)
def test_file_names(strategies: list[str], seeds: list[int], stem: str) -> None:
    rows = [
        {"run": f"{name}{seed}", "strategy": name, "seed": seed, "round": 0, "labels": 10}
        | {"accuracy": 0.5, "train_loss": None, "seconds": 0.1}
        for name in strategies
        for seed in seeds
    ]
    assert file_stem(curve_frame(rows), "arena") == stem
    when = f"seed{seeds[0]}" if len(seeds) == 1 else f"{len(seeds)}-seeds"
    assert file_stem(curve_frame(rows), "clinic", "cold-start") == f"alcore-clinic-cold-start-{when}"
    # The frame has one seed, the figure a mean over more.
    assert file_stem(curve_frame(rows), "scenarios", "stream", 20) == "alcore-scenarios-stream-20-seeds"


def test_a_picture_for_slides_is_as_wide_as_a_slide_unless_a_width_is_chosen() -> None:
    def widths(at: AppTest) -> dict[str, tuple[float, float]]:
        assert not at.exception
        return {fmt: tuple(size) for fmt, size in json.loads(at.text[0].value).items()}

    at = AppTest.from_string(SIZES, default_timeout=30).run()
    assert widths(at) == {"png": (254, 16), "svg": (175, 8), "pdf": (85, 8)}
    at.segmented_control(key="arena_columns").set_value("one").run()
    assert set(widths(at).values()) == {(85, 8)}
    at.segmented_control(key="arena_columns").set_value("slide").run()
    assert set(widths(at).values()) == {(254, 16)}


SIZES = """
import json
import streamlit as st
from pages.shared import export_panel

sizes = {}

def noted(label, make, file_name, *, key):
    fmt = file_name.rpartition(".")[2]
    if fmt in ("png", "svg", "pdf"):
        sizes[fmt] = (make.keywords["width_mm"], make.keywords["font_pt"])

kept, export_panel.download = export_panel.download, noted
try:
    export_panel.all_formats("arena", lambda fmt, **size: b"", "stem")
finally:
    export_panel.download = kept
st.text(json.dumps(sizes))
"""
