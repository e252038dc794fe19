"""The evidence behind `alcore.recommend`: see protocol.md. `python -m tests.benchmarks.evidence [SLICE ...]`."""

from tests.benchmarks.evidence.work import ANY_LOAD, run

__all__ = ["ANY_LOAD", "run"]
