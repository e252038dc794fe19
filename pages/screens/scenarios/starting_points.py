"""Example questions."""

from pages.screens.scenarios.controls import PAGE, SECTIONS
from pages.shared import copy_buttons
from pages.shared.planar_scene import SHAPE_LABELS

QUESTIONS: dict[str, dict[str, str]] = {
    "When does query synthesis fail?": {"data": SHAPE_LABELS["far_cluster"], "overlap": "0.3"},
    "What if a line separates the classes?": {"data": SHAPE_LABELS["imbalanced"], "overlap": "0.3"},
    "What does drift do to a stream?": {"section": SECTIONS["stream"]},
    "Could you label these digits?": {"section": SECTIONS["digits"]},
}


def draw_scenario_starting_points() -> None:
    """The questions in a row."""
    links = {words: settings_of(settings) for words, settings in QUESTIONS.items()}
    copy_buttons.questions("pages/scenarios.py", links)


def settings_of(settings: dict[str, str]) -> dict[str, str]:
    """The parameters of a question's link."""
    return {f"{PAGE}_{name}": value for name, value in settings.items()}
