"""From answers to scores: NPS, CSAT, CES and the satisfaction index.

Only answers that count come in here: finished, not skipped, no test and verified.
"""

import math
from collections.abc import Iterable, Sequence

from .intervals import Z_95, Score, clip, share_score

#: Limits of the scale behind each metric, both included.
SCALES: dict[str, tuple[int, int]] = {
    "nps": (0, 10),
    "csat": (1, 5),
    "ces": (1, 7),
    "index": (1, 10),
}
#: Lowest answer of the top band and of the middle band of each metric.
BANDS: dict[str, tuple[float, float]] = {
    "nps": (9, 7),
    "csat": (4, 3),
    "ces": (5, 4),
    "index": (8, 6),
}
#: What the adjusted Wald interval adds to the sample and to either end of it.
ADDED_ANSWERS = 3.0
ADDED_EXTREMES = 0.75


def band(metric: str, value: float) -> str:
    """Return ``high``, ``middle`` or ``low`` for an answer, or for a mean of answers.

    NPS: promoters from 9, passives from 7, detractors below. There is no gap
    between the bands: a mean of 8.5 is passive, one of 6.9 a detractor.

    :raises ValueError: if the metric is unknown or the value is off its scale

    >>> band("nps", 9), band("nps", 8.5), band("nps", 6)
    ('high', 'middle', 'low')
    """
    if metric not in SCALES:
        raise ValueError(f"Unknown metric: {metric!r}.")
    low, high = SCALES[metric]
    if not low <= value <= high:
        raise ValueError(f"{value!r} is outside {low}..{high}.")
    top, middle = BANDS[metric]
    if value >= top:
        return "high"
    return "middle" if value >= middle else "low"


def nps(promoters: int, passives: int, detractors: int) -> Score:
    """Return the Net Promoter Score in points, -100..100.

    ``score = 100 (P - D) / n`` with ``n`` = answers of the three bands. One answer
    counts +1, 0 or -1, so the standard error is ``100 sqrt((p + d - (p - d)²) / n)``.
    The interval is the adjusted Wald: ``n + 3`` answers, 3/4 more promoters and 3/4
    more detractors, then cut to the scale. It performed best in B. Rocks, "Interval
    Estimation for the Net Promoter Score", The American Statistician 70 (2016)
    (arXiv 1601.07235). It is widened to the score where a single answer lies outside.

    :raises ValueError: if a count is negative

    >>> nps(2, 0, 0).score, nps(0, 0, 0).score
    (100.0, None)
    """
    if min(promoters, passives, detractors) < 0:
        raise ValueError("Counts cannot be negative.")
    n = promoters + passives + detractors
    if n == 0:
        return Score(0)
    up, down = promoters / n, detractors / n
    size = n + ADDED_ANSWERS
    more_up = (promoters + ADDED_EXTREMES) / size
    more_down = (detractors + ADDED_EXTREMES) / size
    centre = more_up - more_down
    half = Z_95 * math.sqrt((more_up + more_down - centre**2) / size)
    score = 100 * (promoters - detractors) / n
    return Score(
        n=n,
        score=score,
        standard_error=100 * math.sqrt(max(0.0, up + down - (up - down) ** 2) / n),
        low=clip(100 * (centre - half), -100.0, score),
        high=clip(100 * (centre + half), score, 100.0),
    )


def csat(satisfied: int, n: int) -> Score:
    """Return the share of satisfied customers in per cent (4 and 5 of 1..5).

    The interval is Wilson's score interval.

    :raises ValueError: if a count is negative or more are satisfied than answered
    """
    return share_score(satisfied, n)


def ces(values: Iterable[int]) -> Score:
    """Return the customer effort score: per cent that agree it was easy (5-7 of 1..7).

    This is CES 2.0 ("made it easy for me"), where high is good; answers to the
    older "how much effort", where low is good, must not be mixed in. The
    interval is Wilson's.

    :raises ValueError: if a value is no whole number from 1 to 7
    """
    answers = [_whole("ces", value) for value in values]
    return share_score(
        sum(band("ces", value) == "high" for value in answers), len(answers)
    )


def nps_of(values: Iterable[int]) -> Score:
    """Return the NPS of single answers 0..10.

    :raises ValueError: if a value is no whole number from 0 to 10

    >>> nps_of([10, 9, 8, 0]).score
    25.0
    """
    bands = [band("nps", _whole("nps", value)) for value in values]
    return nps(bands.count("high"), bands.count("middle"), bands.count("low"))


def satisfaction_index(
    values: Sequence[float | None],
    weights: Sequence[float] | None = None,
    low: float = 1.0,
    high: float = 10.0,
) -> float | None:
    """Return the weighted index 0..100 of the items of one answer, or of item means.

    Each item counts ``(x - low) / (high - low)``; the index is their weighted mean
    times 100, over the items that were answered, ``None`` when none was. With three
    items 1..10 and equal weights this is ``(X1 + X2 + X3 - 3) / 27 * 100``, the form
    of the American Customer Satisfaction Index (C. Fornell et al., Journal of
    Marketing 60 (1996) 7-18). Weights need not add up to 1.

    :raises ValueError: if a value is off the scale, a weight is negative, the
        lengths differ or the answered items weigh nothing

    >>> satisfaction_index([10, 10, 10]), satisfaction_index([1, 1, 1])
    (100.0, 0.0)
    """
    weights = [1.0] * len(values) if weights is None else weights
    if len(values) != len(weights):
        raise ValueError("Each item needs one weight.")
    answered = [
        (value, weight)
        for value, weight in zip(values, weights, strict=True)
        if value is not None
    ]
    if not answered:
        return None
    if any(weight < 0 for _value, weight in answered):
        raise ValueError("A weight cannot be negative.")
    if any(not low <= value <= high for value, _weight in answered):
        raise ValueError(f"Every item must lie between {low} and {high}.")
    total = sum(weight for _value, weight in answered)
    if total <= 0:
        raise ValueError("The answered items must have some weight.")
    points = sum((value - low) / (high - low) * weight for value, weight in answered)
    return 100 * points / total


def mean_score(values: Iterable[float], low: float = 0.0, high: float = 100.0) -> Score:
    """Return the mean of values with its interval ``mean ± 1.96 s / sqrt(n)``.

    For indexes and means of answers. One value has no spread to judge by: its
    error and interval are ``None``.
    """
    numbers = [float(value) for value in values]
    n = len(numbers)
    total = math.fsum(numbers)
    return mean_score_of_sums(n, total, math.fsum(x * x for x in numbers), low, high)


def mean_score_of_sums(
    n: int, total: float, squares: float, low: float = 0.0, high: float = 100.0
) -> Score:
    """Return the mean with its interval from count, sum and sum of squares.

    :raises ValueError: if the count is negative
    """
    if n < 0:
        raise ValueError("The count cannot be negative.")
    if n == 0:
        return Score(0)
    mean = total / n
    if n == 1:
        return Score(1, mean)
    variance = max(0.0, (squares - n * mean * mean) / (n - 1))
    error = math.sqrt(variance / n)
    half = Z_95 * error
    return Score(
        n=n,
        score=mean,
        standard_error=error,
        low=clip(mean - half, low, high),
        high=clip(mean + half, low, high),
    )


def _whole(metric: str, value: int) -> int:
    low, high = SCALES[metric]
    if isinstance(value, bool) or value != int(value) or not low <= value <= high:
        raise ValueError(f"{value!r} is no whole number from {low} to {high}.")
    return int(value)


def points(metric: str, value: float) -> float:
    """Return what one answer adds to the score, so that the score is their mean.

    NPS: 100, 0 or -100. CSAT and CES: 100 or 0. Index item: 0 to 100.

    :raises ValueError: if the metric is unknown or the value is off its scale

    >>> points("nps", 9), points("nps", 3), points("csat", 4), points("csat", 3)
    (100.0, -100.0, 100.0, 0.0)
    """
    where = band(metric, value)
    if metric == "index":
        low, high = SCALES[metric]
        return 100 * (value - low) / (high - low)
    worst = -100.0 if metric == "nps" else 0.0
    return {"high": 100.0, "middle": 0.0, "low": worst}[where]
