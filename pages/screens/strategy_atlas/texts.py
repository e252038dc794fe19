"""What the atlas says of each strategy: its family, where it is strong, where it fails."""

from typing import NamedTuple


class Words(NamedTuple):
    """One strategy in plain words."""

    family: str
    strengths: str
    failures: str


BASE = "Baseline"
UNSURE = "Uncertainty"
APART = "Disagreement"
CHANGE = "Model change"
COVER = "Coverage"
BOTH = "Both at once"
FAMILIES = (BASE, UNSURE, APART, CHANGE, COVER, BOTH)

# A strategy that was just added, until somebody writes its words.
NEW = Words("New", "Nobody has written them down yet.", "Nobody has written them down yet.")

# What a learner has to give: the name a strategy reads -> what people call it.
GIVES = {
    "probs_N_C": "Class probabilities",
    "probs_N_K_C": "Several models",
    "features_N_D": "Features",
    "gradient_lengths_N": "Gradients",
}
NEEDS = {
    "probs_N_C": "class probabilities of one model, so any classifier with probabilities",
    "probs_N_K_C": "class probabilities of several models: a committee, or a network with dropout",
    "features_N_D": "features in which distance means something",
    "labeled_M_D": "the features of what is labelled",
    "labels_M": "the labels so far",
    "classes": "the number of classes",
    "candidates": "a limit on the points to try, on large pools",
    "gradient_lengths_N": "gradients, which logistic regression and networks give",
}

WORDS: dict[str, Words] = {
    "random": Words(
        BASE,
        "Costs nothing, needs no model, and what it labels looks like the pool: estimates made from it are "
        "unbiased. It cannot be fooled by a bad model.",
        "Rare classes stay rare, and most labels confirm what the model knows already.",
    ),
    "least_confidence": Words(
        UNSURE,
        "The simplest thing that works: one number a point, any classifier with probabilities will do.",
        "Looks at the winner only. An over-confident model never asks where it is wrong; outliers and noisy "
        "points look attractive, and a batch of the top k holds near-copies.",
    ),
    "margin": Words(
        UNSURE,
        "Asks at the boundary between two classes whatever the others do, so it does not waste labels on "
        "points that are a little like everything. The safest first choice.",
        "Says nothing about how unlikely the rest is; like all scores of one model it repeats itself within "
        "a batch and trusts a model that may be wrong.",
    ),
    "entropy": Words(
        UNSURE,
        "Counts every class, so a point that could be anything comes first.",
        "With many classes a long tail of small probabilities outweighs a close race between two: it "
        "asks about hopeless points instead of those at a boundary.",
    ),
    "power_entropy": Words(
        UNSURE,
        "Entropy with dice: as cheap, and a batch no longer fills up with copies of one point.",
        "Pays for variety with picks that teach little; for single labels the dice only cost.",
    ),
    "qbc_vote_entropy": Words(
        APART,
        "Needs only votes, so members may be of any kind, without good probabilities.",
        "Blind to how sure the members are, and coarse: few members make many ties, which are broken by order alone.",
    ),
    "qbc_kl": Words(
        APART,
        "Counts how far the members are from their mean, not only how they vote.",
        "The same number as BALD by another road, with the same weakness: a small committee trained on few "
        "labels disagrees most about outliers.",
    ),
    "bald": Words(
        APART,
        "Leaves noise alone: a point every member finds a toss-up scores nothing. It asks only what a label "
        "can settle.",
        "Stands and falls with its committee. From few labels a bootstrap committee disagrees far from all "
        "data, and the top k are copies of one question.",
    ),
    "mean_std": Words(
        APART,
        "Easy to explain and to compute: how much the probabilities wander from model to model.",
        "A spread of probabilities is not information: it overrates the middle and underrates rare classes.",
    ),
    "variation_ratios": Words(
        APART,
        "The share of dissenters: easy to read, and strong with dropout networks on images.",
        "Takes few distinct values, so most of its ranking is ties.",
    ),
    "power_bald": Words(
        APART,
        "Nearly BatchBALD's variety at BALD's price: dice in proportion to BALD.",
        "Some picks are wasted by design, and BALD's trouble with poor committees remains.",
    ),
    "epig": Words(
        APART,
        "Asks what helps predictions on the pool, so it passes over odd points whose label would tell about "
        "nothing else.",
        "Slow: it compares every point with hundreds of targets. Those must look like what will be predicted.",
    ),
    "batchbald": Words(
        APART,
        "Knows that copies tell once: the batch is worth what its labels tell together.",
        "Slow, sampled for large batches, and no better than its committee: with five bootstrap members it "
        "has little to tell batches apart by.",
    ),
    "egl": Words(
        CHANGE,
        "Thinks about the learner's next step rather than about doubt.",
        "Large features make long gradients, so it chases outliers; what moves the model most need not improve it.",
    ),
    "eer": Words(
        CHANGE,
        "Aims at the goal itself: a pool that the model is sure of once it has learned the answer.",
        "Refits for every point and answer, so it is for small pools; with few labels being sure is not being right.",
    ),
    "badge": Words(
        CHANGE,
        "Uncertain and varied at once, without a weight to tune; made for large batches of deep networks.",
        "Chance plays a part in each batch, and early gradients of a poor model say little: its gain comes late.",
    ),
    "k_center": Words(
        COVER,
        "Needs no model at all: no cold start, no copies, and every corner of the pool is seen.",
        "Far away is what it looks for, so outliers come first; it knows nothing of boundaries and suffers "
        "where distances mean little.",
    ),
    "typiclust": Words(
        COVER,
        "Strong with very few labels: one typical point of each cluster, no outliers.",
        "Once clusters are covered it has no idea where the boundary is; uncertainty overtakes it.",
    ),
    "probcover": Words(
        COVER,
        "Covers the crowded parts of the pool with few labels; outliers cover nobody and are passed over.",
        "Stands and falls with its radius, and fades with many labels. Compares all pairs of points.",
    ),
    "hybrid": Words(
        BOTH,
        "Uncertain points that are not copies, with one weight between the two: among the best in the "
        "ready-made tournament.",
        "The weight and the scale of distances matter; distance brings back a taste for outliers.",
    ),
    "hybrid_product": Words(
        BOTH,
        "The same idea without a weight: a pick has to be both uncertain and far.",
        "One of the two near 0 silences the other: what is certain or close is never asked about.",
    ),
    "cluster_margin": Words(
        BOTH,
        "Margin for large batches: the near ties are found cheaply and spread over clusters.",
        "Nothing that the model is sure of can enter, however far from all labels it lies.",
    ),
    "ranked_batch": Words(
        BOTH,
        "Explores while labels are few and turns to uncertainty as they grow; no copies in a batch.",
        "On a large pool with few labels its uncertainty hardly counts: it stays a search for coverage.",
    ),
    "density": Words(
        BOTH,
        "Passes over outliers: doubt counts where there are many alike.",
        "Crowds far from any boundary outweigh the boundary itself, and a sparse but important class is "
        "never asked about.",
    ),
}


def words_of(name: str) -> Words:
    """The words of a strategy; there are some for a new one too."""
    return WORDS.get(name, NEW)
