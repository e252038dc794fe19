"""Batches that are uncertain and spread out: cluster-margin, DropQuery and ranked batches."""

import warnings

import numpy as np
from array_api_compat import array_namespace
from numpy.typing import NDArray

from alcore.strategies.arrays import Array, check_features, check_k, check_scores, floating, to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.geometry.distances import NearestCentre, around, centre_of
from alcore.strategies.remedies import diverse_seed
from alcore.strategies.selection import top_k
from alcore.strategies.uncertainty import margin

# Average linkage keeps all distances between candidates: 100 MB for this many.
MOST_CANDIDATES = 5000
POINTS_A_CLUSTER = 10
# DropQuery chooses among so many points per label, or among this share of the pool where that is fewer.
CANDIDATES_A_LABEL, CANDIDATE_SHARE = 25, 0.25
# Masks are drawn in slices so that no temporary exceeds this many numbers.
MASKS_AT_A_TIME = 4_000_000
# Steps of the power method; the split need not be exact.
POWER_STEPS = 10


def cluster_margin(
    probs_N_C: Array, features_N_D: Array, k: int, *, rng: np.random.Generator, ratio: float = 10
) -> Batch:
    """The smallest margins, taken in turn from clusters of similar points, small clusters first.

    The ratio * k points with the smallest margin are the candidates (at most 5,000, at least k). They are
    clustered by average linkage into one cluster per ten; then each cluster in turn, smallest first, gives
    one of its candidates at random until there are k. The paper clusters the whole pool once; clustering
    the candidates of each round keeps memory at O(candidates^2) whatever the pool. Time O(n C +
    candidates^2 d).

    Args:
        probs_N_C: class probabilities, one row a point; each row sums to 1.
        features_N_D: the same points, where distance means similarity.
        k: labels to ask for; more than there are points means all of them.
        rng: draws within clusters.
        ratio: candidates per label, 1 or more; 1 is margin sampling.

    Returns:
        The batch; scores are one minus the margin of each pick.

    Raises:
        ValueError: if a row is not a distribution, a feature is not finite, lengths differ, ratio < 1, or
            k < 1.

    Source: Citovsky et al. (2021).
    """
    scores_N = margin(probs_N_C)
    features_N_D = check_features(features_N_D)
    _check_lengths("probs_N_C", probs_N_C, features_N_D)
    if not ratio >= 1:
        raise ValueError(f"ratio must be 1 or more candidates per label, got {ratio}")
    n = scores_N.shape[0]
    k = check_k(k, n)
    count = max(k, int(min(ratio * k, n, MOST_CANDIDATES)))
    candidates = top_k(scores_N, count)
    if count == k:
        return candidates
    picks = clusters_in_turn(to_numpy(features_N_D)[candidates.indices], k, rng=rng)
    return Batch(candidates.indices[picks], candidates.scores[picks])


def clusters_in_turn(features_S_D: np.ndarray, k: int, *, rng: np.random.Generator) -> NDArray[np.int64]:
    """One point at random of each cluster in turn, smallest clusters first, until there are k.

    Clusters are those of average linkage, one per ten points. Beyond 5,000 points, whose distances would take too much
    memory, the points are halved along their direction of largest variance until every part has as many, and each
    part is clustered by itself. Time O(S * 5,000 d), memory that of 5,000 points.

    Args:
        features_S_D: the candidates.
        k: how many; at most all.
        rng: draws within clusters.
    """
    if len(features_S_D) < 2:
        return np.arange(min(k, len(features_S_D)), dtype=np.int64)
    members: list[NDArray[np.int64]] = []
    for part in _halved(features_S_D.astype(np.float64), np.arange(len(features_S_D))):
        labels_S = _linked(features_S_D[part].astype(np.float64), -(-len(part) // POINTS_A_CLUSTER))
        members += [part[labels_S == c] for c in np.unique(labels_S)]
    members = [rng.permutation(rows) for rows in members]
    members.sort(key=len)
    turns = [rows[turn] for turn in range(len(members[-1])) for rows in members if turn < len(rows)]
    return np.array(turns[:k], dtype=np.int64)


def ranked_batch(scores_N: Array, features_N_D: Array, labeled_M_D: Array, k: int) -> Batch:
    """Unlike what is labelled while labels are few, uncertain once they are many.

    Each pick has the largest a (1 - s) + (1 - a) u, where u is its uncertainty, s = 1 / (1 + distance) its
    similarity to the nearest labelled or picked point, and a = unlabelled / (unlabelled + labelled) counts
    picks as labelled. With nothing labelled the first pick is the point nearest the mean. Time
    O(n (M + k) d), memory O(n d).

    Args:
        scores_N: uncertainty in [0, 1], such as `least_confidence`, of the model before the batch.
        features_N_D: the unlabelled points.
        labeled_M_D: the labelled points; may have no rows.
        k: labels to ask for; more than there are points means all of them.

    Returns:
        The batch; scores are the value of each pick. Equal values: the lower index first.

    Raises:
        ValueError: if arrays are empty, not finite or of different lengths, or k < 1.

    Source: Cardoso, Silva, Canuto, Moro & Goncalves (2017), as in modAL.
    """
    scores_N = check_scores(scores_N)
    features_N_D = check_features(features_N_D, labeled_M_D)
    _check_lengths("scores_N", scores_N, features_N_D)
    n, labeled = features_N_D.shape[0], labeled_M_D.shape[0]
    k = check_k(k, n)
    xp = array_namespace(features_N_D)
    uncertain_N = xp.astype(scores_N, features_N_D.dtype)
    nearest = NearestCentre(features_N_D, labeled_M_D)
    open_N = xp.ones_like(nearest.nearest_N, dtype=xp.bool)
    picks: list[int] = []
    values: list[float] = []
    for picked in range(k):
        share = (n - picked) / (n + labeled)
        if nearest.count:
            away_N = 1 - 1 / (1 + nearest.distances())
            value_N = xp.where(open_N, share * away_N + (1 - share) * uncertain_N, -xp.inf)
            pick = int(xp.argmax(value_N))
            value = float(value_N[pick])
        else:
            pick, value = int(xp.argmin(nearest.norms_N)), 1.0
        picks.append(pick)
        values.append(value)
        open_N[pick] = False
        nearest.add(pick)
    return Batch(np.asarray(picks, dtype=np.int64), np.asarray(values))


def _halved(x_S_D: np.ndarray, rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Rows in parts of at most `MOST_CANDIDATES`, halved at the median of the direction of largest variance."""
    if len(rows) <= MOST_CANDIDATES:
        return [rows]
    centred_S_D = x_S_D[rows] - x_S_D[rows].mean(axis=0)
    direction_D = centred_S_D[int(np.argmax(np.einsum("sd,sd->s", centred_S_D, centred_S_D)))]
    for _ in range(POWER_STEPS):
        direction_D = centred_S_D.T @ (centred_S_D @ direction_D)
        direction_D = direction_D / (np.linalg.norm(direction_D) or 1)
    order_S = np.argsort(centred_S_D @ direction_D, kind="stable")
    half = len(rows) // 2
    return _halved(x_S_D, np.sort(rows[order_S[:half]])) + _halved(x_S_D, np.sort(rows[order_S[half:]]))


def dropquery(
    features_N_D: Array,
    labeled_M_D: Array,
    labels_M: Array,
    k: int,
    *,
    rng: np.random.Generator,
    dropout: float = 0.75,
    passes: int = 3,
) -> Batch:
    """Points whose predicted class depends on few features, one from each cluster of them.

    Softmax regression (scikit-learn's objective, C = 1) is fitted on the features, centred and divided by one number so
    that their mean square is 1. Each feature of each point is replaced by the mean with probability `dropout`, the rest
    are divided by 1 - dropout, in several passes. Candidates are the points whose predicted class changes in more than
    half of the passes; while they are fewer than 25 k, or than a quarter of the pool where that is less, in fewer
    passes. k-means puts them into k clusters, of each of which the point nearest the centre is picked.

    While labels show one class all points are candidates, as with dropout 0. The quarter is not the authors', whose
    pools are large. Time O(n d C passes), and k-means. By NumPy and scikit-learn on the CPU, whatever comes in.

    Args:
        features_N_D: the unlabelled points, best of a model that was trained on other data.
        labeled_M_D: the labelled points; may have no rows.
        labels_M: their classes.
        k: labels to ask for; more than there are points means all of them.
        rng: draws the features that are dropped, then seeds k-means.
        dropout: share of features that are dropped in each pass, from 0 to below 1.
        passes: how many, 1 or more.

    Returns:
        The batch; scores are the share of passes that change the predicted class of each pick, the highest first.

    Raises:
        ValueError: if there is no point, a feature is not finite, shapes differ, dropout or passes are out of range, or
            k < 1.

    Source: Gupte, Aklilu, Nirschl & Yeung-Levy (2024).
    """
    x_N_D = to_numpy(check_features(features_N_D, labeled_M_D)).astype(np.float64)
    n, k = len(x_N_D), check_k(k, len(x_N_D))
    y_M = to_numpy(labels_M)
    if y_M.shape != (labeled_M_D.shape[0],):
        raise ValueError(f"labels_M must be one label for each row of labeled_M_D, got shape {y_M.shape}")
    if not 0 <= dropout < 1 or passes < 1:
        raise ValueError(f"dropout must be from 0 to below 1 and passes 1 or more, got {dropout} and {passes}")
    known_M_D = to_numpy(floating(labeled_M_D)).astype(np.float64)
    x_N_D, known_M_D = _of_unit_size(x_N_D, known_M_D)
    changed_N = _changed_passes(x_N_D, known_M_D, y_M, dropout, passes, rng)
    enough, least = min(CANDIDATES_A_LABEL * k, CANDIDATE_SHARE * n), passes // 2 + 1
    while (changed_N >= least).sum() < max(k, enough):
        least -= 1
    rows = np.flatnonzero(changed_N >= least)
    picks = rows[diverse_seed(x_N_D[rows], k, rng=rng)]
    picks = picks[np.argsort(-changed_N[picks], kind="stable")]
    return Batch(picks, changed_N[picks] / passes)


def _of_unit_size(
    x_N_D: NDArray[np.float64], known_M_D: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both around the mean of all points, whose mean square becomes 1."""
    mean_D = centre_of(np.concatenate([x_N_D, known_M_D]))
    parts = [around(mean_D, part)[0] for part in (x_N_D, known_M_D)]
    size = np.sqrt(sum((part * part).sum() for part in parts) / sum(part.size for part in parts)) or 1.0
    return parts[0] / size, parts[1] / size


def _changed_passes(
    x_N_D: NDArray[np.float64],
    known_M_D: NDArray[np.float64],
    y_M: NDArray[np.int64],
    dropout: float,
    passes: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """In how many passes the predicted class of each point changes."""
    changed_N = np.zeros(len(x_N_D), dtype=np.int64)
    if len(np.unique(y_M)) < 2:
        return changed_N
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nearly converged is as good
        head = LogisticRegression(tol=1e-7, max_iter=1000).fit(known_M_D, y_M)
    step = max(1, MASKS_AT_A_TIME // x_N_D.shape[1])
    whole_N = head.predict(x_N_D)
    for _ in range(passes):
        for start in range(0, len(x_N_D), step):
            some = slice(start, start + step)
            kept_S_D = rng.random(x_N_D[some].shape) >= dropout
            changed_N[some] += head.predict(x_N_D[some] * kept_S_D / (1 - dropout)) != whole_N[some]
    return changed_N


def _linked(x_S_D: np.ndarray, clusters: int) -> np.ndarray:
    """Average-linkage clusters, at most so many."""
    from scipy.cluster.hierarchy import fcluster, linkage

    return fcluster(linkage(x_S_D, method="average"), clusters, criterion="maxclust")


def _check_lengths(name: str, x_N: Array, features_N_D: Array) -> None:
    if x_N.shape[0] != features_N_D.shape[0]:
        raise ValueError(
            f"{name} and features_N_D must have one row a point, got {x_N.shape[0]} and {features_N_D.shape[0]}"
        )
