"""A seed set of communities: the strategy's own first picks, on the learner's graph where it has one."""

from dataclasses import replace

import numpy as np
import pytest

from alcore.datasets.bundled import digits
from alcore.learners.graph.learner import GraphLearner
from alcore.loops.pool.simulate import start_session
from alcore.loops.seed_set import seed_indices, seed_set_of
from alcore.loops.session import Session
from alcore.rng import rng_for
from alcore.strategies import communities


def test_it_is_typical_points_of_the_largest_communities_whatever_the_seed() -> None:
    data = digits()
    found = [seed_set_of(data, 6, seed=seed, seed_set="communities") for seed in (0, 1)]
    pixels = data.x_pool.reshape(len(data.x_pool), -1).astype(np.float32)
    assert found[0].tolist() == found[1].tolist() == communities(pixels, pixels[:0], 6).indices.tolist()
    with pytest.raises(ValueError, match="kind communities is chosen by the points"):
        seed_indices(data.y_pool, 3, seed_set="communities", rng=rng_for(0))


def test_a_learner_with_a_graph_lends_it_and_only_the_pool_is_chosen_from() -> None:
    whole = digits()
    data = replace(whole, x_pool=whole.x_pool[:300], y_pool=whole.y_pool[:300])
    for size in (None, 120):
        learner = GraphLearner(10, metric="distortion", fill=True)
        session = start_session(
            data, learner, "communities", seed=3, seed_labels=5, seed_set="communities", pool_size=size
        )
        assert np.isin(session.order, np.flatnonzero(session.askable_N)).all()
        other = Session(data.x_pool, learner, "communities", seed=3, classes=10, pool=session.askable_N)
        # Ties aside, of which there are none here: the same as the strategy's first query.
        assert other.ask(5).tolist() == session.order
