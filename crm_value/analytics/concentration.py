"""How much a company depends on few customers."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from .money import to_smallest_unit

LARGE_SHARE_PCT = 10


@dataclass(frozen=True)
class Concentration:
    """Concentration of the positive values; all shares lie between 0 and 1.

    ``hhi`` is the Herfindahl-Hirschman index (sum of squared shares), ``large``
    flags, in the order of the input, who holds the large share or more.
    """

    customers: int
    total: float
    hhi: float
    effective_customers: float
    top_1_share: float
    top_5_share: float
    top_10_share: float
    gini: float
    large: npt.NDArray[np.bool_]

    @property
    def hhi_points(self) -> float:
        """HHI on the usual scale of 0 to 10,000."""
        return self.hhi * 10_000


def measure_concentration(
    values: Any, *, digits: int = 2, large_share_pct: int = LARGE_SHARE_PCT
) -> Concentration:
    """Measure how concentrated value is; customers at or below 0 do not count.

    :param values: value of each customer, in one currency
    :param large_share_pct: share from which one customer is flagged
    :raises ValueError: if a value is missing
    """
    cents = to_smallest_unit(values, digits)
    ranked = np.sort(cents[cents > 0])[::-1]
    total, count = int(ranked.sum()), len(ranked)
    if not count:
        none = np.zeros(len(cents), dtype=bool)
        return Concentration(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, none)
    share = ranked / total
    hhi = min(1.0, max(float(share @ share), 1 / count))
    # ranked from the top: the weights of the Gini formula run downwards
    weights = count + 1 - 2 * np.arange(1, count + 1)
    bound = Fraction(large_share_pct, 100) * total
    return Concentration(
        customers=count,
        total=total / 10**digits,
        hhi=hhi,
        effective_customers=1 / hhi,
        top_1_share=int(ranked[0]) / total,
        top_5_share=int(ranked[:5].sum()) / total,
        top_10_share=int(ranked[:10].sum()) / total,
        gini=max(0.0, float(weights @ share) / count),
        large=cents >= -(-bound.numerator // bound.denominator),
    )
