"""10^7 rows of 64 numbers: 1,000 rows by margin and by k-center of a shortlist by margin, on two cores."""

from tests.benchmarks.measure import Result
from tests.benchmarks.pools.pool_million import figures


def run() -> list[Result]:
    """Medians of three processes each; 4 minutes and 1.5 GB are the aim."""
    return figures(10_000_000, 64)
