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
CLICK = "A click opens the learning curves, which are under Curves as well."
ONE_SEED = "One paired seed is too few for this chart. Choose two or more at the side."
NO_TARGET = (
    "Random gains no accuracy on these data sets, so there is no target to reach. Choose more of them, or rounds."
)
TABLE = (
    "Points and percent; random compared with itself is 0 points, and 50 % in P(improvement). Penalty: percentage of "
    "the data sets in which the strategy is beaten, mean over the others. Seconds: time spent on selection in a race, "
    "on the machine of the run."
)
TABLE_ONCE = "One paired seed gives no interval, and no IQM, P(improvement) or labels saved."
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
