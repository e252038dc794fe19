"""Words that sentences are made of."""

import pytest

from alcore.report.phrases import lowercase_first


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("Least confidence", "least confidence"),
        ("Random", "random"),
        ("BatchBALD", "BatchBALD"),
        ("Power BALD", "power BALD"),
        ("EPIG", "EPIG"),
        ("k-center", "k-center"),
        ("TypiClust", "TypiClust"),
        ("Committee, votes", "committee, votes"),
    ],
)
def test_names_within_a_sentence(name: str, within: str) -> None:
    assert lowercase_first(name) == within
