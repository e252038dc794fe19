"""Uploads as programs write them, whole and damaged: what is read is what was written."""

import pytest

from alcore.rng import rng_for
from tests.benchmarks.hostile.fuzz_uploads import outcome_of
from tests.benchmarks.hostile.uploads import made


@pytest.mark.parametrize("damaged", [False, True])
def test_no_value_is_wrong_without_a_word(damaged: bool) -> None:
    outcomes = {case: outcome_of(made(rng_for(case, "test uploads"), damaged=damaged)) for case in range(60)}
    faults = {case: said for case, said in outcomes.items() if said.startswith(("wrong", "traceback"))}
    assert not faults
    expected = {"damaged", "sentence"} if damaged else {"right", "asked"}
    assert {said.partition(":")[0] for said in outcomes.values()} == expected
