"""`python -m tests.browser.screenshots`: take the README's pictures anew from a freshly started server.

Real MNIST must lie in `ALCORE_HOME`.
"""

import tempfile
from pathlib import Path

from sklearn.datasets import load_digits

from alcore.home import alcore_home
from alcore.projects.examples import digits_project
from alcore.runs.presets import PRESETS
from alcore.runs.store.store import Store
from alcore.runs.worker.execute import execute
from tests.browser.support.chromium import chromium
from tests.browser.support.harness import WIDE, serving

FOLDER = Path(__file__).parent / "screenshots"
_SMALL = {"strategy": "margin", "rounds": 15, "pool_size": 10_000}
RACE = PRESETS["mlp-1d-mnist"].config.model_copy(update=_SMALL)
SEEDS = range(3)
SCREENS = {
    "label": "label",
    "arena": "arena",
    "batch_explorer": "batch_explorer",
    "mnist": f"mnist?mnist_run={RACE.run_id}",
    "failure_modes": "failure_modes?clinic_ward=outliers",
    "scenarios": "scenarios",
    "strategies": "strategies?strategies_section=The+simplex",
    "tournament": "tournament",
}
DRAWN = ".js-plotly-plot .cartesianlayer, .alcore-figure .pane, .panels .map, .panes .mark, .alcore-card .near img"


def main() -> None:
    """One picture a screen, 1440 px wide, as tall as the screen needs."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        home = Path(folder)
        (home / "MNIST").symlink_to(alcore_home() / "MNIST")
        _run_races(home)
        label_digits(home)
        with serving(home, home / "server.log") as server:
            for name, address in SCREENS.items():
                # With reduced motion races rest on their last round.
                page = browser.new_page(viewport=WIDE, reduced_motion="reduce")
                page.goto(f"{server.url}/{address}")
                page.locator(DRAWN).first.wait_for()
                height = page.get_by_test_id("stMainBlockContainer").evaluate("e => e.scrollHeight")
                page.set_viewport_size({"width": WIDE["width"], "height": max(WIDE["height"], int(height))})
                page.wait_for_timeout(1500)  # the charts take the new size
                page.screenshot(path=FOLDER / f"{name}.png")
                page.close()


def label_digits(home: Path, answers: int = 240) -> None:
    """The project of digits, labelled by an oracle in small rounds: it has an accuracy with its curve."""
    project, truth = digits_project(home), load_digits().target
    while len(project.states()) < answers:
        handed = project.next(10)
        project.tell({one.item: str(truth[project.items.place_of[one.item]]) for one in handed})
        project.train()


def _run_races(home: Path) -> None:
    """What the MNIST lab has to show: a strategy and random from the same starts."""
    with Store(home) as store:
        for seed in SEEDS:
            one = RACE.model_copy(update={"seed": seed})
            for config in (one.rival, one):
                store.claim(config)
                execute(store, config.run_id)


if __name__ == "__main__":
    main()
