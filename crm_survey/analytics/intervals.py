"""The frozen answer every measure of satisfaction gives: score, error, interval."""

import math
from dataclasses import dataclass

#: Two-sided 95 % quantile of the normal distribution.
Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Score:
    """A measure of ``n`` answers with its 95 % confidence interval.

    ``score``, ``standard_error``, ``low`` and ``high`` share one unit: points for
    the NPS (-100..100) and the index (0..100), per cent (0..100) for shares. All
    four are ``None`` when nobody answered: no answer is not a zero.
    """

    n: int
    score: float | None = None
    standard_error: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def error(self) -> float | None:
        """Return the standard error to compare with.

        Where all answers agree the standard error is a misleading zero: the longer
        side of the interval then tells how far off the score may be.
        """
        if self.standard_error or self.score is None:
            return self.standard_error
        if self.low is None or self.high is None:
            return None
        return max(self.score - self.low, self.high - self.score) / Z_95


def clip(value: float, low: float, high: float) -> float:
    """Return ``value`` moved into ``low``..``high``.

    >>> clip(104.2, -100, 100)
    100
    """
    return min(max(value, low), high)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Return the Wilson score interval of a share, as fractions 0..1.

    Source: E. B. Wilson, JASA 22 (1927) 209-212; worked examples in R. G.
    Newcombe, Statistics in Medicine 17 (1998) 857-872, table I.

    :raises ValueError: if ``n`` is not positive or the count is outside 0..n

    >>> [round(bound, 4) for bound in wilson(81, 263)]
    [0.2553, 0.3662]
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError("The successes must lie between 0 and a positive number.")
    share = successes / n
    square = Z_95**2
    centre = (share + square / (2 * n)) / (1 + square / n)
    spread = share * (1 - share) / n + square / (4 * n**2)
    half = Z_95 * math.sqrt(spread) / (1 + square / n)
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return low, high


def share_score(successes: int, n: int) -> Score:
    """Return a share in per cent with its Wilson interval; empty when ``n`` is 0.

    :raises ValueError: if a count is negative or the successes exceed ``n``
    """
    if n < 0 or not 0 <= successes <= n:
        raise ValueError("The successes must lie between 0 and the number of answers.")
    if n == 0:
        return Score(0)
    share = successes / n
    low, high = wilson(successes, n)
    return Score(
        n=n,
        score=100 * share,
        standard_error=100 * math.sqrt(share * (1 - share) / n),
        low=100 * low,
        high=100 * high,
    )
