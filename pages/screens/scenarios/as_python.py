"""A section as a Python program that prints its curves."""

from collections.abc import Mapping, Sequence
from typing import Any

from alcore.loops.stream.policies import POLICIES
from pages.screens.scenarios.cached import LOOKS
from pages.screens.scenarios.controls import (
    DigitsSettings,
    ScenarioSettings,
    ScenarioView,
    StreamSettings,
    SynthesisSettings,
    Thresholds,
)
from pages.shared.copy_buttons import program
from pages.shared.planar_scene import PlanarScene

_ORACLE_IMPORTS = (
    "from functools import partial",
    "from alcore.datasets.planar.bayes_boundary import posterior",
    "from alcore.loops.synthesis.oracles import sample_from_posterior",
)


def together_code(setup: ScenarioSettings, shown: ScenarioView) -> str:
    """All scenarios on the paired seeds."""
    policy = _policy(setup.policy, setup.thresholds)
    imports, data = setup.scene.program()
    imports += [
        *_ORACLE_IMPORTS,
        "from alcore.loops.settings_comparison import compare_settings",
        f"from alcore.loops.stream.policies import {policy.partition('(')[0]}",
    ]
    body = f"""\
seeds = {list(shown.seeds)}
comparison = compare_settings(
    [data(seed) for seed in seeds],
    {_oracle(setup.scene)},
    seeds=seeds,
    seed_labels={setup.seed_labels},
    labels={setup.labels},
    strategy="{setup.strategy}",
    policy={policy},
)
for row in comparison.rows:
    print(row["strategy"], row["seed"], row["labels"], row["accuracy"])
"""
    return program(imports, data, body)


def stream_code(setup: StreamSettings, shown: ScenarioView) -> str:
    """All policies on the paired streams."""
    policies = [_policy(name, setup.thresholds) for name in POLICIES]
    imports, data = setup.scene.program()
    imports += [
        "from alcore.datasets.planar.drift import Drift",
        "from alcore.loops.stream.stream import streams",
        f"from alcore.loops.stream.policies import Budget, {', '.join(one.partition('(')[0] for one in policies)}",
    ]
    body = f"""\
seeds = {list(shown.seeds)}
results = streams(
    [data(seed) for seed in seeds],
    [{", ".join(policies)}],
    seeds=seeds,
    seed_labels={setup.seed_labels},
    budget=Budget({setup.share}),
    drift=Drift(turn={setup.turn}, pace="{setup.pace}"),
    window={setup.window},
    looks={LOOKS},
)
for seed, runs in zip(seeds, results):
    for run in runs:
        for arrivals, labels, accuracy in zip(run.looked_Q, run.labels_Q, run.accuracy_Q):
            print(run.policy, seed, arrivals, labels, accuracy)
"""
    return program(imports, data, body)


def synthesis_code(setup: SynthesisSettings, shown: ScenarioView) -> str:
    """Query synthesis in the plane."""
    imports, data = setup.scene.program()
    imports += [*_ORACLE_IMPORTS, "from alcore.loops.synthesis.synthesis import synthesise"]
    body = f"""\
(result,) = synthesise(
    [data({shown.seed})],
    {_oracle(setup.scene)},
    seeds=[{shown.seed}],
    seed_labels={setup.seed_labels},
    labels_per_round={setup.labels_per_round},
    rounds={setup.rounds},
    starts={setup.starts},
)
for labels, accuracy in zip(result.labels_R, result.accuracy_R):
    print(labels, accuracy)
print(result.queries_Q_D)
"""
    return program(imports, data, body)


def digits_code(setup: DigitsSettings, *, starts: int, training: Mapping[str, Any], beside: Sequence[str]) -> str:
    """Query synthesis of digits by a network, and the same network on real digits queried by strategies `beside`."""
    imports = [
        "from alcore import simulate",
        "from alcore.datasets.bundled import digits",
        "from alcore.learners.registry import make_learner",
        "from alcore.loops.synthesis.models import Network",
        "from alcore.loops.synthesis.oracles import nearest_neighbour_vote",
        "from alcore.loops.synthesis.synthesis import among, synthesise",
    ]
    learner = f"""\
def learner():
    return make_learner("mlp", classes=10, seed={setup.seed}, **{dict(training)!r})
"""
    body = f"""\
data = digits()
(result,) = synthesise(
    [data],
    nearest_neighbour_vote(data.x_pool, data.y_pool),
    seeds=[{setup.seed}],
    seed_labels={setup.seed_labels},
    labels_per_round={setup.labels_per_round},
    rounds={setup.rounds},
    starts={starts},
    start={"among(data)" if setup.from_real else "None"},
    maker=Network(learner(), data, seed={setup.seed}),
)
for labels, accuracy in zip(result.labels_R, result.accuracy_R):
    print("synthesis", labels, accuracy)
for strategy in {tuple(beside)!r}:
    rounds = simulate(
        data,
        learner(),
        strategy,
        seed={setup.seed},
        initial_labels={setup.seed_labels},
        labels_per_round={setup.labels_per_round},
        rounds={setup.rounds},
        seed_set="balanced",
    )
    for one in rounds:
        print(strategy, one.labels, one.accuracy)
"""
    return program(imports, learner, body)


def _oracle(scene: PlanarScene) -> str:
    density = f'partial(posterior, "{scene.data}", overlap={scene.overlap}, classes={scene.classes})'
    return f"sample_from_posterior({density})"


def _policy(name: str, thresholds: Thresholds) -> str:
    """A policy of `Thresholds.policy` as Python code."""
    return {
        "fixed": f"fixed({thresholds.threshold})",
        "variable": f"variable({thresholds.step})",
        "randomised": f"randomised({thresholds.step}, {thresholds.spread})",
        "quantile": f"quantile({thresholds.rate})",
        "random": "random_skipping()",
    }[name]
