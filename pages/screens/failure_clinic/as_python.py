"""The failure mode on screen as a Python program."""

from pages.screens.failure_clinic.controls import Setting
from pages.shared.copy_buttons import program


def as_python(setting: Setting, paired: int) -> str:
    """A program that runs the same races and prints the same effects."""
    imports = [
        f"from alcore.loops.failure_modes.cases import {type(setting).__name__}",
        "from alcore.report.text.failure_modes import effects",
    ]
    body = f"""\
trial = {setting!r}.trial(range({paired}))
arms = (trial.without, trial.treated, trial.control_without, trial.control_treated, trial.reference)
found = effects(*(arm.accuracy_S_T for arm in arms))
print(found.effect, found.recovery, found.harm)
"""
    return program(imports, body)
