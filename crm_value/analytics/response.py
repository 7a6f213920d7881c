"""Did contacting customers make a difference? Hold-out draw and comparison."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Response:
    """Share of buyers among contacted and held-out customers, from 0 to 1.

    ``low`` and ``high`` bound the difference with 95 % confidence (Newcombe 1998,
    method 10: the square-and-add interval of two Wilson intervals).
    """

    contacted_rate: float
    holdout_rate: float
    difference: float
    low: float
    high: float

    @property
    def is_proven(self) -> bool:
        """Whether the interval of the difference leaves out zero."""
        return self.low > 0 or self.high < 0


def draw_holdout(ids: Sequence[int], share: float, seed: int) -> set[int]:
    """Return the ids left alone: a random ``share`` (0 to 1) of ``ids``, by ``seed``.

    The same ids and seed give the same draw, whatever their order.

    :raises ValueError: if ``share`` is not from 0 to 1

    >>> draw_holdout([3, 1, 2, 4], 0.5, 7) == draw_holdout([4, 3, 2, 1], 0.5, 7)
    True
    """
    if not 0 <= share <= 1:
        raise ValueError(f"The share must be from 0 to 1, not {share}.")
    count = math.floor(len(ids) * share + 0.5)
    # no secret depends on it, and it must be possible to draw it again
    return set(random.Random(seed).sample(sorted(ids), count))  # noqa: S311


def compare_response(
    contacted: int, contacted_buyers: int, holdout: int, holdout_buyers: int
) -> Response | None:
    """Compare the buyers of two groups; ``None`` if a group is empty.

    >>> compare_response(56, 48, 0, 0) is None
    True
    >>> found = compare_response(70, 56, 80, 48)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0524, 0.3339)
    """
    if not contacted or not holdout:
        return None
    rate, other = contacted_buyers / contacted, holdout_buyers / holdout
    low, high = _wilson(contacted_buyers, contacted)
    other_low, other_high = _wilson(holdout_buyers, holdout)
    difference = rate - other
    return Response(
        contacted_rate=rate,
        holdout_rate=other,
        difference=difference,
        low=difference - math.hypot(rate - low, other_high - other),
        high=difference + math.hypot(high - rate, other - other_low),
    )


def _wilson(successes: int, total: int) -> tuple[float, float]:
    rate = successes / total
    spread = Z_95 * math.sqrt(rate * (1 - rate) / total + Z_95**2 / (4 * total**2))
    scale = 1 + Z_95**2 / total
    centre = rate + Z_95**2 / (2 * total)
    return (centre - spread) / scale, (centre + spread) / scale
