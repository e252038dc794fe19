"""`streamlit` whose long work waits, at its next step, while a file HELD is in `ALCORE_HOME`.

A test sees a progress bar, and can press what it likes beside it, however fast or busy the machine is.
"""

import os
import time
from pathlib import Path
from typing import Any

from streamlit.web.cli import main

from alcore.loops.background import Stopped, Work

_HELD = Path(os.environ["ALCORE_HOME"]) / "HELD"


def _check(work: Work[Any], share: float = 0.0) -> None:
    while not work.stopped and _HELD.exists():
        time.sleep(0.02)
    if work.stopped:
        raise Stopped


if __name__ == "__main__":
    Work.check = _check  # type: ignore[assignment]
    main()
