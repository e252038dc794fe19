"""Optional packages: declared, imported where a missing one is explained, and explained."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from alcore.cli.main import main
from alcore.extras import EXTRA_OF, MissingExtraError, optional_imports, require
from alcore.report.export.tournament import NAMES
from alcore.runs.presets import PRESETS
from alcore.runs.store.store import Store

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = sorted((ROOT / "alcore").rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ABSENCE = f"""
import sys
class Absence:
    def find_spec(name, path=None, target=None):
        if name.split(".")[0] in {sorted({*EXTRA_OF, "streamlit"})}:
            raise ModuleNotFoundError(name=name)
sys.meta_path.insert(0, Absence)
"""


def by_name(lines: list[str]) -> dict[str, Requirement]:
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): one for one in found}


def third_party(node: ast.AST, guarded: bool = False) -> Iterator[tuple[str, bool]]:
    """Every package imported that is not ours or Python's, and whether its lack is explained there."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        names = [alias.name for alias in child.names] if isinstance(child, ast.Import) else []
        if isinstance(child, ast.ImportFrom):
            names = [child.module or ""]
        for package in {name.split(".")[0] for name in names}:
            if package != "alcore" and package not in sys.stdlib_module_names:
                yield package, guarded
        inside = isinstance(child, ast.With) and ast.unparse(child.items[0]) == "optional_imports()"
        yield from third_party(child, guarded or inside)


def without_extras(code: str) -> str:
    """What a fresh process prints in which no optional package can be found; it must end well."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ABSENCE + code], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_is_imported_is_declared() -> None:
    distributions, core = packages_distributions(), by_name(PROJECT["dependencies"])
    for path in LIBRARY:
        for package, guarded in third_party(ast.parse(path.read_text(encoding="utf-8"))):
            if package in EXTRA_OF:
                assert guarded, f"{path}: import {package} within `with optional_imports():`"
            else:
                names = {canonicalize_name(name) for name in distributions[package]}
                assert names & core.keys(), f"{path}: {package} is not in the dependencies of pyproject.toml"
    assert set(EXTRA_OF.values()) <= set(EXTRAS)


def test_pins_lie_in_the_ranges() -> None:
    """requirements.txt and pyproject.toml speak of the same packages, and agree."""
    extras = (*EXTRAS["torch"], *EXTRAS["dashboard"], *EXTRAS["label"], *EXTRAS["text"], *EXTRAS["fast"])
    declared = by_name([*PROJECT["dependencies"], *extras])
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    tested = by_name([line for line in lines if line and not line.startswith("#")])
    assert tested.keys() == declared.keys()
    for name, range_ in declared.items():
        pins = [one.version for one in tested[name].specifier if one.operator == "=="]
        agrees = all(map(range_.specifier.contains, pins)) if pins else tested[name].specifier == range_.specifier
        assert agrees, f"{name}: {tested[name]} is tested, {range_} is declared"
    assert by_name(EXTRAS["paper"]).items() <= declared.items()
    assert by_name(EXTRAS["all"])["alcore"].extras == EXTRAS.keys() - {"all"}


def test_a_missing_package_names_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(package: str) -> None:
        raise ModuleNotFoundError(name=package)

    monkeypatch.setattr("alcore.extras.find_spec", lambda package: None)
    for package, extra in EXTRA_OF.items():
        for tree, command in (
            (None, f'pip install "alcore[{extra}]"'),
            (Path("/tree"), f'pip install -e "/tree[{extra}]"'),
        ):
            monkeypatch.setattr("alcore.extras.checkout", lambda tree=tree: tree)
            for attempt in (fail, require):
                with pytest.raises(MissingExtraError) as found, optional_imports():
                    attempt(package)
                sentence = f"This needs {package}, which is not installed. Install it with: {command}"
                assert (str(found.value), found.value.name) == (sentence, package)


def test_other_errors_of_an_import_pass_unchanged() -> None:
    for error in (
        ModuleNotFoundError("No module named 'numbers_of_mine'", name="numbers_of_mine"),
        ModuleNotFoundError("No module named 'torch.func'", name="torch.func"),  # torch is there, too old
        ImportError("libcudart.so is missing", name="torch"),
    ):
        with pytest.raises(ImportError) as found, optional_imports():
            raise error
        assert found.value is error
    require("torch")


def test_every_module_loads_or_says_what_it_needs() -> None:
    """Only what draws, and what is a network, needs an optional package."""
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in LIBRARY]
    told = without_extras(f"""
import importlib
for name in {[name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]}:
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(type(error).__name__, error.name, name)
""")
    lacking = [line.split() for line in told.splitlines()]
    assert {kind for kind, _, _ in lacking} == {"MissingExtraError"}
    layers = {(package, module.split(".")[1]) for _, package, module in lacking}
    drawing = {(package, "report") for package in ("plotly", "matplotlib", "contourpy")}
    assert layers == drawing | {("torch", "learners")}


def test_networks_clusters_and_downloads_say_what_they_need() -> None:
    told = without_extras("""
import numpy
from pathlib import Path
from alcore.datasets.mnist import fetch_mnist
from alcore.datasets.sources import read_source
from alcore.datasets.texts import read_texts
from alcore.learners.registry import make_learner
from alcore.pools import build_index, on_dask, open_source
from alcore.projects.model.features import FeatureChoice, features_of
from alcore.runs.tournament.run import dask_pool
assert len(read_source(b"a,b\\nx,y\\n", "a.csv")) == 1
make_learner("logistic", classes=2, seed=0)
for lacking in (
    lambda: make_learner("mlp", classes=2, seed=0),
    lambda: dask_pool("tcp://127.0.0.1:1"),
    lambda: fetch_mnist("mnist", Path("nowhere")),
    lambda: read_source(b"PAR1", "a.parquet"),
    lambda: read_source(b"PK\\3\\4", "a.xlsx"),
    lambda: read_source(b"PK\\3\\4", "a.zip"),
    lambda: features_of(read_texts(b"words", "a.txt"), FeatureChoice("wordllama")),
    lambda: on_dask("tcp://127.0.0.1:1"),
    lambda: open_source("a.parquet"),
    lambda: build_index(open_source(numpy.ones((2, 2))), Path("nowhere")),
):
    try:
        lacking()
    except ImportError as error:
        print(error)
""")
    extras = [line.split("[")[-1] for line in told.splitlines()]
    assert [line.strip(']"') for line in extras] == [
        *("torch", "cluster", "torch", "label", "label", "label", "text", "cluster", "label", "scale")
    ]


def test_commands_say_what_they_need(home: Path, tmp_path: Path) -> None:
    tournament = ["tournament", "--strategies", "margin", "--datasets", "iris"]
    tournament += ["--seeds", "2", "--rounds", "2"]
    told = without_extras(f"""
from alcore.cli.main import main
sys.stderr = sys.stdout
for words in (
    ["run", "blobs-arena", "--set", "learner=mlp"],
    {[*tournament, "--learners", "mlp"]},
    {[*tournament, "--dask", "tcp://127.0.0.1:1"]},
):
    print(main(words))
print(main({[*tournament, "--jobs", "1", "--out", str(tmp_path / "out")]}))
""").splitlines()
    assert [line.split(", which")[0] for line in told[:6]] == [
        *("This needs torch", "2", "This needs torch", "2", "This needs distributed", "2")
    ]
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"tournament.json", "standings.tex"} | {name for name in NAMES if name.endswith(".csv")}
    assert told[-3].endswith(f"{len(written)} files.")
    assert told[-2].startswith("This needs matplotlib, which is not installed.") and told[-1] == "2"


def test_a_failed_run_goes_on_once_its_package_is_installed(home: Path) -> None:
    """A worker has no terminal to refuse on: the run fails with the sentence, and can be resumed."""
    with Store(home) as store:
        config = PRESETS["blobs-arena"].config.model_copy(update={"learner": "mlp", "rounds": 1})
        run_id = store.submit(config).id
    without_extras(f"from alcore.runs.worker.main import main; main(['--home', {str(home)!r}])")
    with Store(home) as store:
        info = store.run(run_id)
    assert info.state == "failed" and info.error is not None
    assert info.error.startswith("This needs torch, which is not installed. Install it with: pip install ")
    assert main(["resume", run_id]) == 0
