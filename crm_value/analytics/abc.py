"""ABC classes: who makes the first 80 % of the value, who the next 15 %."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from .money import to_smallest_unit


@dataclass(frozen=True)
class Abc:
    """Classes in the order of the input, with rank and shares of the total.

    ``share`` and ``share_before`` refer to the total of the positive values and are
    0 and 1 for a customer without positive value. Rank 1 is the best.
    """

    classes: npt.NDArray[np.str_]
    rank: npt.NDArray[np.int64]
    share: npt.NDArray[np.float64]
    share_before: npt.NDArray[np.float64]


def classify_abc(
    values: Any,
    ids: Any = None,
    *,
    a_pct: float = 80,
    b_pct: float = 95,
    digits: int = 2,
) -> Abc:
    """Class customers by the cumulative share of value before them.

    Sorted by value, highest first, then by id: the customer who crosses the bound
    still belongs to the better class. No value or less is C. Everything is counted
    in whole numbers of the smallest unit, so no rounding can move a customer.

    :param ids: what decides between equal values, the position by default
    :param digits: decimal places of the currency
    :raises ValueError: if a value is missing or the bounds do not rise within 0-100

    >>> classify_abc([70, 20, 6, 4], ids=[1, 2, 3, 4]).classes.tolist()
    ['A', 'A', 'B', 'C']
    """
    if not 0 < a_pct < b_pct < 100:
        raise ValueError("Class A must end before class B, and class B before 100 %.")
    cents = to_smallest_unit(values, digits)
    keys = np.arange(len(cents)) if ids is None else np.asarray(ids)
    if keys.shape != cents.shape:
        raise ValueError("There must be one id for each value.")
    order = np.lexsort((keys, -cents))
    positive = np.maximum(cents[order], 0)
    total = int(positive.sum())
    before = np.cumsum(positive) - positive
    sorted_classes = np.where(
        before <= _last_below(a_pct, total),
        "A",
        np.where(before <= _last_below(b_pct, total), "B", "C"),
    )
    sorted_classes[positive == 0] = "C"
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    part = max(total, 1)
    return Abc(
        sorted_classes[place],
        place + 1,
        (positive / part)[place],
        (before / part)[place],
    )


def _last_below(pct: float, total: int) -> int:
    """Return the greatest whole number strictly below ``pct`` % of ``total``."""
    bound = Fraction(Decimal(str(pct))) * total / 100
    return -(-bound.numerator // bound.denominator) - 1
