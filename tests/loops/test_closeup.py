"""A point looked at closely: against the model itself, scikit-learn's neighbours, and plain sorting."""

from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from alcore.datasets.catalogue import load_dataset
from alcore.datasets.dataset import Dataset
from alcore.learners.base import Learner
from alcore.learners.registry import make_learner
from alcore.loops.pool.point_scores import PICKS, SURROGATES, Scored, nearest_labeled, point_scores, view_of_map
from alcore.loops.pool.pool_map import PoolMap
from alcore.loops.pool.simulate import Round, simulate
from alcore.strategies.catalogue import STRATEGIES
from alcore.strategies.uncertainty import entropy, least_confidence, margin


@dataclass(frozen=True)
class Case:
    data: Dataset
    learner: Learner
    last: Round
    drawn: PoolMap
    labels_M: np.ndarray

    def scores(self, index: int, *names: str) -> dict[str, Scored]:
        chosen = [STRATEGIES[name] for name in names] if names else list(STRATEGIES.values())
        found = point_scores(self.drawn, index, self.last.labeled, self.labels_M, seed=0, strategies=chosen)
        return {one.strategy: one for one in found}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A model whose map is its whole pool of 400."""
    data = load_dataset("digits", seed=0, home=tmp_path_factory.mktemp("home"))
    learner = make_learner("logistic", classes=10, seed=0)
    *_, last = simulate(
        data,
        learner,
        "random",
        seed=0,
        seed_labels=50,
        labels_per_round=10,
        rounds=1,
        pool_size=400,
        mapped=400,
    )
    assert last.map is not None
    return Case(data, learner, last, last.map, data.y_pool[last.labeled])


def test_nearest_labelled_points_are_those_of_scikit_learn(case: Case) -> None:
    features = case.drawn.features_P_D.astype(float)
    labeled = np.sort(case.last.labeled)
    rows = case.drawn.rows(labeled)
    for index in case.drawn.indices_P[::40]:
        others = rows[labeled != index]
        far, near = NearestNeighbors(n_neighbors=5).fit(features[others]).kneighbors(features[case.drawn.rows([index])])
        found, distances = nearest_labeled(case.drawn, int(index), case.last.labeled, 5)
        np.testing.assert_array_equal(found, case.drawn.indices_P[others[near[0]]])
        np.testing.assert_allclose(distances, far[0])
    everyone, _ = nearest_labeled(case.drawn, int(index), case.last.labeled, 1000)
    assert len(everyone) >= 59


@pytest.mark.parametrize(
    ("name", "score"), [("least_confidence", least_confidence), ("margin", margin), ("entropy", entropy)]
)
def test_uncertainties_are_the_model_s_own(case: Case, name: str, score) -> None:
    pool = np.setdiff1d(case.drawn.indices_P, case.last.labeled)
    own = score(case.learner.predict_probs(case.learner.prepare(case.data.x_pool)[pool]))
    for row in range(0, len(pool), 50):
        found = case.scores(int(pool[row]), name)[name]
        assert found.score == pytest.approx(own[row], rel=0.02, abs=1e-3)
        assert found.rank is not None and found.among == len(pool) and found.note == ""
        # Three digits of a probability can make neighbours in the order change places, but no more.
        assert abs(found.rank - 1 - (own > own[row]).sum()) <= 3


def test_every_strategy_ranks_or_says_why_not(case: Case) -> None:
    pool = np.setdiff1d(case.drawn.indices_P, case.last.labeled)
    found = case.scores(int(pool[7]))
    assert list(found) == list(STRATEGIES)
    for name, one in found.items():
        if name == "eer":
            assert one.rank is None and "too long" in one.note
        elif STRATEGIES[name].score is not None:
            assert one.score is not None and one.rank is not None and 1 <= one.rank <= len(pool)
        stands_in = [words for need, words in SURROGATES.items() if need in STRATEGIES[name].needs]
        assert name == "eer" or (one.note in stands_in if stands_in else one.note == "")


@pytest.mark.parametrize("name", ["entropy", "bald", "k_center", "hybrid"])
def test_ranks_are_those_of_the_batch_the_strategy_would_pick(case: Case, name: str) -> None:
    pool = np.setdiff1d(case.drawn.indices_P, case.last.labeled)
    view = view_of_map(case.drawn, pool, case.last.labeled, case.labels_M, seed=0)
    batch = STRATEGIES[name].select(view, PICKS, np.random.default_rng(0))
    for place, index in enumerate(batch.indices):
        found = case.scores(int(index), name)[name]
        assert found.rank == place + 1
        assert found.score == pytest.approx(batch.scores[place])
    outside = int(np.setdiff1d(pool, batch.indices)[0])
    rank = case.scores(outside, name)[name].rank
    assert rank is None if STRATEGIES[name].score is None else rank is not None and rank > PICKS


def test_a_point_that_cannot_be_looked_at_is_refused(case: Case) -> None:
    labeled = int(case.last.labeled[0])
    absent = int(np.setdiff1d(np.arange(len(case.data.y_pool)), case.drawn.indices_P)[0])
    with pytest.raises(ValueError, match=f"point {labeled} was labelled already"):
        case.scores(labeled, "margin")
    with pytest.raises(ValueError, match=f"point {absent} is not on the map"):
        case.scores(absent, "margin")
    with pytest.raises(ValueError, match=f"point {absent} is not on the map"):
        nearest_labeled(case.drawn, absent, case.last.labeled, 3)
