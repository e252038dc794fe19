"""Imports that the contracts in pyproject.toml cannot state: what runs on import, and what one module alone may use."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = sorted((ROOT / "alcore").rglob("*.py"))
SCREENS = [ROOT / "dashboard.py", *sorted((ROOT / "pages").rglob("*.py"))]


def on_import(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs on import: not function bodies, not `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from on_import(child)


@cache
def imports(path: Path, *, on_import_only: bool = False) -> frozenset[str]:
    """The modules that a file names in its import statements; `from a import b` names a and a.b."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in on_import(tree) if on_import_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names)


def users_of(*packages: str, of: list[Path], on_import_only: bool = False) -> set[str]:
    """The files that import one of these packages."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in of
        for name in imports(path, on_import_only=on_import_only)
        if any(name == package or name.startswith(f"{package}.") for package in packages)
    }


def test_only_torch_learners_and_the_device_load_torch_on_import() -> None:
    users = users_of("torch", "torchvision", of=LIBRARY, on_import_only=True)
    assert "alcore/learners/torch/learner.py" in users
    assert {path for path in users if not path.startswith("alcore/learners/torch/")} <= {"alcore/device.py"}


def test_only_data_sets_open_addresses() -> None:
    users = users_of("urllib.request", "torchvision", of=LIBRARY + SCREENS)
    assert {path for path in users if not path.startswith("alcore/datasets/")} <= {"alcore/device.py"}


def test_only_endpoints_of_projects_are_sent_anything() -> None:
    assert users_of("http.client", "socket", of=LIBRARY + SCREENS) == {"alcore/projects/annotators/chat.py"}


def test_only_contours_are_made_by_contourpy() -> None:
    users = users_of("contourpy", of=LIBRARY + SCREENS)
    assert users <= {"alcore/report/contours.py", "alcore/report/interactive/arena/figure.py"}


def test_screens_start_no_threads() -> None:
    users = users_of("threading", "contourpy", of=SCREENS)
    assert users <= {"pages/shared/export_panel.py"}  # which waits for the one that it starts


def test_the_home_screen_imports_nothing_heavy() -> None:
    """The first paint waits for what dashboard.py and the shared frame import."""
    first = [ROOT / "dashboard.py", ROOT / "pages/shared/frame.py"]
    assert not users_of("sklearn", "pandas", "scipy", "alcore.learners", "alcore.report", of=first)


def test_no_folder_is_a_heap() -> None:
    folders = {path.parent for part in ("alcore", "pages", "tests") for path in (ROOT / part).rglob("*.py")}
    modules = {folder: sorted(one.name for one in folder.glob("*.py") if one.stem != "__init__") for folder in folders}
    assert {str(folder.relative_to(ROOT)): len(some) for folder, some in modules.items() if len(some) > 25} == {}
