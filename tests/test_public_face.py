"""The public face: names that load on first use, and what importing them costs."""

import ast
import json
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"numpy", "torch", "sklearn", "pandas", "scipy", "pydantic", "matplotlib", "plotly"}
LAZY = [
    "alcore",
    "alcore.datasets",
    "alcore.learners",
    "alcore.loops",
    "alcore.pools",
    "alcore.projects",
    "alcore.report",
    "alcore.runs",
]
FACE = {"ActiveLearner", "Committee", "TorchLearner", "compare", "simulate", "from_arrays", "load_dataset"}
FACE |= {"STRATEGIES", "LEARNERS", "DATASETS", "Pool", "Project", "recommend"}


def fresh(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def parts(package: str) -> tuple[dict[str, str], dict[str, str]]:
    """Name -> module, of the table that is read at run time and of the imports that type checkers read."""
    tree = ast.parse(Path(str(import_module(package).__file__)).read_text(encoding="utf-8"))
    tables = [node.args[1] for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) == 2]
    assert len(tables) == 1
    table = {name: module for module, names in ast.literal_eval(tables[0]).items() for name in names}
    typed = {
        alias.name: str(node.module)
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return table, typed


def is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("package", LAZY)
def test_importing_a_package_loads_no_numerical_library(package: str) -> None:
    loaded = fresh(f"import {package}, sys, json; print(json.dumps(sorted(sys.modules)))")
    found = {name.split(".")[0] for name in json.loads(loaded)}
    assert package.split(".")[0] in found and not found & HEAVY


@pytest.mark.parametrize("package", LAZY)
def test_each_name_is_the_one_of_its_module(package: str) -> None:
    window = import_module(package)
    table, typed = parts(package)
    assert set(window.__all__) == set(table) and len(window.__all__) == len(table) > 3
    assert typed == {name: module for name, module in table.items() if is_there(module)}
    for name, module in typed.items():
        assert getattr(window, name) is vars(import_module(module))[name]
    assert set(table) <= set(dir(window))


def test_the_face_holds_what_the_design_names() -> None:
    assert set(import_module("alcore").__all__) == FACE


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'alcore' has no attribute 'comapre'"):
        _ = import_module("alcore").comapre
    with pytest.raises(ImportError, match="cannot import name 'nothing'"):
        exec("from alcore.loops import nothing")


@pytest.mark.parametrize(
    "first", ["import alcore.compare", "from alcore.compare import RaceComparison", "from alcore import compare"]
)
def test_the_function_compare_is_not_hidden_by_its_module(first: str) -> None:
    code = f"{first}\nfrom alcore import compare\nimport alcore, sys\nassert alcore.compare is compare"
    code += "\nassert compare is sys.modules['alcore.compare'].compare"
    assert fresh(code + "\nprint(type(compare).__name__)").strip() == "function"


def test_the_comparison_of_the_design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second block of the program in the design, with fewer seeds and rounds."""
    monkeypatch.chdir(tmp_path)
    program = """
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from alcore import compare

X, y = load_breast_cancer(return_X_y=True)
y = np.where(y == 1, "benign", "malignant")
model = make_pipeline(StandardScaler(), LogisticRegression())
found = compare(X, y, learner=model, strategies=["margin", "badge"], seeds=4, test=0.3, rounds=3)
print(found)
found.save("race.html")
"""
    names: dict[str, object] = {}
    exec(program, names)
    found = str(names["found"])
    assert all(word in found for word in ("Random", "Margin", "BADGE", "4 paired seeds"))
    page = Path("race.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and "BADGE" in page
