"""Every strategy by name. A new one is a function and an entry here."""

from alcore.strategies import bayesian, committee, picks, uncertainty
from alcore.strategies.picks import OfEachPoint, of_samples
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
            description="Queries points at random: the baseline that every other strategy has to beat.",
            formula=r"u \sim \mathrm{Uniform}(0, 1)",
            source="the control",
            family=BASELINES,
            strengths=(
                "Costs nothing, needs no model, and its labelled points are a fair sample of the pool: estimates made "
                "from them are unbiased, however bad the model."
            ),
            failures="Rare classes stay rare, and most labels confirm predictions that are right already.",
            cost="O(n)",
            score=picks.random_score,
        ),
        Strategy(
            name="least_confidence",
            label="Least confidence",
            description="Queries points whose most probable class is the least probable.",
            formula=r"1 - \max_y p(y \mid x)",
            source="Lewis & Gale (1994)",
            family=UNCERTAINTY,
            strengths="The simplest rule that works: one number a point, from any classifier with probabilities.",
            failures=(
                "Uses the most probable class only. With an over-confident model it misses the regions where the model "
                "is wrong; it favours outliers and noisy points, and a batch of the top k holds near-duplicates."
            ),
            cost="O(n C)",
            score=OfEachPoint(uncertainty.least_confidence),
        ),
        Strategy(
            name="margin",
            label="Margin",
            description="Queries points where the two most probable classes are nearly tied.",
            formula=r"1 - (p(y_1 \mid x) - p(y_2 \mid x))",
            source="Scheffer, Decomain & Wrobel (2001)",
            family=UNCERTAINTY,
            strengths=(
                "Queries at the boundary between two classes whatever the others do, so no label goes to points that "
                "are a little like every class. The safest first choice."
            ),
            failures=(
                "Ignores how probable the remaining classes are; like every score of a single model it is redundant "
                "within a batch and only as good as the model."
            ),
            cost="O(n C log C)",
            score=OfEachPoint(uncertainty.margin),
        ),
        Strategy(
            name="entropy",
            label="Entropy",
            description="Queries points whose class probabilities are spread over the most classes.",
            formula=r"-\sum_y p(y \mid x) \ln p(y \mid x)",
            source="Dagan & Engelson (1995)",
            family=UNCERTAINTY,
            strengths="Counts every class: a point that could belong to any of them comes first.",
            failures=(
                "With many classes a long tail of small probabilities outweighs a near tie of two: it queries points "
                "that no class fits instead of those at a boundary."
            ),
            cost="O(n C)",
            score=OfEachPoint(uncertainty.entropy),
        ),
        Strategy(
            name="galaxy",
            label="GALAXY",
            description="Sorts the pool by each class, and queries halfway between labels of the class and of others.",
            formula=r"\min_y |i - j|, \quad p(y \mid x) \text{ sorted}, \quad y_i = y \ne y_j",
            source="Zhang, Katz-Samuels & Nowak (2022)",
            family=UNCERTAINTY,
            strengths=(
                "For rare classes: a binary search for the boundary of each class, whose picks on both sides keep "
                "the labels balanced."
            ),
            failures=(
                "Within a batch it has to guess the labels of its picks, so small batches suit it; a model that sorts "
                "badly makes it search in the wrong place."
            ),
            cost="O((n + M) C (log n + k))",
            batch=picks.bisected,
        ),
        Strategy(
            name="qbc_vote_entropy",
            label="Committee, votes",
            description="Queries points on which the members of a committee vote for different classes.",
            formula=r"-\sum_y \frac{V(y)}{K} \ln \frac{V(y)}{K}",
            source="Dagan & Engelson (1995)",
            family=DISAGREEMENT,
            strengths="Needs votes only: members may be of any kind, without good probabilities.",
            failures=(
                "Ignores how confident the members are, and is coarse: few members make many ties, which are broken at "
                "random."
            ),
            cost="O(n K C)",
            score=of_samples(committee.vote_entropy),
        ),
        Strategy(
            name="qbc_kl",
            label="Committee, divergence",
            description="Queries points on which the members of a committee differ most from their mean.",
            formula=r"\frac{1}{K} \sum_k \mathrm{KL}(p_k \parallel \bar p)",
            source="McCallum & Nigam (1998)",
            family=DISAGREEMENT,
            strengths="Counts how far the members are from their mean, not only how they vote.",
            failures=(
                "The same number as BALD in another form, with the same weakness: a small committee trained on few "
                "labels disagrees most about outliers."
            ),
            cost="O(n K C)",
            score=of_samples(committee.mean_kl),
        ),
        Strategy(
            name="egl",
            label="Expected gradient length",
            description="Queries points whose label would change the model most, in expectation over the labels.",
            formula=r"\sum_y p(y \mid x) \lVert \nabla \ell(x, y) \rVert",
            source="Settles, Craven & Ray (2008)",
            family=MODEL_CHANGE,
            strengths="Measures the change of the model itself rather than its uncertainty.",
            failures=(
                "Large features make long gradients, so it favours outliers; what changes the model most need not "
                "improve it."
            ),
            cost="O(n C) times one layer",
            score=picks.gradient_length,
        ),
        Strategy(
            name="bait",
            label="BAIT",
            description="Queries the batch by whose Fisher information predictions on the pool vary least.",
            formula=r"\min \mathrm{tr}\Bigl[\Bigl(\sum_{x \in L \cup B} F(x) + I\Bigr)^{-1} \sum_{x'} F(x')\Bigr]",
            source="Ash, Goel, Krishnamurthy & Kakade (2021)",
            family=MODEL_CHANGE,
            strengths=(
                "An optimal design: weighs what labels say about the model by what predictions on the pool need, and "
                "counts the redundancy of a batch."
            ),
            failures=(
                "As good as the model's probabilities and features; many classes or dimensions make it slow, so that "
                "only leading principal components are used."
            ),
            cost="O(n (C d)^2 + k m C^2 (C + d)) with m = 5,000",
            batch=picks.fisher_information,
        ),
        Strategy(
            name="eer",
            label="Expected error reduction",
            description="Tries every label of every point, and queries the point that leaves the pool least uncertain.",
            formula=r"-\sum_y p(y \mid x) \frac{1}{n} \sum_{x'} H[p_{+(x, y)}(\cdot \mid x')]",
            source="Roy & McCallum (2001)",
            family=MODEL_CHANGE,
            strengths="Optimises the aim itself: the expected uncertainty over the pool after the label is learned.",
            failures=(
                "Refits for every point and label: for small pools only. With few labels a confident model need not be "
                "right."
            ),
            cost="O(n^2 C^2 d), with m candidates O(n m C^2 d)",
            score=picks.error_reduction,
        ),
        Strategy(
            name="bald",
            label="BALD",
            description="Queries points on which posterior samples disagree although each is confident.",
            formula=r"H[\bar p] - \frac{1}{K} \sum_k H[p_k]",
            source="Houlsby et al. (2011); Gal, Islam & Ghahramani (2017)",
            family=DISAGREEMENT,
            strengths=(
                "Passes over label noise: a point that is a toss-up for every member scores 0. Only uncertainty that a "
                "label can reduce counts."
            ),
            failures=(
                "Only as good as its committee. From few labels a bootstrap committee disagrees far from all data, and "
                "the top k are near-duplicates of one point."
            ),
            cost="O(n K C)",
            score=of_samples(bayesian.bald),
        ),
        Strategy(
            name="mean_std",
            label="Mean deviation",
            description="Queries points whose class probabilities vary most between posterior samples.",
            formula=r"\frac{1}{C} \sum_y \sigma_k[p_k(y \mid x)]",
            source="Kampffmeyer et al. (2016)",
            family=DISAGREEMENT,
            strengths="Easy to explain and to compute: how much the probabilities vary from model to model.",
            failures=("Not information: it overrates probabilities around one half and underrates rare classes."),
            cost="O(n K C)",
            score=of_samples(bayesian.mean_std),
        ),
        Strategy(
            name="variation_ratios",
            label="Variation ratios",
            description="Queries points where the fewest posterior samples vote for the majority's class.",
            formula=r"1 - \max_y \frac{V(y)}{K}",
            source="Freeman (1965); Gal, Islam & Ghahramani (2017)",
            family=DISAGREEMENT,
            strengths="The share of dissenting members: easy to read, and strong with dropout networks on images.",
            failures="Has few distinct values, so most of its ranking is ties.",
            cost="O(n K C)",
            score=of_samples(bayesian.variation_ratios),
        ),
        Strategy(
            name="epig",
            label="EPIG",
            description="Queries points whose label has the most mutual information with predictions on the pool.",
            formula=r"\mathbb{E}_{x'} \, I[y; y' \mid x, x']",
            source="Bickford Smith et al. (2023)",
            family=DISAGREEMENT,
            strengths=(
                "Aims at predictions on the pool, so it passes over odd points whose label would inform about "
                "nothing else."
            ),
            failures=(
                "Slow: it compares every point with hundreds of target points, which must be drawn like the test data."
            ),
            cost="O(n T K C^2) with T = 500 targets",
            score=picks.predictive_gain,
        ),
        Strategy(
            name="batchbald",
            label="BatchBALD",
            description="Queries the batch whose labels jointly have the most mutual information with the model.",
            formula=r"I[y_1, \ldots, y_k; \theta \mid x_1, \ldots, x_k]",
            source="Kirsch, van Amersfoort & Gal (2019)",
            family=DISAGREEMENT,
            strengths="Counts redundancy: a batch is worth its joint information, so near-duplicates add nothing.",
            failures=(
                "Slow, sampled for large batches, and no better than its committee: five bootstrap members hardly "
                "distinguish one batch from another."
            ),
            cost="O(n K min(C^k, 4,000))",
            batch=picks.joint_information,
        ),
        Strategy(
            name="power_bald",
            label="Power BALD",
            description="Samples a batch with probabilities proportional to BALD: near-duplicates no longer fill it.",
            formula=r"\Pr(x) \propto \mathrm{BALD}(x)^\beta, \quad \beta = 1",
            source="Kirsch et al. (2023)",
            family=DISAGREEMENT,
            strengths="Nearly BatchBALD's diversity at BALD's cost: a random batch in proportion to BALD.",
            failures="Some picks are of little value by design, and BALD's weakness with poor committees remains.",
            cost="O(n K C)",
            choose=picks.drawn,
            score=of_samples(bayesian.bald),
        ),
        Strategy(
            name="power_entropy",
            label="Power entropy",
            description="Samples a batch with probabilities proportional to entropy.",
            formula=r"\Pr(x) \propto H[p(\cdot \mid x)]^\beta, \quad \beta = 1",
            source="Kirsch et al. (2023)",
            family=UNCERTAINTY,
            strengths="As cheap as entropy, and a batch no longer fills up with near-duplicates of one point.",
            failures="Pays for diversity with picks of little value; for single labels sampling is a loss.",
            cost="O(n C)",
            choose=picks.drawn,
            score=OfEachPoint(uncertainty.entropy),
        ),
        Strategy(
            name="badge",
            label="BADGE",
            description="Samples a batch of points with large gradients in different directions.",
            formula=r"\Pr(x) \propto \min_b \lVert g(x) - g(b) \rVert^2, \quad g = (p - e_{\hat y}) h^\top",
            source="Ash et al. (2020)",
            family=MODEL_CHANGE,
            strengths=(
                "Uncertain and diverse at once, without a weight to tune; made for large batches of deep networks."
            ),
            failures=(
                "Each batch is partly random, and gradients of a poor early model carry little: its gain comes late."
            ),
            cost="O(n k (C + d))",
            batch=picks.gradient_diversity,
            gradient_features=True,
        ),
        Strategy(
            name="k_center",
            label="k-center",
            description="Queries the point farthest from everything labelled, one after another.",
            formula=r"\max_x \min_{c \in L \cup B} \lVert x - c \rVert",
            source="Gonzalez (1985); Sener & Savarese (2018)",
            family=COVERAGE,
            strengths="Needs no model: no cold start, no near-duplicates, and every corner of the pool is covered.",
            failures=(
                "Distance is all it measures, so outliers come first; it ignores class boundaries and fails where "
                "distances mean little."
            ),
            cost="O(n (M + k) d)",
            batch=picks.coverage_radius,
        ),
        Strategy(
            name="typiclust",
            label="TypiClust",
            description="Queries the most typical point of each cluster without a label.",
            formula=r"\left(\tfrac{1}{K} \sum_{x' \in \mathrm{NN}_K(x)} \lVert x - x' \rVert\right)^{-1}",
            source="Hacohen, Dekel & Weinshall (2022)",
            family=COVERAGE,
            strengths="Strong with very few labels: one typical point of each cluster, no outliers.",
            failures="Once clusters are covered it ignores the boundary; uncertainty sampling overtakes it.",
            cost="O(n (M + k) d) an iteration of k-means",
            batch=picks.typical,
        ),
        Strategy(
            name="communities",
            label="Communities",
            description="Queries a typical point of each community of neighbours, large or uncertain ones first.",
            formula=r"\max_c \sum_{x, x' \in c} w_{x x'} - \gamma \tfrac{d_x d_{x'}}{2m}",
            source="modularity communities (Blondel et al. 2008) of a self-tuning neighbour graph",
            family=COVERAGE,
            strengths=(
                "For the first dozen labels: follows clusters of any shape, decides their number by itself, needs no "
                "model at first, and large groups come first. Uses the graph of a learner that has one."
            ),
            failures=(
                "A class that is no cluster of its own is met late; once all communities have a label it ignores the "
                "boundary. Compares all pairs of points once."
            ),
            cost="O((n + M)^2 d) once, then O(n + M)",
            batch=picks.community_typical,
            early=picks.BY_SIZE_FIRST,
        ),
        Strategy(
            name="probcover",
            label="ProbCover",
            description="Queries points whose balls of a fixed radius cover the most of the pool.",
            formula=r"\left|\{x' : \lVert x - x' \rVert \le \delta\} \setminus \mathrm{covered}\right|",
            source="Yehuda et al. (2022)",
            family=COVERAGE,
            strengths=(
                "Covers the dense parts of the pool with few labels; outliers cover no other point and are passed over."
            ),
            failures="Sensitive to its radius, and weaker with many labels. Compares all pairs of up to 50,000 points.",
            cost="O(n (n + M) d)",
            batch=picks.ball_coverage,
        ),
        Strategy(
            name="max_herding",
            label="MaxHerding",
            description="Queries points that raise the mean kernel similarity of the pool to the labels most.",
            formula=r"\sum_{x'} \max(\kappa(x', x) - \max_{c \in L \cup B} \kappa(x', c),\, 0)",
            source="Bae et al. (2024)",
            family=COVERAGE,
            strengths=(
                "Strong with very few labels and needs no model: like ProbCover, with a soft edge in place of a radius."
            ),
            failures="Ignores class boundaries, so uncertainty overtakes it. Compares all pairs of points.",
            cost="O(n (n + M) d)",
            batch=picks.kernel_coverage,
        ),
        Strategy(
            name="hybrid",
            label="Hybrid, sum",
            description="Queries points that are uncertain and far from labelled points: the weighted sum of both.",
            formula=r"\alpha\, s(x) + (1 - \alpha)\, d(x), \quad \alpha = 0.5",
            source="scaled uncertainty plus distance, after Zhdanov (2019)",
            family=HYBRID,
            strengths=(
                "Uncertain points that are no near-duplicates, with one weight between the two: among the best in the "
                "ready-made tournament."
            ),
            failures="The weight and the scale of distances matter; distance favours outliers.",
            cost="O(n (C + (M + k) d))",
            batch=picks.hybrid_of("sum"),
        ),
        Strategy(
            name="hybrid_product",
            label="Hybrid, product",
            description="Queries points that are uncertain and far from labelled points: the product of both.",
            formula=r"s(x)\, d(x)",
            source="scaled uncertainty times distance",
            family=HYBRID,
            strengths="The same rule without a weight: a pick has to be both uncertain and far.",
            failures="One factor near 0 cancels the other: certain or close points are never queried.",
            cost="O(n (C + (M + k) d))",
            batch=picks.hybrid_of("product"),
        ),
        Strategy(
            name="uherding",
            label="UHerding",
            description="Queries points that raise the kernel similarity of uncertain points to the labels most.",
            formula=r"\sum_{x'} u(x') \max(\kappa(x', x) - \max_{c \in L \cup B} \kappa(x', c),\, 0)",
            source="Bae et al. (2025)",
            family=HYBRID,
            strengths=(
                "Goes over from coverage to uncertainty by itself: its kernel is as wide as the smallest distance "
                "between labelled points."
            ),
            failures=(
                "Two labelled points that nearly coincide make the kernel so narrow that only uncertainty is left. "
                "Compares all pairs of points."
            ),
            cost="O(n (n + M) d)",
            batch=picks.uncertain_coverage,
        ),
        Strategy(
            name="cluster_margin",
            label="Cluster-margin",
            description="Queries points of the smallest margin, spread over their clusters.",
            formula=r"\min\, p(y_1 \mid x) - p(y_2 \mid x) \text{, one a cluster}",
            source="Citovsky et al. (2021)",
            family=HYBRID,
            strengths="Margin for large batches: near ties are found cheaply and spread over clusters.",
            failures="Points of confident predictions cannot enter, however far from all labels they lie.",
            cost="O(n C + (10 k)^2 d)",
            batch=picks.margins_by_cluster,
        ),
        Strategy(
            name="dropquery",
            label="DropQuery",
            description="Queries points whose predicted class changes without most features, one from each cluster.",
            formula=r"\frac{1}{3} \sum_{i=1}^{3} [\hat y(m_i x) \ne \hat y(x)] > \tfrac{1}{2} \text{, one a cluster}",
            source="Gupte, Aklilu, Nirschl & Yeung-Levy (2024)",
            family=HYBRID,
            strengths=(
                "Made for embeddings of large pretrained models: fits a linear model of its own on the features, so "
                "any learner will do."
            ),
            failures=(
                "Features in which each has a meaning of its own, such as columns of a table, are no redundant code: "
                "leaving most of them out changes every prediction."
            ),
            cost="O(n d (C + k))",
            batch=picks.dropped_features,
        ),
        Strategy(
            name="tcm",
            label="TCM",
            description="Queries typical points until there are two labels a class, then the smallest margins.",
            formula=(
                r"\mathrm{TypiClust} \text{ if } M < 2 C, \quad \text{ else } 1 - (p(y_1 \mid x) - p(y_2 \mid x))"
            ),
            source="Doucet, Estermann, Aczel & Wattenhofer (2024)",
            family=HYBRID,
            strengths=(
                "A safe default from the first label on: typical points while a model cannot be trusted, then margin, "
                "the best rule for one model. Starts with nothing labelled."
            ),
            failures=(
                "The switch is set by a number of labels, not by how good the model is: on easy data it comes late, "
                "with rare classes too early."
            ),
            cost="O(n (M + k) d), later O(n C log C)",
            batch=picks.typical_then_margin,
            early=picks.TYPICAL_FIRST,
        ),
        Strategy(
            name="ranked_batch",
            label="Ranked batch",
            description="Trades uncertainty against similarity to labelled points; exploration comes first.",
            formula=r"a (1 - s(x, L)) + (1 - a) u(x), \quad a = \tfrac{n}{n + M}",
            source="Cardoso et al. (2017)",
            family=HYBRID,
            strengths="Explores while labels are few, turns to uncertainty as they grow; no near-duplicates in it.",
            failures="On a large pool with few labels its uncertainty hardly counts: it remains a search for coverage.",
            cost="O(n (C + (M + k) d))",
            batch=picks.ranked,
        ),
        Strategy(
            name="density",
            label="Information density",
            description="Queries uncertain points that resemble many others: outliers are passed over.",
            formula=r"u(x) \, \tfrac{1}{n} \sum_{x'} \frac{1}{1 + \lVert x - x' \rVert}",
            source="Settles & Craven (2008)",
            family=HYBRID,
            strengths="Passes over outliers: uncertainty counts where many points are alike.",
            failures=(
                "Dense regions far from any boundary outweigh the boundary itself, and a sparse but important class is "
                "never queried."
            ),
            cost="O(n min(n, 2,000) d)",
            score=picks.dense_uncertainty,
        ),
    )
}
