"""Finished runs kept between calls, so that a benchmark of hours can be stopped and gone on with."""

import json
from collections.abc import Callable
from typing import Any

from alcore.home import alcore_home


def kept(name: str, key: dict[str, Any], compute: Callable[[], Any]) -> Any:
    """What was computed for this key before, or what is computed now and kept.

    Args:
        name: of the benchmark; its runs are lines of `benchmarks/NAME.jsonl` in `ALCORE_HOME`. Delete the
            file to measure afresh, for instance when the code that is measured has changed.
        key: all settings of the run.
        compute: the run; what it gives can be written as JSON.
    """
    path = alcore_home() / "benchmarks" / f"{name}.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    for line in map(json.loads, lines):
        if line["key"] == key:
            return line["result"]
    result = json.loads(json.dumps(compute()))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps({"key": key, "result": result}) + "\n")
    return result
