"""Who may import whom, read from the source with ast so that no import has to run."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = sorted((ROOT / "alcore").rglob("*.py"))
SCREENS = [ROOT / "dashboard.py", *sorted((ROOT / "pages").rglob("*.py"))]

PLUMBING = {"device", "extras", "home", "lazy", "rng"}
STATISTICS = {f"report.{part}" for part in ("intervals", "bounded", "phases", "targets", "comparison", "statistics")}
TOURNAMENT = {"report.tournament", "report.measures"}
LAB = {"report.differences", "report.lab"}
REPORT_BASE = {"report.curves", "report.palette", *STATISTICS, *TOURNAMENT, *LAB}
# Module (longest matching prefix) -> what of ours it may import beside its own subpackage.
MAY_IMPORT: dict[str, set[str]] = {
    "device": {"extras"},
    "extras": {"home"},
    "rng": set(),
    "home": set(),
    "lazy": set(),
    "strategies": {"rng"},
    "learners": {"rng", "device", "extras", "lazy"},
    "datasets": {"rng", "device", "home", "lazy"},
    "loops": {"strategies", "learners", "datasets", *PLUMBING},
    "runs": {"loops", "strategies", "learners", "datasets", "report.curves", *PLUMBING},
    "report": {"extras", "lazy"},
}
# Inside report screens and print are drawn from the same curves and know nothing of one another;
# export puts them together.
REPORT_INSIDE: dict[str, set[str]] = {
    "report.palette": set(),
    "report.bands": set(),
    "report.curves": {"report.bounded", "report.palette"},
    "report.intervals": set(),
    "report.bounded": {"report.intervals"},
    "report.phases": set(),
    "report.wording": {"report.intervals"},
    "report.targets": {"report.intervals", "report.wording"},
    "report.comparison": STATISTICS,
    "report.verdicts": {*STATISTICS, "report.wording"},
    "report.sentences": {*STATISTICS, "report.wording", "report.verdicts"},
    "report.statistics": {*STATISTICS, "report.sentences"},
    "report.figures": {*REPORT_BASE, "report.bands", "report.buys", "report.figures"},
    "report.print": {*REPORT_BASE, "report.print", "report.scene"},
}
NETWORK = {"urllib.request", "http", "socket", "ftplib", "requests", "httpx", "aiohttp"}


def name_of(path: Path) -> str:
    """`alcore/report/curves.py` -> "report.curves"; a package's __init__ is the package."""
    parts = list(path.relative_to(ROOT / "alcore").with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def absolute(node: ast.ImportFrom, path: Path) -> str:
    """The module of a `from` import, dots resolved."""
    if not node.level:
        return node.module or ""
    package = path.relative_to(ROOT).parent.parts
    base = package[: len(package) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def modules(node: ast.AST, path: Path) -> list[str]:
    """What an import statement names; `from a import b` names both a and a.b."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = absolute(node, path)
        return [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return []


def at_module_level(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs on import: not function bodies, not `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from at_module_level(child)


@cache
def imports(path: Path, *, on_import_only: bool = False) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = at_module_level(tree) if on_import_only else ast.walk(tree)
    return frozenset(name for node in nodes for name in modules(node, path))


def uses(path: Path, *packages: str, on_import_only: bool = False) -> list[str]:
    return [
        name
        for name in imports(path, on_import_only=on_import_only)
        if any(name == package or name.startswith(package + ".") for package in packages)
    ]


def in_group(name: str, groups: set[str]) -> bool:
    return any(name == group or name.startswith(group + ".") for group in groups)


def is_ours(name: str) -> bool:
    """Is this dotted name (without "alcore.") a module of the library, rather than a name in one?"""
    path = ROOT.joinpath("alcore", *name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def label(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", LIBRARY, ids=label)
def test_library_layers(path: Path) -> None:
    name = name_of(path)
    layer = name.split(".")[0]
    if layer in (
        "",
        "__main__",
        "compare",
        "simulation",
    ):  # the public face and the command line stand above every layer
        return
    assert layer in MAY_IMPORT, f"{label(path)} belongs to no layer of MAY_IMPORT"
    ours = {full.removeprefix("alcore.") for full in uses(path, "alcore") if full != "alcore"}
    ours = {module for module in ours if is_ours(module)}
    allowed = MAY_IMPORT[layer] | {layer}
    # `from alcore.report import curves` also names the package itself: that loads nothing else.
    parents = {group.split(".")[0] for group in allowed}
    strangers = sorted(module for module in ours if not in_group(module, allowed) and module not in parents)
    assert not strangers, f"{label(path)} may not import {strangers}"
    inside = next((REPORT_INSIDE[key] for key in REPORT_INSIDE if name.startswith(key)), None)
    if inside is not None:
        siblings = sorted(m for m in ours if m not in ("report", "extras", name) and not m.startswith(tuple(inside)))
        assert not siblings, f"{label(path)} may not import {siblings}"


@pytest.mark.parametrize("path", LIBRARY, ids=label)
def test_library_tools(path: Path) -> None:
    name = name_of(path)
    assert not uses(path, "streamlit", "pages", "dashboard"), f"{label(path)} knows of the screens"
    if not name.startswith("report.figures"):
        assert not uses(path, "plotly"), "plotly belongs in report/figures*.py"
    if not name.startswith("report.print"):
        assert not uses(path, "matplotlib"), "matplotlib belongs in report/print*.py"
    if name not in ("report.bands", "report.figures_2d"):
        assert not uses(path, "contourpy"), "contourpy belongs in report/bands.py"
    if not in_group(name, {"learners", "device"}):
        found = uses(path, "torch", "torchvision", on_import_only=True)
        assert not found, f"{label(path)} loads {found} on import; only learners and device may"
    if not in_group(name, {"datasets"}):
        assert not uses(path, *NETWORK), "only datasets may touch the network"
    if not in_group(name, {"runs"}):
        found = uses(path, "sqlite3", "subprocess", "multiprocessing")
        assert not found, f"{label(path)} uses {found}; only runs stores results or starts processes"


@pytest.mark.parametrize("path", SCREENS, ids=label)
def test_screens_show_and_nothing_else(path: Path) -> None:
    tools = ("plotly", "matplotlib", "contourpy", "torch", "torchvision", "sqlite3", "subprocess")
    found = uses(path, *tools, "multiprocessing", "threading", *NETWORK)
    assert not found, f"{label(path)} uses {found}; that belongs in alcore"


def test_home_screen_imports_nothing_heavy() -> None:
    """The first paint waits for what dashboard.py and the shared frame import."""
    for path in (ROOT / "dashboard.py", ROOT / "pages" / "shared" / "frame.py"):
        found = uses(path, "sklearn", "pandas", "scipy", "alcore.learners", "alcore.report")
        assert not found, f"{label(path)} imports {found}"
