"""The verdict on a screen: number, drawing and sentence of each claim."""

from streamlit.testing.v1 import AppTest

SCRIPT = """
from alcore.report.intervals import Interval
from alcore.report.text.claims import Claim
from pages.shared.verdict import show_verdict

show_verdict([
    Claim("Margin", "Margin beats random: <2.9> points.", Interval(2.9, 1.0, 4.8)),
    Claim("Entropy", "No difference yet.", Interval(-0.2, -1.0, 0.6)),
])
"""


def test_each_claim_is_a_number_a_drawing_and_a_sentence() -> None:
    at = AppTest.from_string(SCRIPT, default_timeout=30).run()
    assert not at.exception
    (element,) = at.get("html")
    body = element.proto.body
    assert body.count("<img alt=") == 2 and "interval +1.0 to +4.8, which excludes zero" in body
    assert "<b>+2.9<small> points</small></b>" in body and "<b>−0.2" in body
    assert "Margin beats random: &lt;2.9&gt; points." in body
    assert 'class="better"' in body and 'class="undecided"' in body
