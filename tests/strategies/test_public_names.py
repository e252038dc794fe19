"""Public names can be imported from the places the documentation names, and strategies from their package."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

PLACES = [
    ("alcore.strategies.uncertainty", "least_confidence"),
    ("alcore.strategies.uncertainty", "margin"),
    ("alcore.strategies.uncertainty", "entropy"),
    ("alcore.strategies.committee", "vote_entropy"),
    ("alcore.strategies.committee", "mean_kl"),
    ("alcore.strategies.bayesian", "bald"),
    ("alcore.strategies.bayesian", "batchbald"),
    ("alcore.strategies.gradient", "expected_gradient_length"),
    ("alcore.strategies.gradient", "badge"),
    ("alcore.strategies.expected_error_reduction", "expected_error_reduction"),
    ("alcore.strategies.selection", "top_k"),
    ("alcore.strategies.selection", "k_center"),
    ("alcore.strategies.selection", "hybrid"),
    ("alcore.strategies.coverage", "typiclust"),
    ("alcore.strategies.coverage", "probcover"),
    ("alcore.strategies.community", "communities"),
    ("alcore.strategies.cluster_margin", "dropquery"),
    ("alcore.strategies.fisher", "bait"),
    ("alcore.strategies.galaxy", "galaxy"),
    ("alcore.strategies.herding", "max_herding"),
    ("alcore.strategies.herding", "uherding"),
    ("alcore.strategies.remedies", "epsilon_greedy"),
    ("alcore.strategies.remedies", "density_weight"),
    ("alcore.strategies.remedies", "fit_temperature"),
    ("alcore.strategies.remedies", "diverse_seed"),
    ("alcore.strategies.catalogue", "STRATEGIES"),
    ("alcore.loops.session", "Session"),
    ("alcore.report.curves", "area_under"),
    ("alcore.report.curves", "labels_to_target"),
]
STRATEGY_PLACES = [(module, name) for module, name in PLACES if module.startswith("alcore.strategies")]


@pytest.mark.parametrize(("module", "name"), PLACES)
def test_a_name_is_where_it_is_said_to_be(module: str, name: str) -> None:
    found = getattr(import_module(module), name)
    assert isinstance(found, dict) if name == "STRATEGIES" else callable(found)


@pytest.mark.parametrize(("module", "name"), STRATEGY_PLACES)
def test_a_name_of_a_strategy_is_that_of_the_package(module: str, name: str) -> None:
    package = import_module("alcore.strategies")
    assert getattr(package, name) is getattr(import_module(module), name)
    assert name in package.__all__


def test_the_module_that_is_called_like_its_function_does_not_hide_it() -> None:
    """Whichever is imported first, in a fresh interpreter."""
    code = (
        "import alcore.strategies.batchbald\nfrom alcore.strategies import batchbald as one\n"
        "from alcore.strategies.batchbald import batchbald as other\nassert callable(one) and one is other"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_everything_that_the_package_lists_is_there() -> None:
    package = import_module("alcore.strategies")
    assert all(hasattr(package, name) for name in package.__all__)
    assert len(set(package.__all__)) == len(package.__all__)
