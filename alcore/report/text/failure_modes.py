"""Effects of a failure mode and its remedy with paired intervals, in sentences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcore.report.bounded import difference_interval
from alcore.report.intervals import Interval
from alcore.report.text import claims
from alcore.report.text.claims import Claim

BINS = 10


@dataclass(frozen=True)
class Effects:
    """Differences of the mean accuracy along the curve, as shares, with 95 % intervals over paired seeds.

    Attributes:
        effect: effect of the failure mode: affected run without remedy minus reference.
        recovery: effect of the remedy: affected run with remedy minus without.
        end: `recovery` at the last label alone.
        harm: effect of the remedy without the failure mode; below 0 the remedy harms.
        seeds: number of paired races.
    """

    effect: Interval
    recovery: Interval
    end: Interval
    harm: Interval
    seeds: int


@dataclass(frozen=True, eq=False)
class AveragedReliability:
    """A reliability diagram: accuracy by confidence.

    Attributes:
        confidence_B: mean confidence (probability of the predicted class) of each non-empty bin.
        accuracy_B: accuracy in each bin.
        share_B: share of all points.
        error: expected calibration error: the mean of |accuracy - confidence| weighted by `share_B`.
    """

    confidence_B: NDArray[np.float64]
    accuracy_B: NDArray[np.float64]
    share_B: NDArray[np.float64]
    error: float


def effects(
    without_S_T: ArrayLike,
    treated_S_T: ArrayLike,
    clean_without_S_T: ArrayLike,
    clean_treated_S_T: ArrayLike,
    reference_S_T: ArrayLike,
) -> Effects:
    """Paired effects of accuracies along curves with equal labels; rows are seeds."""
    without, treated, well, well_treated, reference = (
        np.asarray(one, dtype=np.float64).mean(axis=1)
        for one in (without_S_T, treated_S_T, clean_without_S_T, clean_treated_S_T, reference_S_T)
    )
    return Effects(
        difference_interval(without - reference),
        difference_interval(treated - without),
        difference_interval(np.asarray(treated_S_T)[:, -1] - np.asarray(without_S_T)[:, -1]),
        difference_interval(well_treated - well),
        len(without),
    )


def typical_seed(effect_S: ArrayLike) -> int:
    """Index of the value nearest the mean, for the race that is drawn; the first of equally near ones.

    The median would contradict the mean beside it where most races differ by nothing and a few by much.

    Raises:
        ValueError: without a value.
    """
    effect = np.asarray(effect_S, dtype=np.float64)
    if effect.ndim != 1 or not len(effect):
        raise ValueError(f"a typical seed needs an effect a seed, got shape {effect.shape}")
    return int(np.abs(effect - effect.mean()).argmin())


def averaged_reliability(probs_N_C: ArrayLike, y_N: ArrayLike, *, bins: int = BINS) -> AveragedReliability:
    """Reliability diagram of a model on labelled points.

    Args:
        probs_N_C: class probabilities.
        y_N: labels.
        bins: number of bins of equal width over confidences from 0 to 1; each includes its upper edge.

    Raises:
        ValueError: without a point or a bin.

    Source: Guo, Pleiss, Sun & Weinberger (2017).
    """
    probs, y = np.asarray(probs_N_C, dtype=np.float64), np.asarray(y_N)
    if probs.ndim != 2 or probs.shape[0] != len(y) or len(y) == 0 or bins < 1:
        raise ValueError(
            f"a reliability diagram needs points, their labels and a bin, got probabilities of shape "
            f"{probs.shape}, {len(y)} labels, {bins} bins"
        )
    confidence_N = probs.max(axis=1)
    right_N = probs.argmax(axis=1) == y
    bin_N = np.clip(np.ceil(confidence_N * bins).astype(np.int64) - 1, 0, bins - 1)
    count_B = np.bincount(bin_N, minlength=bins)
    held = count_B > 0
    confidence_B = np.bincount(bin_N, confidence_N, bins)[held] / count_B[held]
    accuracy_B = np.bincount(bin_N, right_N, bins)[held] / count_B[held]
    share_B = count_B[held] / len(y)
    return AveragedReliability(confidence_B, accuracy_B, share_B, float(share_B @ np.abs(accuracy_B - confidence_B)))


def effect_claims(
    found: Effects, *, reference: str, remedy: str, absence: str, drawn: Effects | None = None
) -> list[Claim]:
    """Cost of the failure mode, effect of the remedy, and its side effect on clean data, in percentage points.

    Args:
        found: from `effects`.
        reference: phrase for the reference, after "compared with".
        remedy: the remedy as the subject of a sentence.
        absence: phrase for the absence of the failure mode, after "Where".
        drawn: the effects in the one race that is drawn, if there is one: of the failure and of the remedy.
    """
    seeds = "one race, not yet evidence" if found.seeds == 1 else f"{found.seeds} paired seeds"
    end = _of_end(found.end)
    told = (
        (
            "Cost of the failure",
            _of_failure(found.effect, reference, seeds),
            found.effect,
            None if drawn is None else drawn.effect,
        ),
        (
            "Effect of the remedy",
            _of_cure(found.recovery, remedy) + (f" {end}" if end else ""),
            found.recovery,
            None if drawn is None else drawn.recovery,
        ),
        ("Side effect on clean data", _of_harm(found.harm, absence), found.harm, None),
    )
    return [
        Claim(
            name,
            sentence,
            Interval(*(100 * end for end in (one.estimate, one.low, one.high))),
            drawn=None if race is None else 100 * race.estimate,
        )
        for name, sentence, one, race in told
    ]


def describe_effects(found: Effects, *, reference: str, remedy: str, absence: str) -> str:
    """The sentences of `effect_claims`."""
    return " ".join(
        claim.sentence for claim in effect_claims(found, reference=reference, remedy=remedy, absence=absence)
    )


def brief_effects(found: Effects) -> str:
    """The three effects for a figure: a line each, with its number and its interval."""
    told = (
        ("Cost of the failure", found.effect),
        ("Effect of the remedy", found.recovery),
        ("Side effect on clean data", found.harm),
    )
    return "\n".join(f"{name}: {interval_words(interval)}." for name, interval in told)


def interval_words(interval: Interval) -> str:
    """A difference of shares in percentage points, with its interval."""
    return f"{signed(interval.estimate)} points{_ends(interval)}"


def signed(share: float) -> str:
    """A difference of shares in percentage points, as in the numbers of claims."""
    return claims.signed(100 * share)


def _size(share: float) -> str:
    return claims.unsigned(100 * share)


def _ends(interval: Interval) -> str:
    if not np.isfinite([interval.low, interval.high]).all():
        return ""
    return f", 95 % interval {signed(interval.low)} to {signed(interval.high)}"


def _sizes(interval: Interval) -> str:
    """The ends of an interval that excludes 0, as sizes."""
    if not np.isfinite([interval.low, interval.high]).all():
        return ""
    least, most = sorted((abs(interval.low), abs(interval.high)))
    return f", 95 % interval {_size(least)} to {_size(most)}"


def _of_failure(effect: Interval, reference: str, seeds: str) -> str:
    size = _size(effect.estimate)
    rest = f"of mean accuracy, compared with {reference} ({seeds}"
    if effect.high < 0:
        return f"The failure costs {size} points {rest}{_sizes(effect)})."
    if _same(effect):
        return f"No failure here: nothing differs from {reference} ({seeds})."
    if effect.low > 0:
        return f"No failure here: the affected data gain {size} points {rest}{_sizes(effect)})."
    return f"No significant failure here: {signed(effect.estimate)} points {rest}{_ends(effect)})."


def _of_cure(recovery: Interval, remedy: str) -> str:
    size = _size(recovery.estimate)
    if recovery.low > 0:
        return f"{remedy} gains {size} points{_sizes(recovery)}."
    if recovery.high < 0:
        return f"{remedy} does not help here: it harms by {size} points{_sizes(recovery)}."
    if _same(recovery):
        return f"{remedy} changes nothing at this strength."
    return f"{remedy} has no significant effect along the whole curve: {interval_words(recovery)}."


def _of_end(end: Interval) -> str:
    size = _size(end.estimate)
    if end.low > 0:
        return f"At the last label it gains {size} points{_sizes(end)}."
    if end.high < 0:
        return f"At the last label it loses {size} points{_sizes(end)}."
    return "" if _same(end) else f"At the last label it has no significant effect: {interval_words(end)}."


def _of_harm(harm: Interval, absence: str) -> str:
    size = _size(harm.estimate)
    if harm.high < 0:
        return f"Where {absence} it harms by {size} points{_sizes(harm)}."
    if harm.low > 0:
        return f"Where {absence} it gains {size} points{_sizes(harm)}."
    if _same(harm):
        return f"Where {absence} it changes nothing."
    return f"Where {absence} it has no significant effect: {interval_words(harm)}."


def _same(interval: Interval) -> bool:
    """Whether all pairs of races are equal."""
    return interval.estimate == interval.low == interval.high == 0
