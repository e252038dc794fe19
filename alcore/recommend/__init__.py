"""Which query strategy for which data, from finished races, with its uncertainty."""

from alcore.recommend.advice import Advice, Question
from alcore.recommend.choose import advise, recommend
from alcore.recommend.evidence import Evidence, load_evidence

__all__ = ["Advice", "Evidence", "Question", "advise", "load_evidence", "recommend"]
