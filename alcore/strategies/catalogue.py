"""Every strategy by name. A new one is a function and an entry here."""

from alcore.strategies import bayesian, committee, picks, uncertainty
from alcore.strategies.picks import of_probs, of_samples
from alcore.strategies.strategy import Strategy

__all__ = ["FAMILIES", "STRATEGIES", "Strategy"]

BASELINES = "Baseline"
UNCERTAINTY = "Uncertainty"
DISAGREEMENT = "Disagreement"
MODEL_CHANGE = "Model change"
COVERAGE = "Coverage"
HYBRID = "Hybrid"
FAMILIES = (BASELINES, UNCERTAINTY, DISAGREEMENT, MODEL_CHANGE, COVERAGE, HYBRID)

STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy(
            name="random",
            label="Random",
            description="Asks about points drawn at random: the baseline every other strategy has to beat.",
            formula=r"u \sim \mathrm{Uniform}(0, 1)",
            source="the control",
            family=BASELINES,
            strengths=(
                "Costs nothing, needs no model, and what it labels looks like the pool: estimates made from it "
                "are unbiased. It cannot be fooled by a bad model."
            ),
            failures="Rare classes stay rare, and most labels confirm what the model knows already.",
            cost="O(n)",
            score=picks.random_score,
        ),
        Strategy(
            name="least_confidence",
            label="Least confidence",
            description="Asks about points whose most probable class is the least probable.",
            formula=r"1 - \max_y p(y \mid x)",
            source="Lewis & Gale (1994)",
            family=UNCERTAINTY,
            strengths="The simplest thing that works: one number a point, any classifier with probabilities will do.",
            failures=(
                "Looks at the winner only. An over-confident model never asks where it is wrong; outliers and "
                "noisy points look attractive, and a batch of the top k holds near-copies."
            ),
            cost="O(n C)",
            score=of_probs(uncertainty.least_confidence),
        ),
        Strategy(
            name="margin",
            label="Margin",
            description="Asks about points where the two most probable classes are nearly tied.",
            formula=r"1 - (p(y_1 \mid x) - p(y_2 \mid x))",
            source="Scheffer, Decomain & Wrobel (2001)",
            family=UNCERTAINTY,
            strengths=(
                "Asks at the boundary between two classes whatever the others do, so it does not waste labels on "
                "points that are a little like everything. The safest first choice."
            ),
            failures=(
                "Says nothing about how unlikely the rest is; like all scores of one model it repeats itself "
                "within a batch and trusts a model that may be wrong."
            ),
            cost="O(n C log C)",
            score=of_probs(uncertainty.margin),
        ),
        Strategy(
            name="entropy",
            label="Entropy",
            description="Asks about points whose class probabilities are spread over the most classes.",
            formula=r"-\sum_y p(y \mid x) \ln p(y \mid x)",
            source="Dagan & Engelson (1995)",
            family=UNCERTAINTY,
            strengths="Counts every class, so a point that could be anything comes first.",
            failures=(
                "With many classes a long tail of small probabilities outweighs a close race between two: it asks "
                "about hopeless points instead of those at a boundary."
            ),
            cost="O(n C)",
            score=of_probs(uncertainty.entropy),
        ),
        Strategy(
            name="qbc_vote_entropy",
            label="Committee, votes",
            description="Asks about points on which a committee of models votes for different classes.",
            formula=r"-\sum_y \frac{V(y)}{K} \ln \frac{V(y)}{K}",
            source="Dagan & Engelson (1995)",
            family=DISAGREEMENT,
            strengths="Needs only votes, so members may be of any kind, without good probabilities.",
            failures=(
                "Blind to how sure the members are, and coarse: few members make many ties, which are broken by "
                "order alone."
            ),
            cost="O(n K C)",
            score=of_samples(committee.vote_entropy),
        ),
        Strategy(
            name="qbc_kl",
            label="Committee, divergence",
            description="Asks about points on which the models of a committee differ most from their mean.",
            formula=r"\frac{1}{K} \sum_k \mathrm{KL}(p_k \parallel \bar p)",
            source="McCallum & Nigam (1998)",
            family=DISAGREEMENT,
            strengths="Counts how far the members are from their mean, not only how they vote.",
            failures=(
                "The same number as BALD by another road, with the same weakness: a small committee trained on "
                "few labels disagrees most about outliers."
            ),
            cost="O(n K C)",
            score=of_samples(committee.mean_kl),
        ),
        Strategy(
            name="egl",
            label="Expected gradient length",
            description="Asks about points whose label would change the model most, whichever it is.",
            formula=r"\sum_y p(y \mid x) \lVert \nabla \ell(x, y) \rVert",
            source="Settles, Craven & Ray (2008)",
            family=MODEL_CHANGE,
            strengths="Thinks about the learner's next step rather than about doubt.",
            failures=(
                "Large features make long gradients, so it chases outliers; what moves the model most need not "
                "improve it."
            ),
            cost="O(n C) times one layer",
            score=picks.gradient_length,
        ),
        Strategy(
            name="eer",
            label="Expected error reduction",
            description="Tries every label of every point and asks where the pool would be left surest.",
            formula=r"-\sum_y p(y \mid x) \frac{1}{n} \sum_{x'} H[p_{+(x, y)}(\cdot \mid x')]",
            source="Roy & McCallum (2001)",
            family=MODEL_CHANGE,
            strengths="Aims at the goal itself: a pool that the model is sure of once it has learned the answer.",
            failures=(
                "Refits for every point and answer, so it is for small pools; with few labels being sure is not "
                "being right."
            ),
            cost="O(n^2 C^2 d), with m candidates O(n m C^2 d)",
            score=picks.error_reduction,
        ),
        Strategy(
            name="bald",
            label="BALD",
            description="Asks about points on which plausible models disagree although each is sure.",
            formula=r"H[\bar p] - \frac{1}{K} \sum_k H[p_k]",
            source="Houlsby et al. (2011); Gal, Islam & Ghahramani (2017)",
            family=DISAGREEMENT,
            strengths=(
                "Leaves noise alone: a point every member finds a toss-up scores nothing. It asks only what a "
                "label can settle."
            ),
            failures=(
                "Stands and falls with its committee. From few labels a bootstrap committee disagrees far from "
                "all data, and the top k are copies of one question."
            ),
            cost="O(n K C)",
            score=of_samples(bayesian.bald),
        ),
        Strategy(
            name="mean_std",
            label="Mean deviation",
            description="Asks about points whose probabilities vary most between plausible models.",
            formula=r"\frac{1}{C} \sum_y \sigma_k[p_k(y \mid x)]",
            source="Kampffmeyer et al. (2016)",
            family=DISAGREEMENT,
            strengths="Easy to explain and to compute: how much the probabilities wander from model to model.",
            failures=(
                "A spread of probabilities is not information: it overrates the middle and underrates rare classes."
            ),
            cost="O(n K C)",
            score=of_samples(bayesian.mean_std),
        ),
        Strategy(
            name="variation_ratios",
            label="Variation ratios",
            description="Asks about points where most plausible models leave the majority's class.",
            formula=r"1 - \max_y \frac{V(y)}{K}",
            source="Freeman (1965); Gal, Islam & Ghahramani (2017)",
            family=DISAGREEMENT,
            strengths="The share of dissenters: easy to read, and strong with dropout networks on images.",
            failures="Takes few distinct values, so most of its ranking is ties.",
            cost="O(n K C)",
            score=of_samples(bayesian.variation_ratios),
        ),
        Strategy(
            name="epig",
            label="EPIG",
            description="Asks about points whose label tells most about the labels of the whole pool.",
            formula=r"\mathbb{E}_{x'} \, I[y; y' \mid x, x']",
            source="Bickford Smith et al. (2023)",
            family=DISAGREEMENT,
            strengths=(
                "Asks what helps predictions on the pool, so it passes over odd points whose label would tell "
                "about nothing else."
            ),
            failures=(
                "Slow: it compares every point with hundreds of targets. Those must look like what will be predicted."
            ),
            cost="O(n T K C^2) with T = 500 targets",
            score=picks.predictive_gain,
        ),
        Strategy(
            name="batchbald",
            label="BatchBALD",
            description="Asks for the batch whose labels together tell most about the model.",
            formula=r"I[y_1, \ldots, y_k; \theta \mid x_1, \ldots, x_k]",
            source="Kirsch, van Amersfoort & Gal (2019)",
            family=DISAGREEMENT,
            strengths="Knows that copies tell once: the batch is worth what its labels tell together.",
            failures=(
                "Slow, sampled for large batches, and no better than its committee: with five bootstrap members "
                "it has little to tell batches apart by."
            ),
            cost="O(n K min(C^k, 4,000))",
            batch=picks.joint_information,
        ),
        Strategy(
            name="power_bald",
            label="Power BALD",
            description="Draws a batch with odds in proportion to BALD: copies no longer fill it.",
            formula=r"p(x) \propto \mathrm{BALD}(x)^\beta, \quad \beta = 1",
            source="Kirsch et al. (2023)",
            family=DISAGREEMENT,
            strengths="Nearly BatchBALD's variety at BALD's price: dice in proportion to BALD.",
            failures="Some picks are wasted by design, and BALD's trouble with poor committees remains.",
            cost="O(n K C)",
            choose=picks.drawn,
            score=of_samples(bayesian.bald),
        ),
        Strategy(
            name="power_entropy",
            label="Power entropy",
            description="Draws a batch with odds in proportion to entropy.",
            formula=r"p(x) \propto H[p(\cdot \mid x)]^\beta, \quad \beta = 1",
            source="Kirsch et al. (2023)",
            family=UNCERTAINTY,
            strengths="Entropy with dice: as cheap, and a batch no longer fills up with copies of one point.",
            failures="Pays for variety with picks that teach little; for single labels the dice only cost.",
            cost="O(n C)",
            choose=picks.drawn,
            score=of_probs(uncertainty.entropy),
        ),
        Strategy(
            name="badge",
            label="BADGE",
            description="Draws a batch of points that would push the model hard, in different directions.",
            formula=r"\Pr(x) \propto \min_b \lVert g(x) - g(b) \rVert^2, \quad g = (p - e_{\hat y}) h^\top",
            source="Ash et al. (2020)",
            family=MODEL_CHANGE,
            strengths=(
                "Uncertain and varied at once, without a weight to tune; made for large batches of deep networks."
            ),
            failures=(
                "Chance plays a part in each batch, and early gradients of a poor model say little: its gain "
                "comes late."
            ),
            cost="O(n k (C + d))",
            batch=picks.gradient_diversity,
            gradient_features=True,
        ),
        Strategy(
            name="k_center",
            label="k-center",
            description="Asks about the point farthest from everything labelled, again and again.",
            formula=r"\max_x \min_{c \in L \cup B} \lVert x - c \rVert",
            source="Gonzalez (1985); Sener & Savarese (2018)",
            family=COVERAGE,
            strengths="Needs no model at all: no cold start, no copies, and every corner of the pool is seen.",
            failures=(
                "Far away is what it looks for, so outliers come first; it knows nothing of boundaries and "
                "suffers where distances mean little."
            ),
            cost="O(n (M + k) d)",
            batch=picks.coverage_radius,
        ),
        Strategy(
            name="typiclust",
            label="TypiClust",
            description="Asks about the most typical point of each cluster that has no label yet.",
            formula=r"\left(\tfrac{1}{K} \sum_{x' \in \mathrm{NN}_K(x)} \lVert x - x' \rVert\right)^{-1}",
            source="Hacohen, Dekel & Weinshall (2022)",
            family=COVERAGE,
            strengths="Strong with very few labels: one typical point of each cluster, no outliers.",
            failures="Once clusters are covered it has no idea where the boundary is; uncertainty overtakes it.",
            cost="O(n (M + k) d) an iteration of k-means",
            batch=picks.typical,
        ),
        Strategy(
            name="probcover",
            label="ProbCover",
            description="Asks about points whose surroundings of a fixed radius cover the most of the pool.",
            formula=r"\left|\{x' : \lVert x - x' \rVert \le \delta\} \setminus \mathrm{covered}\right|",
            source="Yehuda et al. (2022)",
            family=COVERAGE,
            strengths=(
                "Covers the crowded parts of the pool with few labels; outliers cover nobody and are passed over."
            ),
            failures="Stands and falls with its radius, and fades with many labels. Compares all pairs of points.",
            cost="O(n (n + M) d)",
            batch=picks.ball_coverage,
        ),
        Strategy(
            name="hybrid",
            label="Hybrid, sum",
            description="Asks about points that are uncertain and far from what is labelled: half of each.",
            formula=r"\alpha\, s(x) + (1 - \alpha)\, d(x), \quad \alpha = 0.5",
            source="scaled uncertainty plus distance, after Zhdanov (2019)",
            family=HYBRID,
            strengths=(
                "Uncertain points that are not copies, with one weight between the two: among the best in the "
                "ready-made tournament."
            ),
            failures="The weight and the scale of distances matter; distance brings back a taste for outliers.",
            cost="O(n (C + (M + k) d))",
            batch=picks.hybrid_of("sum"),
        ),
        Strategy(
            name="hybrid_product",
            label="Hybrid, product",
            description="Asks about points that are uncertain and far from what is labelled: a product.",
            formula=r"s(x)\, d(x)",
            source="scaled uncertainty times distance",
            family=HYBRID,
            strengths="The same idea without a weight: a pick has to be both uncertain and far.",
            failures="One of the two near 0 silences the other: what is certain or close is never asked about.",
            cost="O(n (C + (M + k) d))",
            batch=picks.hybrid_of("product"),
        ),
        Strategy(
            name="cluster_margin",
            label="Cluster-margin",
            description="Takes the points nearest the boundary and spreads the batch over their clusters.",
            formula=r"\min\, p(y_1 \mid x) - p(y_2 \mid x) \text{, one a cluster}",
            source="Citovsky et al. (2021)",
            family=HYBRID,
            strengths="Margin for large batches: the near ties are found cheaply and spread over clusters.",
            failures="Nothing that the model is sure of can enter, however far from all labels it lies.",
            cost="O(n C + (10 k)^2 d)",
            batch=picks.margins_by_cluster,
        ),
        Strategy(
            name="ranked_batch",
            label="Ranked batch",
            description="Trades uncertainty against likeness to what is labelled; exploration comes first.",
            formula=r"a (1 - s(x, L)) + (1 - a) u(x), \quad a = \tfrac{n}{n + M}",
            source="Cardoso et al. (2017)",
            family=HYBRID,
            strengths="Explores while labels are few and turns to uncertainty as they grow; no copies in a batch.",
            failures="On a large pool with few labels its uncertainty hardly counts: it stays a search for coverage.",
            cost="O(n (C + (M + k) d))",
            batch=picks.ranked,
        ),
        Strategy(
            name="density",
            label="Information density",
            description="Asks about uncertain points that many others resemble: outliers are passed over.",
            formula=r"u(x) \, \tfrac{1}{n} \sum_{x'} \frac{1}{1 + \lVert x - x' \rVert}",
            source="Settles & Craven (2008)",
            family=HYBRID,
            strengths="Passes over outliers: doubt counts where there are many alike.",
            failures=(
                "Crowds far from any boundary outweigh the boundary itself, and a sparse but important class is "
                "never asked about."
            ),
            cost="O(n min(n, 2,000) d)",
            score=picks.dense_uncertainty,
        ),
    )
}
