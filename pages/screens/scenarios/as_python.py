"""A section as a Python program that prints its curves."""

from collections.abc import Mapping
from typing import Any

from pages.screens.scenarios.settings import (
    DigitsSetup,
    ScenarioSample,
    ScenarioSettings,
    ScenarioView,
    StreamSetup,
    SynthesisSetup,
    Thresholds,
)


def together_code(setup: ScenarioSettings, shown: ScenarioView) -> str:
    """All scenarios on the paired seeds."""
    return _program(
        [
            "from alcore.loops.settings_comparison import compare_settings",
            *_oracle_imports(),
            _policy_import(setup.policy),
        ],
        setup.sample,
        [
            f"seeds = {list(shown.seeds)}",
            "told = compare_settings(",
            "    [data(seed) for seed in seeds],",
            f"    {_oracle(setup.sample)},",
            "    seeds=seeds,",
            f"    seed_labels={setup.seed_labels},",
            f"    labels={setup.labels},",
            f'    strategy="{setup.strategy}",',
            f"    policy={_policy(setup.policy, setup.thresholds)},",
            ")",
            "for row in told.rows:",
            '    print(row["strategy"], row["seed"], row["labels"], row["accuracy"])',
        ],
    )


def stream_code(setup: StreamSetup, shown: ScenarioView) -> str:
    """All policies on the paired streams."""
    policies = ["fixed", "variable", "randomised", "quantile", "random"]
    return _program(
        [
            "from alcore.datasets.planar.drift import Drift",
            "from alcore.loops.stream.stream import streams",
            "from alcore.loops.stream.policies import Budget, fixed, quantile, random_skipping, randomised, variable",
        ],
        setup.sample,
        [
            f"seeds = {list(shown.seeds)}",
            "told = streams(",
            "    [data(seed) for seed in seeds],",
            f"    [{', '.join(_policy(name, setup.thresholds) for name in policies)}],",
            "    seeds=seeds,",
            f"    seed_labels={setup.seed_labels},",
            f"    budget=Budget({setup.share}),",
            f'    drift=Drift(turn={setup.turn}, pace="{setup.pace}"),',
            f"    window={setup.window},",
            ")",
            "for seed, runs in zip(seeds, told):",
            "    for run in runs:",
            "        for arrivals, labels, accuracy in zip(run.looked_Q, run.labels_Q, run.accuracy_Q):",
            "            print(run.policy, seed, arrivals, labels, accuracy)",
        ],
    )


def synthesis_code(setup: SynthesisSetup, shown: ScenarioView) -> str:
    """Query synthesis in the plane."""
    return _program(
        ["from alcore.loops.synthesis.synthesis import synthesise", *_oracle_imports()],
        setup.sample,
        [
            f"told = synthesise([data({shown.seed})], {_oracle(setup.sample)}, seeds=[{shown.seed}], "
            f"seed_labels={setup.seed_labels}, labels_per_round={setup.labels_per_round}, "
            f"rounds={setup.rounds}, starts={setup.starts})[0]",
            "for labels, accuracy in zip(told.labels_R, told.accuracy_R):",
            "    print(labels, accuracy)",
            "print(told.queries_Q_D)",
        ],
    )


def digits_code(setup: DigitsSetup, *, starts: int, training: Mapping[str, Any]) -> str:
    """Query synthesis of digits by a network."""
    begin = "among(data)" if setup.from_real else "None"
    lines = [
        "from alcore.datasets.bundled import digits",
        "from alcore.learners.registry import make_learner",
        "from alcore.loops.synthesis.models import Network",
        "from alcore.loops.synthesis.oracles import nearest_neighbour_vote",
        "from alcore.loops.synthesis.synthesis import among, synthesise",
        "",
        "data = digits()",
        f'learner = make_learner("mlp", classes=10, seed={setup.seed}, **{dict(training)!r})',
        "told = synthesise(",
        "    [data],",
        "    nearest_neighbour_vote(data.x_pool, data.y_pool),",
        f"    seeds=[{setup.seed}],",
        f"    seed_labels={setup.seed_labels},",
        f"    labels_per_round={setup.labels_per_round},",
        f"    rounds={setup.rounds},",
        f"    starts={starts},",
        f"    start={begin},",
        f"    maker=Network(learner, data, seed={setup.seed}),",
        ")[0]",
        "for labels, accuracy in zip(told.labels_R, told.accuracy_R):",
        "    print(labels, accuracy)",
    ]
    return "\n".join(lines) + "\n"


def _program(imports: list[str], sample: ScenarioSample, lines: list[str]) -> str:
    imports = sorted({*imports, "from alcore.datasets.planar.generate import planar", "from alcore.rng import rng_for"})
    made = [
        "",
        "",
        "def data(seed):",
        f'    return planar("{sample.data}", points={sample.points}, overlap={sample.overlap}, '
        f'classes={sample.classes}, rng=rng_for(seed, "data"))',
        "",
        "",
    ]
    return "\n".join(["from functools import partial", "", *imports, *made, *lines]) + "\n"


def _oracle_imports() -> list[str]:
    return [
        "from alcore.datasets.planar.bayes_boundary import posterior",
        "from alcore.loops.synthesis.oracles import sample_from_posterior",
    ]


def _oracle(sample: ScenarioSample) -> str:
    density = f'partial(posterior, "{sample.data}", overlap={sample.overlap}, classes={sample.classes})'
    return f"sample_from_posterior({density})"


def _policy_import(name: str) -> str:
    return f"from alcore.loops.stream.policies import {'random_skipping' if name == 'random' else name}"


def _policy(name: str, thresholds: Thresholds) -> str:
    return {
        "fixed": f"fixed({thresholds.threshold})",
        "variable": f"variable({thresholds.step})",
        "randomised": f"randomised({thresholds.step}, {thresholds.spread})",
        "quantile": f"quantile({thresholds.rate})",
        "random": "random_skipping()",
    }[name]
