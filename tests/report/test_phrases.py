"""Numbers as they are written: one rounding everywhere."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from alcore.report.phrases import format_number, format_seconds, format_signed, level, percent, percent_below, typed


@pytest.mark.parametrize("points", [7, 400, 512, 1000, 2000])
@pytest.mark.parametrize("places", [0, 1, 2])
def test_percent_is_the_school_s_rounding_of_every_share_of_a_test_set(points: int, places: int) -> None:
    for right in range(points + 1):
        wanted = (Decimal(100 * right) / Decimal(points)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        assert percent(right / points, places) == f"{wanted} %", Fraction(right, points)


def test_what_is_below_a_target_is_never_written_as_the_target() -> None:
    assert percent_below(0.85, 0.9) == "85.0 %"
    assert percent_below(0.8996, 0.9) == "89.96 %"
    assert percent_below(0.899996, 0.9) == "89.9996 %"


def test_a_level_that_was_set_has_no_zeros_at_its_end() -> None:
    assert [level(share) for share in (0.9, 0.955, 1.0, 0.07)] == ["90 %", "95.5 %", "100 %", "7 %"]


def test_a_minus_sign_is_typographic_for_readers_and_plain_in_a_terminal() -> None:
    assert (format_number(-1.25, 2), format_number(-0.04, 1), format_number(3, 0)) == ("−1.25", "0.0", "3")
    assert (format_signed(-1.25, 2), format_signed(-0.04, 1), format_signed(0.4, 1)) == ("−1.25", "+0.0", "+0.4")
    assert typed("−1.2 points (95 % CI −2.0 to +1.0)") == "-1.2 points (95 % CI -2.0 to +1.0)"


def test_a_time_is_never_written_as_none() -> None:
    times = (0, 0.00004, 0.001494, 0.0996, 0.195, 0.97, 1.3, 12.2, 134.4)
    wanted = ["0", "0.000040", "0.0015", "0.10", "0.20", "0.97", "1.3", "12", "134"]
    assert [format_seconds(one) for one in times] == wanted
