"""Names and explanations of the tournament's charts and files."""

CHARTS = {
    "gain": "Gain",
    "rank": "Rank",
    "iqm": "IQM",
    "improvement": "Probability of improvement",
    "saved": "Label saving",
    "penalties": "Pairwise penalty matrix",
    "pareto": "Label saving vs. compute",
}
ABOUT = {
    "gain": (
        "Mean accuracy along the learning curve, less that of random in the same race: the mean over data sets, and "
        "its 95 % interval over the seeds with Holm's correction for all strategies. The largest gain is on top."
    ),
    "rank": (
        "In each race the strategies are ranked by their mean accuracy along the curve; 95 % interval over the seeds."
    ),
    "iqm": (
        "Interquartile mean (IQM): the mean of the gains between the quartiles, robust against outliers. 95 % "
        "stratified bootstrap interval."
    ),
    "improvement": (
        "Probability that a race of this strategy is better than one of random on a random data set; 50 % means no "
        "difference. 95 % stratified bootstrap interval."
    ),
    "saved": (
        "Labels to a target at nine tenths of the final gain of random: the share that the strategy saves compared "
        "with random. Geometric mean over races, with its 95 % stratified bootstrap interval."
    ),
    "penalties": (
        "Number of data sets in which the strategy of the row beats that of the column; columns have the "
        "numbers of the rows. Each pair is compared at five budgets, and each budget with a significant difference "
        "counts a fifth. Holm's correction covers the whole table: without any differences, one table in twenty has "
        "a number in it."
    ),
    "pareto": (
        "Label saving against the time to select the queries. The dotted line is the Pareto front: no other strategy "
        "saves as many labels in as little time."
    ),
}
TABLE = (
    "Gain, IQM, Beats random and Labels saved in percent, with the 95 % intervals of the charts. Verdict: better or "
    "worse than random, or undecided where the interval of the gain contains 0 or the seeds are too few. Penalty: "
    "percentage of the data sets in which the strategy is beaten, mean over the others. Seconds: time spent on "
    "selection in a race, on the machine of the run."
)
FILES = {
    "standings.csv": "**Table**: one row per strategy (CSV)",
    "standings.tex": "**Table for a paper** (LaTeX)",
    "races.csv": "**Every race**: area, accuracy, seconds (CSV)",
    "penalties.csv": "**Pairwise penalty matrix** (CSV)",
    "areas.csv": "**Areas** data set by data set (CSV)",
    "labels.csv": "**Labels to the target** data set by data set (CSV)",
    "tournament.json": "**All measurements**, with the plan (JSON)",
    "tournament.html": "**All charts** as a page of its own; no network needed (HTML)",
}
