"""The failure mode on screen as a Python program."""

from pages.screens.failure_clinic.controls import Setting


def as_python(setting: Setting, paired: int) -> str:
    """A program that runs the same races and prints the same effects."""
    kind = type(setting).__name__
    return (
        "from alcore.loops.failure_modes.cases import "
        f"{kind}\n"
        "from alcore.report.text.failure_modes import effects\n\n"
        f"trial = {setting!r}.trial(range({paired}))\n"
        "found = effects(\n"
        "    trial.without.accuracy_S_T,\n"
        "    trial.treated.accuracy_S_T,\n"
        "    trial.control_without.accuracy_S_T,\n"
        "    trial.control_treated.accuracy_S_T,\n"
        "    trial.reference.accuracy_S_T,\n"
        ")\n"
        "print(found.effect, found.recovery, found.harm)\n"
    )
