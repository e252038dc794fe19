"""The symbols of the strategies' formulas, explained."""

import re
from collections.abc import Mapping

# Pattern in a formula, the symbol as it is printed, its meaning; longer ones first, since each is read once.
SYMBOLS: tuple[tuple[str, str, str], ...] = (
    (r"y_1, \\ldots, y_k", r"y_1, \ldots, y_k", "the labels of the batch"),
    (r"x_1, \\ldots, x_k", r"x_1, \ldots, x_k", "the points of the batch"),
    (r"p_\{\+\(x, y\)\}\(\\cdot \\mid x'\)", r"p_{+(x, y)}", "the model after learning label y of x"),
    (r"p\(y_1 \\mid x\)", r"p(y_1 \mid x)", "probability of the most probable class"),
    (r"p\(y_2 \\mid x\)", r"p(y_2 \mid x)", "probability of the second most probable class"),
    (r"p_k\(y \\mid x\)|p_k", r"p_k", "the class probabilities of model k"),
    (r"p\(y \\mid x\)", r"p(y \mid x)", "the model's probability of class y for point x"),
    (r"p\(\\cdot \\mid x\)", r"p(\cdot \mid x)", "the model's class probabilities for x"),
    (r"p\(x\)|\\Pr\(x\)", r"\Pr(x)", "the probability that x is drawn"),
    (r"\\bar p", r"\bar p", "the mean of the models' class probabilities"),
    (r"V\(y\)", r"V(y)", "the models that vote for class y"),
    (r"\\mathrm\{KL\}", r"\mathrm{KL}", "the Kullback-Leibler divergence, in nats"),
    (r"\\mathrm\{BALD\}\(x\)", r"\mathrm{BALD}(x)", "the mutual information of label and model"),
    (r"\\mathrm\{NN\}_K\(x\)", r"\mathrm{NN}_K(x)", "the K nearest neighbours of x"),
    (r"\\mathrm\{Uniform\}", r"\mathrm{Uniform}", "equally likely numbers"),
    (r"\\mathrm\{covered\}", r"\mathrm{covered}", "the points covered so far"),
    (r"\\text\{, one a cluster\}", r"\text{one a cluster}", "one pick from each cluster in turn"),
    (r"\\nabla \\ell\(x, y\)", r"\nabla \ell(x, y)", "the gradient of the loss if the label were y"),
    (r"\\mathbb\{E\}_\{x'\}", r"\mathbb{E}_{x'}", "the mean over target points x'"),
    (r"I\[", r"I", "mutual information, in nats"),
    (r"H\[", r"H", "entropy, in nats"),
    (r"\\sigma_k", r"\sigma_k", "the standard deviation over the models"),
    (r"(?<![A-Za-z\\])g(?![a-z])", r"g", "the loss gradient with the predicted label"),
    (r"e_\{\\hat y\}", r"e_{\hat y}", "one for the predicted class, else zero"),
    (r"h\^\\top", r"h", "the features before the last layer"),
    (r"s\(x, L\)", r"s(x, L)", "the similarity of x to the nearest labelled point"),
    (r"s\(x\)", r"s(x)", "uncertainty, scaled to 0 to 1"),
    (r"u\(x'?\)", r"u(x)", "uncertainty"),
    (r"\\kappa\(x', [xc]\)", r"\kappa", "a Gaussian kernel: 1 at the same place, near 0 far away"),
    (r"d\(x\)", r"d(x)", "distance to the nearest labelled or picked point, scaled to 0 to 1"),
    (r"L \\cup B", r"L \cup B", "the labelled points and the batch so far"),
    (r"\\theta", r"\theta", "the model's parameters"),
    (r"\\delta", r"\delta", "the radius of a ball"),
    (r"\\alpha", r"\alpha", "the weight of uncertainty"),
    (r"\\beta", r"\beta", "the power: 0 is random, large is the highest score"),
    (r"\\tfrac\{n\}\{n \+ M\}", r"M", "the number of labelled points"),
    (r"(?<![a-z\\])a(?![a-z])", r"a", "the weight of coverage, which falls as labels grow"),
    (r"(?<![a-z\\])n(?![a-z])", r"n", "the number of points in the pool"),
    (r"(?<![A-Za-z\\_])K(?![a-zA-Z])", r"K", "the number of models, or of neighbours"),
    (r"(?<![A-Za-z\\])C(?![a-zA-Z])", r"C", "the number of classes"),
    (r"(?<![a-z\\])u \\sim", r"u", "a random number"),
    (r"x'", r"x'", "every other point of the pool"),
    (r"(?<![a-z\\])y'", r"y'", "the label of x'"),
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
        if match := re.search(pattern, rest):
            found.append((match.start(), symbol, words))
            rest = re.sub(pattern, lambda one: " " * len(one.group()), rest)
    return found, rest
