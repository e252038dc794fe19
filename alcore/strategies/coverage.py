"""Batches for few labels: typical points of every cluster, and balls that cover the most of the pool."""

import heapq

import numpy as np

from alcore.strategies.arrays import Array, check_features, check_k, to_numpy
from alcore.strategies.batch import Batch
from alcore.strategies.geometry.clusters import Typicality, cluster_labels
from alcore.strategies.geometry.greedy_cover import exact_cover, sampled_cover
from alcore.strategies.geometry.radius_neighbours import RadiusNeighbours

# The settings of the authors' code of TypiClust: K_NN, MAX_NUM_CLUSTERS and MIN_CLUSTER_SIZE there.
MOST_CLUSTERS = 500
NEIGHBOURS = 20
SMALL_CLUSTER = 5
# Points of which ProbCover counts all neighbours.
COUNTED_UP_TO = 50_000
# Points on which ProbCover's radius is chosen, where there are more.
RADIUS_POINTS = 5_000
# How far under the radius at which a ball would become impure the choice of delta stays.
BELOW = 1e-6


def typiclust(features_N_D: Array, labeled_M_D: Array, k: int, *, rng: np.random.Generator) -> Batch:
    """The most typical point of each of the largest clusters without a label.

    Labelled and unlabelled points are put into M + k clusters by k-means (at most 500; mini-batch beyond
    50). Each pick goes to the cluster with the fewest labelled or picked points, of these to the largest;
    clusters of 5 points or fewer come last. Within it the most typical point is picked: the one with the
    smallest mean distance to its nearest neighbours among the cluster's points that are neither labelled nor
    picked, 20 of them or, in a smaller cluster, as many as half of these points.

    The rule is the paper's; the number of neighbours, clusters and points of a small cluster is that of the
    authors' code, which differs in three ways: it averages squared distances, leaves small clusters out and
    goes through the others in turn, in the order of their first labels, where a batch is larger than the
    number of clusters. k-means costs O((N + M) (M + k) d) an iteration, neighbours O(s^2 d) in a cluster of s
    points, memory O((N + M) d). Computed by scikit-learn on the CPU, whatever comes in.

    Args:
        features_N_D: the unlabelled points.
        labeled_M_D: the labelled points; may have no rows.
        k: labels to ask for; more than there are points means all of them.
        rng: seeds k-means.

    Returns:
        The batch; scores are typicality, one over the mean distance (infinite for copies and where no other
        point is left in a cluster). Equal: the lower index first.

    Raises:
        ValueError: if there is no point, a feature is not finite, dimensions differ, or k < 1.

    Source: Hacohen, Dekel & Weinshall (2022), TPC_RP with k-means.
    """
    x_N_D = to_numpy(check_features(features_N_D, labeled_M_D))
    known_M_D = to_numpy(labeled_M_D).astype(x_N_D.dtype)
    n, k = len(x_N_D), check_k(k, len(x_N_D))
    count = min(len(known_M_D) + k, MOST_CLUSTERS)
    labels = cluster_labels(np.concatenate([x_N_D, known_M_D]), count, rng=rng)
    sizes, known = (np.bincount(part, minlength=count) for part in (labels, labels[n:]))
    order_N = np.argsort(labels[:n], kind="stable")
    members = np.split(order_N, np.cumsum(np.bincount(labels[:n], minlength=count))[:-1])
    queue = [(sizes[c] <= SMALL_CLUSTER, int(known[c]), -int(sizes[c]), c) for c in range(count) if len(members[c])]
    heapq.heapify(queue)
    inside: dict[int, Typicality] = {}
    picks: list[tuple[int, float]] = []
    while len(picks) < k:
        small, covered, size, c = heapq.heappop(queue)
        if c not in inside:
            inside[c] = Typicality(x_N_D[members[c]], NEIGHBOURS)
        row, far = inside[c].take()
        picks.append((int(members[c][row]), far))
        if len(inside[c]):
            heapq.heappush(queue, (small, covered + 1, size, c))
    far_k = np.array([far for _, far in picks])
    scores_k = np.divide(1.0, far_k, out=np.full(k, np.inf), where=far_k > 0)
    return Batch(np.array([row for row, _ in picks], dtype=np.int64), scores_k)


def probcover(features_N_D: Array, labeled_M_D: Array, k: int, delta: float) -> Batch:
    """Greedy cover: each pick's ball of radius delta holds the most points not yet in a ball.

    Points within delta of a labelled or picked one are covered. Covers at least 1 - 1/e of what the best k
    balls would. No neighbour graph is kept: numbers of uncovered neighbours are counted once and lowered when
    points become covered, which happens to each once. Time O(N (N + M) d) whatever k, memory O(N d) and a
    slice of fixed size.

    Of more than 50,000 points, the balls that may hold the most are found on a sample of 4,000 points, and
    counted exactly; see `sampled_cover`. Time O(N (k + M) d).

    Args:
        features_N_D: the unlabelled points.
        labeled_M_D: the labelled points; may have no rows.
        k: labels to ask for; more than there are points means all of them.
        delta: radius of the balls, 0 or more; their edge belongs to them. See `probcover_delta`.

    Returns:
        The batch; scores are the number of points each pick newly covers. Equal: the lower index first, so
        once everything is covered the lowest indices follow with score 0.

    Raises:
        ValueError: if there is no point, a feature is not finite, dimensions differ, delta is negative or
            NaN, or k < 1.

    Source: Yehuda, Dekel, Hacohen & Weinshall (2022); Nemhauser, Wolsey & Fisher (1978) for the guarantee.
    """
    features_N_D = check_features(features_N_D, labeled_M_D)
    if not delta >= 0:
        raise ValueError(f"delta must be a radius of 0 or more, got {delta}")
    n = features_N_D.shape[0]
    k = check_k(k, n)
    balls = RadiusNeighbours(features_N_D, single=True)
    cover = exact_cover if n <= COUNTED_UP_TO else sampled_cover
    picks, scores = cover(balls, balls.held(labeled_M_D, delta) > 0, k, delta)
    return Batch(np.asarray(picks, dtype=np.int64), np.asarray(scores, dtype=np.float64))


def probcover_delta(features_N_D: Array, labels_N: Array, alpha: float = 0.95) -> float:
    """The largest radius at which a share alpha of the balls is pure.

    A ball is pure if all points in it have the label of its centre, which is so up to the distance of the
    nearest point of another label: the radius is read off these distances. Time O(N^2 d), memory O(N d)
    and a slice of fixed size.

    Args:
        features_N_D: the points.
        labels_N: their classes, or in the cold start pseudo-labels such as k-means clusters.
        alpha: share of balls that must be pure, above 0 and at most 1.

    Returns:
        delta, a millionth below the radius at which the share would fall under alpha; where no radius is too
        large (a single label), one that covers everything.

    Raises:
        ValueError: if there is no point, a feature is not finite, lengths differ, or alpha is out of range.

    Source: Yehuda, Dekel, Hacohen & Weinshall (2022), section 3.
    """
    features_N_D = check_features(features_N_D)
    n = features_N_D.shape[0]
    if tuple(labels_N.shape) != (n,):
        raise ValueError(f"labels_N must be one label a point, got shape {tuple(labels_N.shape)} for {n} points")
    if not 0 < alpha <= 1:
        raise ValueError(f"alpha must be above 0 and at most 1, got {alpha}")
    balls = RadiusNeighbours(features_N_D)
    strangers_N = np.sort(to_numpy(balls.nearest_stranger(labels_N)))
    allowed = int(np.floor((1 - alpha) * n + 1e-9))
    if allowed >= n or np.isinf(strangers_N[allowed]):
        return 2 * balls.radius * (1 + BELOW)
    return float(strangers_N[allowed]) * (1 - BELOW)


def pseudo_delta(features_N_D: Array, classes: int, *, rng: np.random.Generator) -> float:
    """The radius by the purity of k-means clusters, as many as there are classes, in place of labels.

    Args:
        features_N_D: the points of the whole data set, labelled or not, or a sample of them.
        classes: how many classes there are.
        rng: seeds k-means.

    Returns:
        delta, the largest at which 95 % of the balls are pure, see `probcover_delta`.

    Raises:
        ValueError: if there is no point, a feature is not finite, or classes < 1.

    Source: Yehuda, Dekel, Hacohen & Weinshall (2022), section 3; chosen once, before the first label.
    """
    x_N_D = to_numpy(check_features(features_N_D))
    return probcover_delta(x_N_D, cluster_labels(x_N_D, classes, rng=rng))
