"""Queries of a session at any number of labels: where its strategy cannot choose yet, one that can."""

import numpy as np

from alcore.baseline import BASELINE
from alcore.learners.base import TooFewLabelsError
from alcore.learners.pool_features import FeaturesNeedLabels
from alcore.loops.cold_start import random_instead, strategy_now, typical_instead
from alcore.loops.ledger import Ints
from alcore.loops.session import Session
from alcore.strategies.strategy import Strategy


def ask_at_any_time(session: Session, k: int) -> tuple[Ints, Strategy, str]:
    """The next points, from the first query on.

    Args:
        session: with any labels, or none; its strategy stays.
        k: how many points, 1 or more.

    Returns:
        the points, the strategy that chose them, and a sentence where that is not the session's: a diverse seed set
        with nothing labelled, typical points while labels are too few for the learner, random ones without features.

    Raises:
        ValueError: as `Session.ask`.
    """
    wanted = session.strategy
    shown = len(np.unique(session.labels_N[session.order])) if session.order else 0
    strategy, note = strategy_now(
        wanted, session.learner, labels=len(session.order), shown=shown, classes=session.classes
    )
    while True:
        session.strategy = strategy
        try:
            return session.ask(k), strategy, note
        except TooFewLabelsError as error:
            if note:
                raise
            strategy, note = typical_instead(wanted, str(error))
        except FeaturesNeedLabels as error:
            strategy, note = random_instead(wanted, str(error))
        except ValueError as error:
            # A strategy that measures no distances can start without them.
            if not note or strategy.name == BASELINE or "features_N_D" in wanted.needs:
                raise
            strategy, note = random_instead(wanted, str(error))
        finally:
            session.strategy = wanted
