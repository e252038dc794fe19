"""The slices of the protocol: each a list of tournaments, one a task and regime."""

from collections.abc import Sequence
from dataclasses import dataclass

from alcore.datasets.catalogue import DATASETS
from alcore.learners.registry import LEARNERS
from alcore.runs.tournament.plan import TournamentPlan, plan_of
from tests.benchmarks.evidence.tasks import LARGE, PER_CLASS, TABLES, TRAPS, Budget

SEEDS = 50
# Not raced: `eer`, whose exact refits take hours a task, and `qbc_kl`, whose mean divergence equals BALD.
COSTLY = (
    *("typiclust", "probcover", "max_herding", "uherding", "dropquery"),
    *("batchbald", "epig", "bait", "communities"),
)
# A record, which does not grow with the catalogue: a new strategy is raced in a slice of its own.
CHEAP = (
    *("random", "least_confidence", "margin", "entropy", "galaxy", "qbc_vote_entropy"),
    *("egl", "bald", "mean_std", "variation_ratios", "power_bald", "power_entropy"),
    *("badge", "k_center", "hybrid", "hybrid_product", "cluster_margin", "tcm"),
    *("ranked_batch", "density"),
)
EIGHT = ("random", "margin", "entropy", "bald", "badge", "k_center", "typiclust", "cluster_margin")
# The two tables of most coefficients come last.
SMALL = (*TABLES[:-2], *TRAPS, *TABLES[-2:])
TREES = tuple(name for name in ("random_forest", "gradient_boosting") if name in LEARNERS)
TEN = (
    *("breast_cancer", "classification", "keel_australian", "keel_pima", "keel_heart"),
    *("keel_ionosphere", "keel_tic_tac_toe", "keel_vehicle", "keel_segment", "keel_contraceptive"),
)


@dataclass(frozen=True)
class Slice:
    """Races that are carried out in at most two hours.

    Attributes:
        name: as on the command line.
        strategies: keys; random first.
        datasets: keys, in order.
        batches: labels a round, in order.
        learners: keys.
        seed_set: `balanced` or `random`.
        seeds: how many, from 0.
        beside: a slice of other strategies on the same tasks. Neither counts before both are whole: strategies are
            compared on tasks that all of them have.
    """

    name: str
    strategies: tuple[str, ...]
    datasets: tuple[str, ...]
    batches: tuple[int, ...]
    learners: tuple[str, ...] = ("logistic",)
    seed_set: str = "balanced"
    seeds: int = SEEDS
    beside: str = ""

    @property
    def size(self) -> int:
        """Number of tournaments, whether their tasks have a budget yet or not."""
        return len(self.batches) * len(self.learners) * len(self.datasets)

    def plans(self, budgets: dict[str, Budget]) -> list[TournamentPlan]:
        """One tournament for each batch, learner and task that has a budget, in the order of the work."""
        return [
            plan(self.strategies, budgets[dataset], batch, learner, self.seed_set, self.seeds)
            for batch in self.batches
            for learner in self.learners
            for dataset in self.datasets
            if dataset in budgets
        ]


def plan(
    strategies: Sequence[str], budget: Budget, batch: int, learner: str, seed_set: str, seeds: int
) -> TournamentPlan:
    """The tournament of one task in one regime."""
    return plan_of(
        strategies,
        [budget.dataset],
        [learner],
        seeds=seeds,
        rounds=budget.queries // batch,
        settings={
            "seed_set": seed_set,
            "seed_labels": PER_CLASS * DATASETS[budget.dataset].classes,
            "labels_per_round": batch,
        },
    )


SLICES = {
    one.name: one
    for one in (
        Slice("logistic-tables", CHEAP, SMALL, (20, 5, 1)),
        Slice("logistic-costly", ("random", *COSTLY), SMALL, (20, 5)),
        Slice("logistic-random-start", CHEAP, SMALL, (20, 5, 1), seed_set="random"),
        Slice("logistic-large", CHEAP, LARGE, (20, 5), beside="logistic-large-costly"),
        Slice("logistic-large-costly", ("random", *COSTLY), LARGE, (20, 5), beside="logistic-large"),
        Slice("trees", EIGHT, TEN, (20,), TREES),
        Slice("slow-path", EIGHT, ("spam_embedded", "digits", "spam"), (20,)),
        Slice("images", ("random", "margin", "bald", "badge"), ("mnist",), (20,), ("cnn",), seeds=10),
    )
}
