"""Generated addresses over all screens: exceptions shown, and parameters neither followed nor told about."""

import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator
from streamlit.testing.v1 import AppTest

from pages.shared.markdown import plain
from tests.benchmarks.measure import Result, hardware
from tests.support.lab import finished, without_processes
from tests.support.screens import controls as controls_of

ADDRESSES, SECONDS = 1000, 60
_ROOT = Path(__file__).resolve().parents[3]
# Screen -> settings that keep it cheap. Of these a generated address gives no large value.
SCREENS: dict[str, dict[str, str]] = {
    "dashboard.py": {},
    "pages/arena.py": {
        **{"arena_points": "100", "arena_rounds": "3", "arena_paired": "2", "arena_batch": "1"},
        **{"arena_outliers": "0", "arena_duplicates": "0", "arena_seeds": "4"},
    },
    "pages/batch_explorer.py": {
        **{"batch_points": "100", "batch_size": "5", "batch_duplicates": "0", "batch_rounds": "2"},
        **{"batch_seeds": "5", "batch_outliers": "0", "batch_labelled": "5"},
    },
    "pages/mnist.py": {},
    "pages/failure_modes.py": {},
    "pages/strategies.py": {"strategies_points": "200", "strategies_labelled": "10"},
    "pages/scenarios.py": {
        **{"settings_points": "150", "settings_labels": "5", "settings_paired": "1"},
        **{"settings_digits_first": "16", "settings_digits_batch": "2", "settings_digits_rounds": "1"},
        **{"settings_starts": "1", "settings_first": "4"},
    },
    "pages/tournament.py": {},
    "pages/label.py": {},
}
# Settings under which other controls come into sight; nor does it give other sensible values of these.
VIEWS: dict[str, tuple[dict[str, str], ...]] = {
    "pages/arena.py": (
        {},
        {"arena_show": "why"},
        {"arena_show": "you"},
        {"arena_target": "accuracy"},
        {"arena_target": "share"},
    ),
    "pages/batch_explorer.py": ({}, {"batch_show": "own"}, {"batch_show": "buys"}),
    "pages/mnist.py": (
        {},
        {"mnist_experiment": "Own values", "mnist_until": "steps"},
        {"mnist_experiment": "Own values", "mnist_learner": "mlp", "mnist_stoptarget": "true"},
        {"mnist_look": "map"},
        {"mnist_look": "mistakes"},
    ),
    "pages/failure_modes.py": tuple(
        {"clinic_ward": one}
        | {f"clinic_{one}_{name}": value for name, value in (("paired", "5"), ("rounds", "10"), ("points", "100"))}
        for one in ("calibration", "bias", "outliers", "cold")
    ),
    "pages/strategies.py": ({}, {"strategies_section": "simplex"}, {"strategies_section": "doubt"}),
    "pages/scenarios.py": ({}, {"settings_section": "stream"}, {"settings_section": "synthesis"}),
    "pages/label.py": tuple(
        {"label_view": one} for one in ("label", "map", "items", "again", "evidence", "routing", "classes", "own")
    ),
}
# Parameters without a control of their own: not among the controls on the screen.
OWN = {
    "pages/arena.py": {"arena_point": "Point", "arena_question": "Question"},
    "pages/batch_explorer.py": {"batch_own": "Your own batch", "batch_alpha": "Alpha"},
    "pages/mnist.py": {
        **{"mnist_run": "Run", "mnist_round": "Round", "mnist_point": "image", "mnist_compare": "Past runs"},
    },
}
TEXTS = (
    *("", "0", "-1", "2.5", " 3 ", "1_0", "0x10", "1e400", "-1e400", "nan", "inf", "9" * 30, "9" * 5000),
    *("٣", "²", "½", "\0", "5\0", "a\nb", "\u202eabc", "\ud7ff\uffff", "é" * 300, "x" * 100_000),
    *("true", "None", "[]", "{}", "1-2-3", "1,2,3", "%00", "lambda: 0", "' OR 1=1 --", "../../etc/passwd"),
    *("<b>bold</b>", "<script>alert(1)</script>", "[x](http://example.org)", "**x** $y$ :red[z]", "`a`|b|c"),
)


@dataclass(frozen=True)
class Control:
    """A control on a screen: its label and values that it takes."""

    label: str
    good: tuple[str, ...]


def run(addresses: int | None = None) -> list[Result]:
    """Open so many addresses, as many on each screen; `ADDRESSES`, or the environment variable FUZZ."""
    addresses = addresses or int(os.environ.get("FUZZ", ADDRESSES))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALCORE_HOME", folder)
        without_processes(patch)
        run_id = finished(Path(folder)).run_id
        rng = np.random.default_rng(0)
        share = -(-addresses // len(SCREENS))
        rows = [_screen(path, share, run_id, rng) for path in SCREENS]
    sums = {key: sum(row[key] for row in rows) for key in ("addresses", "parameters", *FATES)}
    slowest = max(rows, key=lambda row: row["seconds_of_the_slowest"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return [
        *rows,
        {"screen": "all", **sums}
        | {key: slowest[key] for key in ("seconds_of_the_slowest", "slowest")}
        | {"peak_memory_mb": peak, "hardware": hardware()},
    ]


# A sentence that tells of the address has one of these.
SIGNS = ("the link", "without effect on this screen", "in the address", "is used", "asked about nothing")
FATES = ("followed", "told", "empty", "silent", "exceptions", "too_slow")


def _screen(path: str, addresses: int, run_id: str, rng: Generator) -> Result:
    views = VIEWS.get(path, ({},))
    always = SCREENS[path] | ({"mnist_run": run_id} if path == "pages/mnist.py" else {})
    controls = [_controls(_open(path, always | view), always | view) for view in views]
    counts: Counter[str] = Counter(addresses=addresses)
    found: list[str] = []
    slowest, where = 0.0, ""
    for number in range(addresses):
        view, known = views[number % len(views)], controls[number % len(views)]
        known = known | {key: Control(label, ("3", "0")) for key, label in OWN.get(path, {}).items()}
        given = _address(known, always | view, rng)
        started = time.perf_counter()
        try:
            at = _open(path, always | view | given)
        except RuntimeError:
            counts["too_slow"] += 1
            found.append(f"over {SECONDS} s: {_short(view | given)}")
            continue
        spent = time.perf_counter() - started
        if spent > slowest:
            slowest, where = spent, _short(view | given)
        counts["parameters"] += len(given)
        if at.exception:
            counts["exceptions"] += 1
            found.append(f"exception {at.exception[0].message[:100]}: {_short(view | given)}")
            continue
        for key, texts in given.items():
            fate = _fate(at, key, texts, known.get(key))
            counts[fate] += 1
            if fate == "silent":
                found.append(f"silent: {key} of {_short(view | given)}")
    print(f"{path}: {dict(counts)}, slowest {slowest:.1f} s\n  " + "\n  ".join(found), flush=True)
    return {
        "screen": path,
        **{key: counts[key] for key in ("addresses", "parameters", *FATES)},
        "found": found[:20],
        "seconds_of_the_slowest": round(slowest, 1),
        "slowest": where,
    }


def _open(path: str, params: Mapping[str, Any]) -> AppTest:
    at = AppTest.from_file(str(_ROOT / "dashboard.py"), default_timeout=SECONDS)
    if path != "dashboard.py":
        at.switch_page(path)
    at.query_params.update(params)
    return at.run()


def _controls(at: AppTest, cheap: Mapping[str, str]) -> dict[str, Control]:
    """What the address can set on this screen."""
    found = {}
    for one in controls_of(at):
        if not one.key or one.key.startswith("_"):
            continue
        if one.key in cheap:
            good: tuple[str, ...] = (cheap[one.key],)
        elif one.type in ("slider", "number_input"):
            good = (str(one.min), str(one.max), str(one.value))
        elif one.type == "toggle":
            good = ("true", "no")
        else:
            good = tuple(_labels(one)) or ("1 1 2",)
        found[one.key] = Control(one.label, good)
    return found


def _address(known: Mapping[str, Control], cheap: Mapping[str, str], rng: Generator) -> dict[str, list[str]]:
    """One to four parameters: most known, each with a value that fits or any text, now and then repeated."""
    given: dict[str, list[str]] = {}
    for _ in range(rng.integers(1, 5)):
        strange = not known or rng.random() < 0.1
        key = f"{'<b>' if rng.random() < 0.3 else ''}unknown_{rng.integers(9)}" if strange else None
        key = key or str(rng.choice(sorted(known)))
        good = known[key].good if key in known else ("1",)
        count = 1 if rng.random() < 0.85 else int(rng.integers(2, 5))
        texts = [
            good[rng.integers(len(good))] if rng.random() < 0.4 else TEXTS[rng.integers(len(TEXTS))]
            for _ in range(count)
        ]
        given[key] = [text if _is_cheap(text, cheap.get(key)) else good[0] for text in texts]
    return given


def _is_cheap(text: str, most: str | None) -> bool:
    try:
        return most is None or not float(text) > float(most)
    except ValueError:
        return True


def _fate(at: AppTest, key: str, texts: list[str], control: Control | None) -> str:
    """What became of a parameter; "silent" where it is neither followed nor named in a sentence."""
    said = [line for one in (*at.warning, *at.caption, *at.error) for line in one.value.lower().splitlines()]
    names = [plain(key), *([control.label, plain(control.label)] if control else [])]
    if any(sign in line and name.lower() in line for line in said for sign in SIGNS for name in names):
        return "told"
    wanted = [text for text in dict.fromkeys(texts) if text.strip()]
    if not wanted:
        return "empty"
    stands = [
        words for one in controls_of(at) if one.key in (key, f"_{key}") for words in (_stands(one), [str(one.value)])
    ]
    if control is not None and not stands:
        # It has no control of its own: what is followed stays in the address.
        held = at.query_params.get(key, [])
        stands.append([held] if isinstance(held, str) else held)
    return "followed" if any(_same(wanted, one) for one in stands) else "silent"


def _stands(one: Any) -> list[str]:
    """Where a control stands, in the words of an address."""
    if one.type == "toggle":
        return ["true" if one.value else "false"]
    if one.type == "selectbox":
        return [_labels(one)[one.index]]
    if one.type in ("multiselect", "button_group"):
        return [_labels(one)[index] for index in one.indices]
    return [str(one.value)]


def _labels(one: Any) -> list[str]:
    options = getattr(one, "options", [])
    return [option if isinstance(option, str) else option.content for option in options]


def _same(wanted: list[str], stands: list[str]) -> bool:
    words = {"1": "true", "yes": "true", "on": "true", "0": "false", "no": "false", "off": "false"}
    if len(wanted) == len(stands) == 1:
        try:
            if float(wanted[0]) == float(stands[0]):
                return True
        except ValueError:
            pass
    plain_words = [text.strip().lower() for text in wanted]
    return [words.get(one, one) if stands[:1] in (["true"], ["false"]) else one for one in plain_words] == [
        one.lower() for one in stands
    ]


def _short(params: Mapping[str, Any]) -> str:
    return repr({key: str(value)[:40] for key, value in params.items()})[:200]
