"""Comparing scores: waves, strata, respondents and accounts."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from statistics import fmean

from .intervals import Z_95, Score, clip
from .scores import band, nps

#: With fewer answers than this on one side no change counts as proven.
MINIMUM_PROOF_N = 5


@dataclass(frozen=True)
class Change:
    """The way from one score to the next, and whether chance alone explains it.

    ``change`` and ``standard_error`` are in the unit of the scores, ``z`` is their
    ratio. ``proven`` is true only if ``|z|`` reaches 1.96 (95 %).
    """

    change: float | None
    standard_error: float | None
    z: float | None
    proven: bool


def difference(a: Score, b: Score) -> Change:
    """Return the change from score ``a`` (before) to score ``b`` (after).

    ``z = (b - a) / sqrt(SE_a² + SE_b²)``, for two independent groups of
    respondents. Where all answers of a group agree, its interval stands in for the
    standard error of zero. Fewer than five answers on a side prove
    nothing: the normal distribution does not describe them. Not for the same
    people asked twice: see :func:`paired_difference`.

    >>> difference(nps(50, 30, 20), nps(80, 10, 10)).proven
    True
    >>> difference(Score(0), nps(80, 10, 10)).change is None
    True
    """
    if a.score is None or b.score is None:
        return Change(None, None, None, False)
    change = b.score - a.score
    if a.error is None or b.error is None:
        return Change(change, None, None, False)
    return _judge(change, math.hypot(a.error, b.error), min(a.n, b.n))


def paired_difference(before: Iterable[int], after: Iterable[int]) -> Change:
    """Return the change of the NPS of the same people, asked in two waves.

    Each person counts the difference of +1, 0 or -1; the error is that of the mean
    of these differences.

    :raises ValueError: if the waves differ in length or a value is off the scale
    """
    points = {"high": 1, "middle": 0, "low": -1}
    steps = [
        points[band("nps", new)] - points[band("nps", old)]
        for old, new in zip(before, after, strict=True)
    ]
    n = len(steps)
    if n == 0:
        return Change(None, None, None, False)
    mean = sum(steps) / n
    if n == 1:
        return Change(100 * mean, None, None, False)
    variance = sum((step - mean) ** 2 for step in steps) / (n - 1)
    return _judge(100 * mean, 100 * math.sqrt(variance / n), n)


def stratified(
    strata: Iterable[tuple[float, Score]], minimum_n: int = 5, low: float = -100.0
) -> Score:
    """Return the score weighted by the size of each stratum of the population.

    ``sum (N_h / N) score_h`` with ``SE² = sum (N_h / N)² SE_h²``
    (post-stratification; W. G. Cochran, Sampling Techniques, 3rd ed., 5A.9).
    Refused, with an empty score, if a populated stratum has fewer than
    ``minimum_n`` answers: its weight would rest on chance.

    :param strata: pairs of population size and score of the stratum
    :param low: lower end of the scale, -100 for the NPS and 0 for shares
    :raises ValueError: if a population is negative

    >>> stratified([(900, nps(5, 0, 5)), (100, nps(10, 0, 0))]).score
    10.0
    """
    cells = list(strata)
    if any(size < 0 for size, _score in cells):
        raise ValueError("A population cannot be negative.")
    cells = [(size, score) for size, score in cells if size > 0]
    n = sum(score.n for _size, score in cells)
    population = sum(size for size, _score in cells)
    if not cells or any(
        score.n < max(1, minimum_n) or score.score is None or score.error is None
        for _size, score in cells
    ):
        return Score(n)
    mean = sum(size / population * (cell.score or 0) for size, cell in cells)
    error = math.sqrt(
        sum((size / population * (cell.error or 0)) ** 2 for size, cell in cells)
    )
    return Score(
        n=n,
        score=mean,
        standard_error=error,
        low=clip(mean - Z_95 * error, low, 100.0),
        high=clip(mean + Z_95 * error, low, 100.0),
    )


def account_nps(accounts: Iterable[Hashable], values: Iterable[float]) -> Score:
    """Return the NPS with one vote per account instead of one per respondent.

    An account votes with the mean of its answers, banded by the usual cuts (9 and
    7), so a customer with ten contacts weighs as much as one with a single contact.

    :param accounts: account of each answer
    :param values: the answers 0..10, in the same order
    :raises ValueError: if the two differ in length

    >>> account_nps(["a", "a", "a", "b"], [10, 10, 9, 3]).score
    0.0
    """
    answers = defaultdict(list)
    for account, value in zip(accounts, values, strict=True):
        answers[account].append(value)
    bands = [band("nps", fmean(given)) for given in answers.values()]
    return nps(bands.count("high"), bands.count("middle"), bands.count("low"))


def _judge(change: float, error: float, n: int) -> Change:
    if error == 0:
        return Change(change, 0.0, None, False)
    z = change / error
    return Change(change, error, z, n >= MINIMUM_PROOF_N and abs(z) >= Z_95)
