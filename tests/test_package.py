"""The package as others get it: a wheel in an empty environment, first with no extra, then with `paper`.

Needs pytest alone: `pytest --noconftest tests/test_package.py -m package` runs where nothing else is installed.
"""

import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from email.parser import Parser
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Installs in a tenth of the time, where it is there.
UV = shutil.which("uv")
ABSENT = (
    *("torch", "torchvision", "streamlit", "plotly", "matplotlib", "contourpy", "dask", "distributed"),
    *("openpyxl", "pyarrow", "PIL", "wordllama", "skops"),
)

IMPORT = f"""
import sys
import alcore
from importlib.util import find_spec
assert not {{"torch", "sklearn", "numpy"}} & sys.modules.keys()
assert not [name for name in {ABSENT} if find_spec(name)]
print(alcore.__file__)
"""
SESSION = """
from alcore.datasets.catalogue import load_dataset
from alcore.learners.registry import make_learner
from alcore.loops.session import Session
from alcore.strategies.catalogue import STRATEGIES
from pathlib import Path

data = load_dataset("iris", seed=0, home=Path("unused"))
for strategy in STRATEGIES:
    learner = make_learner("logistic", classes=data.classes, seed=0)
    try:
        session = Session(data.x_pool, learner, strategy, seed=0, classes=data.classes)
    except ValueError as error:
        print(strategy, "-", error)
        continue
    first = [int((data.y_pool == label).argmax()) for label in range(data.classes)]
    session.tell(first, data.y_pool[first])
    for _ in range(2):
        rows = session.ask(4)
        session.tell(rows, data.y_pool[rows])
    accuracy = (learner.predict_probs(learner.prepare(data.x_test)).argmax(1) == data.y_test).mean()
    print(strategy, len(session.order), accuracy)
"""

QUICK_START = (
    (ROOT / "tests" / "programs" / "quick_start.py").read_text(encoding="utf-8").replace("seeds=20", "seeds=2")
)
WITHOUT_FIGURES = QUICK_START.replace('curve().save("curve.pdf")', 'curve().save("curve.json")').replace(
    'found.save("race.html")', 'found.save("race.csv")\nfound.save("race.json")'
)
# What the public face says of an extra that is missing; the file is what is written where it is there.
MISSING = """
from alcore import ActiveLearner
from alcore.extras import MissingExtraError
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

X, y = load_iris(return_X_y=True)
learner = ActiveLearner(GaussianNB(), X, test=(X, y))
learner.tell(range(0, 150, 10), y[::10])

def torch_learner():
    from alcore import TorchLearner

for call in (
    lambda: learner.curve().save("drawn.svg"),
    lambda: learner.curve().save("drawn.html"),
    lambda: ActiveLearner("mlp", X),
    torch_learner,
):
    try:
        call()
    except MissingExtraError as error:
        print(error)
"""

Shell = Callable[..., subprocess.CompletedProcess[str]]


def checked(*words: str | Path) -> None:
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: a build leaves folders behind, and would take along what an earlier one left."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "alcore", source / "alcore", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    if UV:
        checked(UV, "build", "-q", "--wheel", "-o", out, source)
    else:
        checked(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", out, source)
    (built,) = out.glob("*.whl")
    return built


@pytest.mark.package
def test_what_a_wheel_holds(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        says = Parser().parsestr(archive.read(metadata).decode())
    # Everything that lies in the package, data and marker of types included; no screens, no tests.
    here = {path for path in (ROOT / "alcore").rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert names == {path.relative_to(ROOT).as_posix() for path in here} and "alcore/py.typed" in names
    bare = [line for line in says.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert not [line for line in bare if line.startswith(ABSENT)]
    assert {"torch", "dashboard", "paper", "cluster", "label", "text", "all"} <= set(says.get_all("Provides-Extra", []))


@pytest.mark.package
def test_a_wheel_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    venv, user = tmp_path / "venv", tmp_path / "user"
    user.mkdir()
    checked(sys.executable, "-m", "venv", "--without-pip", venv)
    bin_ = venv / ("Scripts" if os.name == "nt" else "bin")
    surroundings = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "XDG_", "ALCORE_")) and name != "VIRTUAL_ENV"
    } | {"HOME": str(user), "LOCALAPPDATA": str(user), "PYTHONWARNINGS": "error"}

    def pip(*words: str | Path) -> None:
        python = ("--python", bin_ / "python")
        with_pip = (sys.executable, "-m", "pip", *python, "install", "-q", "--no-compile")
        checked(*(UV, "pip", "install", "-q", *python) if UV else with_pip, *words)

    def shell(*words: str | Path) -> subprocess.CompletedProcess[str]:
        program, *rest = map(str, words)
        return subprocess.run(
            [str(bin_ / program), *rest],
            cwd=user,
            env=surroundings,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    pip(wheel)
    run_id = check_bare(shell, venv, user)
    # The command that the sentence gives, word for word.
    told = shell("alcore", "export", run_id, "--out", "run.pdf")
    assert (told.returncode, told.stdout) == (2, "")
    sentence, _, command = told.stderr.partition("pip install ")
    assert sentence == "This needs matplotlib, which is not installed. Install it with: "
    pip(*shlex.split(command))
    check_paper(shell, run_id, user)


def check_bare(shell: Shell, venv: Path, user: Path) -> str:
    """All that needs no extra works, the rest is a sentence; returns the id of a run."""
    imported = shell("python", "-c", IMPORT)
    assert imported.returncode == 0, imported.stderr
    site = Path(imported.stdout.strip()).parents[1]
    assert site.is_relative_to(venv)

    presets = shell("alcore", "presets")
    assert (presets.returncode, presets.stderr) == (0, "") and "blobs-arena" in presets.stdout
    assert shell("python", "-m", "alcore", "presets").stdout == presets.stdout
    assert shell("alcore", "--help").stdout.startswith("usage: alcore ")

    asked = shell("python", "-c", SESSION)
    assert asked.returncode == 0, asked.stderr
    learned = [line.split() for line in asked.stdout.splitlines() if " - " not in line]
    assert len(learned) > 15
    assert {labels for _, labels, _ in learned} == {"11"}
    assert median(float(accuracy) for _, _, accuracy in learned) > 0.6  # of three classes

    program = shell("python", "-c", WITHOUT_FIGURES)
    assert program.returncode == 0, program.stderr
    assert "2 paired seeds" in program.stdout
    assert all((user / name).stat().st_size > 500 for name in ("curve.csv", "curve.json", "race.csv", "race.json"))
    missing = shell("python", "-c", MISSING)
    assert missing.returncode == 0, missing.stderr
    assert [line.split()[-1] for line in missing.stdout.splitlines()] == [
        *2 * ['"alcore[paper]"'],
        *2 * ['"alcore[torch]"'],
    ]
    assert missing.stdout.count("which is not installed. Install it with: pip install") == 4

    done = shell("alcore", "run", "blobs-arena", "--rounds", "3")
    assert done.returncode == 0, done.stderr
    run_id = done.stdout.split()[1]
    for ending in ("csv", "json"):
        assert shell("alcore", "export", run_id, "--out", f"run.{ending}").returncode == 0
        assert (user / f"run.{ending}").stat().st_size > 100
    raced = shell(*TOURNAMENT)
    assert raced.returncode == 2 and raced.stderr.rstrip().endswith('pip install "alcore[paper]"')
    assert (user / "race" / "standings.csv").is_file()

    network = shell("alcore", "run", "blobs-arena", "--set", "learner=mlp")
    assert (network.returncode, network.stdout) == (2, "")
    assert network.stderr.startswith("This needs torch, which is not installed.")
    assert network.stderr.endswith('pip install "alcore[torch]"\n')

    # Results are the user's: they are not beside the package, and outlive it.
    stores = [path for path in user.rglob("runs.sqlite") if path.parent.name == "alcore"]
    assert len(stores) == 1 and not (site / "data").exists() and not list(venv.rglob("runs.sqlite"))
    return run_id


def check_paper(shell: Shell, run_id: str, user: Path) -> None:
    """What is drawn can be written, and the program of the README runs as a whole."""
    program = shell("python", "-c", QUICK_START)
    assert program.returncode == 0, program.stderr
    assert (user / "curve.pdf").read_bytes().startswith(b"%PDF")
    assert (user / "race.html").read_bytes().startswith(b"<!DOCTYPE html>")
    for ending, sign in (("pdf", b"%PDF"), ("html", b"<html")):
        told = shell("alcore", "export", run_id, "--out", f"run.{ending}")
        assert told.returncode == 0, told.stderr
        assert sign in (user / f"run.{ending}").read_bytes()
    raced = shell(*TOURNAMENT)
    assert raced.returncode == 0, raced.stderr
    names = shell("python", "-c", "from alcore.report.export.tournament import NAMES; print(*NAMES, sep='\\n')")
    assert {path.name for path in (user / "race").iterdir()} == set(names.stdout.splitlines()) != set()


TOURNAMENT = (
    *("alcore", "tournament", "--strategies", "margin", "--datasets", "iris", "--seeds", "2"),
    *("--rounds", "2", "--jobs", "1", "--out", "race"),
)
