"""What tests of screens share."""

from collections import defaultdict
from collections.abc import Hashable
from typing import Any

import pytest

from pages.shared import session_cache

# Kinds of results that are determined by their keys alone, and that nothing on a screen asks for but their numbers.
_RACES = ("clinic_trial", "clinic_sweep", "settings_together", "settings_runs", "settings_stream")
_known: dict[str, dict[Hashable, Any]] = defaultdict(dict)


@pytest.fixture(autouse=True)
def raced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Visitors share their races: tests compare screens, and not the arithmetic."""
    of_session = session_cache.results
    monkeypatch.setattr(session_cache, "results", lambda name: _known[name] if name in _RACES else of_session(name))
