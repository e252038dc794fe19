"""The command `recommend`: which strategy, with its evidence."""

import argparse

from alcore.cli.arguments import UsageError, cut
from alcore.cli.terminal import print_line
from alcore.recommend.advice import Advice
from alcore.recommend.choose import recommend as advice_for
from alcore.recommend.evidence import load_evidence
from alcore.recommend.text import tried_on, tried_sentence


def recommend(options: argparse.Namespace) -> int:
    """Print the recommendation in sentences, what it was worth on data sets left out, and how to repeat its races."""
    try:
        found = advice_for(
            options.rows,
            options.classes,
            options.budget,
            options.batch,
            kind=options.kind,
            rarest=options.rarest,
            seed_set="random" if options.random_start else "balanced",
            learner=options.learner,
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
    for line in found.words:
        print_line(cut(line))
    tried = tried_on(load_evidence().tried, found)
    for one in () if tried is None else tried.rivals:
        print_line(tried_sentence(one))
    _races(found, every=options.races)
    return 0


def _races(found: Advice, *, every: bool) -> None:
    second = found.runner_up
    names = (found.first.strategy, *(() if second is None else (second.strategy,)))
    cells = found.cells if every else found.cells[:1]
    print_line("Repeat these races:" if every else "Repeat the races of one data set (--races: of all):")
    for cell in cells:
        print_line(f"  {cell.command(names)}")
