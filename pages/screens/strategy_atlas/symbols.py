"""The symbols of the strategies' formulas, explained."""

import re
from collections.abc import Mapping

# Pattern in a formula, the symbol as it is printed, its meaning; longer ones first, since each is read once.
SYMBOLS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"y_1, \\ldots, y_k"), r"y_1, \ldots, y_k", "the labels of the batch"),
    (re.compile(r"x_1, \\ldots, x_k"), r"x_1, \ldots, x_k", "the points of the batch"),
    (re.compile(r"p_\{\+\(x, y\)\}\(\\cdot \\mid x'\)"), r"p_{+(x, y)}", "the model after learning label y of x"),
    (re.compile(r"p\(y_1 \\mid x\)"), r"p(y_1 \mid x)", "probability of the most probable class"),
    (re.compile(r"p\(y_2 \\mid x\)"), r"p(y_2 \mid x)", "probability of the second most probable class"),
    (re.compile(r"p_k\(y \\mid x\)|p_k"), r"p_k", "the class probabilities of model k"),
    (re.compile(r"p\(y \\mid x\)"), r"p(y \mid x)", "the model's probability of class y for point x"),
    (re.compile(r"p\(\\cdot \\mid x\)"), r"p(\cdot \mid x)", "the model's class probabilities for x"),
    (re.compile(r"\\Pr\(x\)"), r"\Pr(x)", "the probability that x is drawn"),
    (re.compile(r"\\bar p"), r"\bar p", "the mean of the models' class probabilities"),
    (re.compile(r"V\(y\)"), r"V(y)", "the models that vote for class y"),
    (re.compile(r"\\mathrm\{KL\}"), r"\mathrm{KL}", "the Kullback-Leibler divergence, in nats"),
    (re.compile(r"\\mathrm\{BALD\}\(x\)"), r"\mathrm{BALD}(x)", "the mutual information of label and model"),
    (
        re.compile(r"\\mathrm\{TypiClust\}"),
        r"\mathrm{TypiClust}",
        "the most typical points of clusters without a label",
    ),
    (re.compile(r"\\text\{ if \} M < 2 C"), r"M < 2 C", "fewer than two labels a class"),
    (re.compile(r"\\text\{ else \}"), r"\text{else}", "with more labels"),
    (re.compile(r"\\mathrm\{NN\}_K\(x\)"), r"\mathrm{NN}_K(x)", "the K nearest neighbours of x"),
    (re.compile(r"\\mathrm\{Uniform\}"), r"\mathrm{Uniform}", "equally likely numbers"),
    (re.compile(r"\\mathrm\{covered\}"), r"\mathrm{covered}", "the points covered so far"),
    (re.compile(r"\\text\{, one a cluster\}"), r"\text{one a cluster}", "one pick from each cluster in turn"),
    (re.compile(r"\\hat y\(m_i x\)"), r"\hat y(m_i x)", "the predicted class with a random quarter of the features"),
    (re.compile(r"\\hat y\(x\)"), r"\hat y(x)", "the predicted class with all features"),
    (re.compile(r"\\sum_\{i=1\}\^\{3\}"), r"\sum_i", "the sum over three random choices of features"),
    (re.compile(r"\\nabla \\ell\(x, y\)"), r"\nabla \ell(x, y)", "the gradient of the loss if the label were y"),
    (re.compile(r"\\mathbb\{E\}_\{x'\}"), r"\mathbb{E}_{x'}", "the mean over target points x'"),
    (re.compile(r"I\["), r"I", "mutual information, in nats"),
    (re.compile(r"H\["), r"H", "entropy, in nats"),
    (re.compile(r"\\sigma_k"), r"\sigma_k", "the standard deviation over the models"),
    (re.compile(r"(?<![A-Za-z\\])g(?![a-z])"), r"g", "the loss gradient with the predicted label"),
    (re.compile(r"e_\{\\hat y\}"), r"e_{\hat y}", "one for the predicted class, else zero"),
    (re.compile(r"h\^\\top"), r"h", "the features before the last layer"),
    (re.compile(r"s\(x, L\)"), r"s(x, L)", "the similarity of x to the nearest labelled point"),
    (re.compile(r"s\(x\)"), r"s(x)", "uncertainty, scaled to 0 to 1"),
    (re.compile(r"u\(x'?\)"), r"u(x)", "uncertainty"),
    (re.compile(r"\\kappa\(x', [xc]\)"), r"\kappa", "a Gaussian kernel: 1 at the same place, near 0 far away"),
    (re.compile(r"d\(x\)"), r"d(x)", "distance to the nearest labelled or picked point, scaled to 0 to 1"),
    (re.compile(r"w_\{x x'\}"), r"w_{x x'}", "the weight of two neighbours: near 1 if close, 0 for other points"),
    (re.compile(r"\\tfrac\{d_x d_\{x'\}\}\{2m\}"), r"d_x d_{x'} / 2m", "the weight that chance would put between them"),
    (re.compile(r"\\gamma"), r"\gamma", "the resolution: 0.5 at first, then larger, for smaller communities"),
    (re.compile(r"\|i - j\|"), r"|i - j|", "how many places two labelled points lie apart"),
    (re.compile(r"y_i = y \\ne y_j"), r"y_i = y \ne y_j", "one of them is of class y, the other is not"),
    (re.compile(r"\\text\{ sorted\}"), r"\text{sorted}", "all points in the order of their margin for class y"),
    (re.compile(r"\\mathrm\{tr\}"), r"\mathrm{tr}", "the sum of a matrix's diagonal"),
    (re.compile(r"F\(x'?\)"), r"F(x)", "the Fisher information of the label of x about the model's parameters"),
    (re.compile(r"\+ I"), r"I", "the identity, as a penalty of the model puts it there"),
    (re.compile(r"L \\cup B"), r"L \cup B", "the labelled points and the batch so far"),
    (re.compile(r"\\theta"), r"\theta", "the model's parameters"),
    (re.compile(r"\\delta"), r"\delta", "the radius of a ball"),
    (re.compile(r"\\alpha"), r"\alpha", "the weight of uncertainty"),
    (re.compile(r"\\beta"), r"\beta", "the power: 0 is random, large is the highest score"),
    (re.compile(r"\\tfrac\{n\}\{n \+ M\}"), r"M", "the number of labelled points"),
    (re.compile(r"(?<![a-z\\])a(?![a-z])"), r"a", "the weight of coverage, which falls as labels grow"),
    (re.compile(r"(?<![a-z\\])n(?![a-z])"), r"n", "the number of points in the pool"),
    (re.compile(r"(?<![A-Za-z\\_])K(?![a-zA-Z])"), r"K", "the number of models, or of neighbours"),
    (re.compile(r"(?<![A-Za-z\\])C(?![a-zA-Z])"), r"C", "the number of classes"),
    (re.compile(r"(?<![a-z\\])u \\sim"), r"u", "a random number"),
    (re.compile(r"x'"), r"x'", "every other point of the pool"),
    (re.compile(r"(?<![a-z\\])y'"), r"y'", "the label of x'"),
)


def explained(formula: str) -> Mapping[str, str]:
    """The symbols of a formula in LaTeX with their meanings, in the order in which they appear."""
    found, _ = _read(formula)
    return {symbol: words for _, symbol, words in sorted(found)}


def unexplained(formula: str) -> str:
    """What is left of a formula without its symbols, operators and running indices."""
    _, rest = _read(formula)
    return re.sub(r"[\s\d\\(){}\[\],.;:|^_=+<>-]", "", re.sub(r"\\[A-Za-z]+|[xypckb]", "", rest))


def _read(formula: str) -> tuple[list[tuple[int, str, str]], str]:
    found, rest = [], formula
    for pattern, symbol, words in SYMBOLS:
        if match := pattern.search(rest):
            found.append((match.start(), symbol, words))
            rest = pattern.sub(lambda one: " " * len(one.group()), rest)
    return found, rest
