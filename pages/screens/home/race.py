"""The race of the home screen: the arena as it opens."""

import json

from alcore.report.interactive.animation_payload import animation_payload
from alcore.report.statistics.comparison import Comparison
from pages.screens.arena import cached, figure, verdict
from pages.screens.arena.cached import ShownRace
from pages.screens.arena.controls import ArenaSettings, ArenaView
from pages.shared.planar_scene import PlanarScene

SETTINGS = ArenaSettings(
    scene=PlanarScene("blobs", 400, 0.4, 2),
    racers=("least_confidence", "random"),
    fork=None,
    epsilon=0.0,
    density=0.0,
    seed_set="balanced",
    seed_labels=4,
    labels_per_round=1,
    rounds=30,
)
VIEW = ArenaView(seed=0, paired=20, surface="probability", boundary=False)


def run_race() -> tuple[ShownRace, Comparison]:
    """The race drawn, and its comparison over paired seeds."""
    shown = cached.shown_race(SETTINGS, VIEW)
    return shown, verdict.judge(shown, cached.paired(SETTINGS, VIEW.paired), None)


def record(dark: bool) -> bytes:
    """Every round of the race as the arena draws it, and the numbers of the counter.

    Returns:
        JSON in UTF-8 as `animation_payload`, with `{"racers": [{"name", "accuracy"}, ...]}`: test accuracy after each
        round.
    """
    shown, comparison = run_race()
    drawn = figure.figure_of(shown, comparison, dark=dark)
    names = SETTINGS.names()
    racers = [
        {"name": names[racer.strategy], "accuracy": [one.accuracy for one in racer.rounds]} for racer in shown.racers
    ]
    alt = f"{SETTINGS.title()}: decision surfaces and learning curves of {' and '.join(names.values())}."
    payload = animation_payload(drawn, alt=alt, filename="alcore-race")
    return b'{"racers":' + json.dumps(racers).encode() + b"," + payload[1:]
