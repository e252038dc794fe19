"""Controls of the acquisition: committee, candidate subsample, and remedies."""

from typing import Any

import streamlit as st

from alcore.learners.base import COMMITTEE, DROPOUT_SAMPLES
from alcore.learners.registry import LEARNERS
from alcore.strategies.catalogue import STRATEGIES
from pages.shared import controls

# Measured effect of the candidate subsample for the small network on MNIST, 5 paired seeds, two CPU cores
# (tests.benchmarks.candidates): number of candidates, seconds per query (of all, of these), gain in accuracy along the
# curve in percentage points, and its 95 % interval.
MEASURED = (5_000, 0.10, 0.01, 0.6, -0.7, 2.0)


def voters(strategy: str, learner: str) -> dict[str, Any]:
    """Type and size of the committee, for a strategy that uses one; empty for others."""
    if "probs_N_K_C" not in STRATEGIES[strategy].needs:
        return {}
    values: dict[str, Any] = {}
    masks = LEARNERS[learner].dropout
    if LEARNERS[learner].network:
        first = "Parts switched off" if masks else "Other examples"
        values["committee"] = controls.segmented(
            "mnist",
            "committee",
            "The models that vote differ by",
            ["bootstrap", "ensemble"],
            "bootstrap",
            labels={"bootstrap": first, "ensemble": "Other starts"}.__getitem__,
            help=(
                "Parts switched off (Monte-Carlo dropout): one network, each time with other units left out. "
                if masks
                else "Other examples (bootstrap): each learns from its own draw of the labels. "
            )
            + "Other starts (deep ensemble): each learns from all labels, from other first weights.",
        )
    usual = DROPOUT_SAMPLES if masks and values["committee"] == "bootstrap" else COMMITTEE
    samples = controls.slider(
        "mnist",
        "samples",
        "Models that vote",
        2,
        100,
        usual,
        help="Members of the committee, or samples of a network with dropout. Members cost a training each.",
    )
    return values | {"samples": samples if samples != usual else None}


def candidates(strategy: str) -> dict[str, Any]:
    """Number of candidates of the strategy; empty for random, which scores none."""
    if strategy == "random":
        return {}
    some = controls.number(
        "mnist",
        "candidates",
        "Images looked at per round (0: all)",
        0,
        60_000,
        0,
        help="Candidate subsampling: the strategy chooses among so many images, drawn afresh each round. "
        "That is faster on a CPU, and its questions are the best of fewer.",
    )
    looked_at, of_all, of_some, gain, low, high = MEASURED
    st.caption(
        f"Measured with the small network, 5 paired seeds: a choice among {looked_at:,} of 60,000 images "
        f"took {of_some:.2f} s instead of {of_all:.2f} s. Accuracy changed by {gain:+.1f} percentage points "
        f"(95 % interval {low:+.1f} to {high:+.1f}): no loss that could be told from chance."
    )
    return {"candidates": some or None}


def remedies(strategy: str) -> dict[str, Any]:
    """Remedies for failure modes, as a panel; none for random."""
    if strategy == "random":
        return {}
    with st.expander("Remedies", icon=":material/healing:"):
        return {
            "epsilon": controls.slider(
                "mnist",
                "epsilon",
                "Random picks",
                0.0,
                1.0,
                0.0,
                step=0.05,
                help="Against sampling bias (epsilon-greedy): each pick gives way to a random one with this "
                "probability.",
            ),
            "density": controls.slider(
                "mnist",
                "density",
                "Weight of density",
                0.0,
                5.0,
                0.0,
                step=0.25,
                help="Against outliers: scores times density to this power.",
            ),
            "calibration": controls.number(
                "mnist",
                "calibration",
                "Labels held out to calibrate",
                0,
                5_000,
                0,
                help="Against over-confidence (temperature scaling): a temperature is fitted on them. They "
                "count as labels, and the network does not train on them.",
            ),
        }
