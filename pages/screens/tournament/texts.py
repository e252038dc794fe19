"""Names and explanations of the tournament's charts and files."""

CHARTS = {
    "gain": "Gain",
    "rank": "Rank",
    "iqm": "Middle half",
    "improvement": "Chance to win",
    "saved": "Labels saved",
    "penalties": "Who beats whom",
    "pareto": "Labels and time",
}
ABOUT = {
    "gain": (
        "Mean accuracy along the learning curve, less that of random in the same race: the mean "
        "over data sets, and its 95 % interval over the seeds, as wide as Holm's correction over "
        "all strategies wants. The largest gain is on top."
    ),
    "rank": (
        "In each race the strategies are ranked by their mean accuracy along the curve; 95 % interval over the seeds."
    ),
    "iqm": (
        "The mean of the middle half of all gains: neither a disaster nor a windfall moves it. 95 % "
        "stratified bootstrap interval."
    ),
    "improvement": (
        "How likely a race of this strategy beats one of random's on a data set drawn at random; at "
        "50 it is a toss-up. 95 % stratified bootstrap interval."
    ),
    "saved": (
        "The target lies at nine tenths of what random gains in the end. How many of the labels "
        "that random needs to it are not needed: geometric mean over races, with its 95 % "
        "stratified bootstrap interval."
    ),
    "penalties": (
        "In how many data sets the row beats the column; a column's number stands behind its name. Each "
        "is judged at five budgets, and one at "
        "which the difference is certain counts a fifth. Holm's correction holds for the whole "
        "table: where nothing differs, one table in twenty has any number in it."
    ),
    "pareto": (
        "Labels saved against the time it takes to choose them. Nothing else saves as many in as "
        "little time as the strategies on the dotted line."
    ),
}
TABLE = (
    "Gain, IQM, Beats random and Labels saved in percent, with the 95 % intervals of the charts. "
    "Verdict: better or worse than random, or undecided where the interval of the gain holds 0 "
    "or the seeds are too few to tell. Penalty: percent of the data sets in "
    "which it is beaten, mean over the others. Seconds: spent on choosing in a race, on the machine "
    "it ran on."
)
FILES = {
    "standings.csv": "**Table**: one row a strategy (CSV)",
    "standings.tex": "**Table for a paper** (LaTeX)",
    "races.csv": "**Every race**: area, accuracy, seconds (CSV)",
    "penalties.csv": "**Who beats whom** (CSV)",
    "areas.csv": "**Areas** data set by data set (CSV)",
    "labels.csv": "**Labels to the target** data set by data set (CSV)",
    "tournament.json": "**Everything measured**, with the plan (JSON)",
    "tournament.html": "**All charts** as a page of its own; no network needed (HTML)",
}
