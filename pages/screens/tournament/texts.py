"""Names and explanations of the tournament's charts and files."""

CHARTS = {
    "gain": "Gains",
    "heat": "Heat map",
    "curves": "Curves",
    "differences": "Critical difference",
    "rank": "Ranks",
    "iqm": "IQM",
    "improvement": "P(improvement)",
    "saved": "Labels saved",
    "penalties": "Penalties",
    "pareto": "Pareto",
}
ABOUT = {
    "gain": (
        "Mean accuracy along the curve less random's: mean over data sets, 95 % interval over the seeds, Holm's "
        "correction."
    ),
    "heat": (
        "Gain over random in points; bold: the 95 % interval excludes 0. A click opens the learning curves, which are "
        "under Curves as well."
    ),
    "curves": "Mean test accuracy by labelled points, with its 95 % interval over the paired seeds.",
    "differences": (
        "Nemenyi's test over data sets (Demšar, 2006): two strategies differ where their whiskers do not overlap."
    ),
    "rank": "Rank of the mean accuracy along the curve in each race; 95 % interval over the seeds.",
    "iqm": "Interquartile mean (IQM): mean of the gains between the quartiles, robust against outliers; bootstrap.",
    "improvement": (
        "Probability that a race of this strategy is better than one of random on a random data set; 50 %: no "
        "difference."
    ),
    "saved": "Share of random's labels saved to nine tenths of its final gain: geometric mean over races; bootstrap.",
    "penalties": (
        "Data sets in which the row beats the column, at five budgets; Holm's correction covers the whole table. "
        "Columns have the numbers of the rows."
    ),
    "pareto": "Dotted: the Pareto front, where no other strategy saves as many labels in as little time.",
}
ONE_SEED = "One paired seed is too few for this chart. Choose two or more at the side."
NO_TARGET = (
    "Random gains no accuracy on these data sets, so there is no target to reach. Choose more of them, or rounds."
)
TABLE = (
    "Points and percent. Penalty: percentage of the data sets in which the strategy is beaten, mean over the others. "
    "Seconds: time spent on selection in a race, on the machine of the run."
)
FILES = {
    "tournament.html": "**All charts** with the table, as one page; no network needed (HTML)",
    "standings.csv": "**Table**: one row per strategy (CSV)",
    "standings.tex": "**Table for a paper** (LaTeX)",
    "races.csv": "**Every race**: area, accuracy, seconds (CSV)",
    "penalties.csv": "**Pairwise penalty matrix** (CSV)",
    "areas.csv": "**Areas** data set by data set (CSV)",
    "labels.csv": "**Labels to the target** data set by data set (CSV)",
    "tournament.json": "**All measurements**, with the plan (JSON)",
}
