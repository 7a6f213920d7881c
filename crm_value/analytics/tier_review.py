"""Review the tiers of many customers on one day: rows in, changes out.

The rules are those of :mod:`tiering`; this module turns rows into arrays and
back, and keeps the calendar of each customer's next review.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from .tiering import (
    NO_DAY,
    NO_TIER,
    IntArray,
    TierRules,
    TierStates,
    decide_tiers,
    next_anniversaries,
    next_fixed_date,
    next_period_start,
)

NEW_TIER = -2
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class ReviewCalendar:
    """When tiers are reviewed: ``period``, ``fixed`` dates or each ``anniversary``.

    ``period`` is month, quarter, half or year; ``days`` are (month, day) pairs.
    """

    rhythm: str
    period: str = "quarter"
    days: tuple[tuple[int, int], ...] = ()


class CustomerState(NamedTuple):
    """One customer before the review; ``None`` days are unknown or not set.

    ``tier`` counts from 0 (best); ``NO_TIER`` not sorted yet, ``NEW_TIER`` new.
    """

    customer_id: int
    standing: float
    is_judged: bool
    tier: int
    first_day: date | None
    review_day: date | None
    downgrade_day: date | None
    changed_day: date | None


class Verdict(NamedTuple):
    """One customer whose tier, review or announced downgrade changed."""

    customer_id: int
    old_tier: int
    tier: int
    standing: float
    review_day: date | None
    downgrade_day: date | None
    is_announced: bool


def review_customers(
    rows: Iterable[tuple[object, ...]],
    rules: TierRules,
    calendar: ReviewCalendar,
    as_of: date,
) -> list[Verdict]:
    """Return a verdict for each customer of ``rows`` for which something changes.

    :param rows: tuples in the order of :class:`CustomerState`
    :raises ValueError: if the calendar has fixed dates and none is given

    >>> rules = TierRules((100.0, 0.0), (90.0, 0.0), higher_is_better=True)
    >>> row = (7, 120.0, True, NO_TIER, date(2026, 1, 5), None, None, None)
    >>> found = review_customers(
    ...     [row], rules, ReviewCalendar("period"), date(2026, 5, 1)
    ... )
    >>> [(v.customer_id, v.tier, v.review_day) for v in found]
    [(7, 0, datetime.date(2026, 7, 1))]
    """
    columns = list(zip(*rows, strict=True))
    if not columns:
        return []
    today = _day_number(as_of)
    standing = np.array(columns[1], dtype=np.float64)
    judged = np.array(columns[2], dtype=np.bool_)
    old = np.array(columns[3], dtype=np.int64)
    first, review, downgrade, changed = (_day_numbers(days) for days in columns[4:8])
    decisions = decide_tiers(
        TierStates(
            standing=standing,
            current=np.where(old == NEW_TIER, NO_TIER, old),
            review_due=(review != NO_DAY) & (review <= today),
            downgrade_day=downgrade,
            changed_day=changed,
        ),
        rules,
        today,
    )
    tier = np.where(judged, decisions.tier, NEW_TIER)
    new_downgrade = np.where(judged, decisions.downgrade_day, NO_DAY)
    new_review = np.where(
        judged & (review > today),
        review,
        np.where(judged, _next_reviews(calendar, as_of, first), NO_DAY),
    )
    moved = (tier != old) | (new_review != review) | (new_downgrade != downgrade)
    return [
        Verdict(
            customer_id=columns[0][i],
            old_tier=int(old[i]),
            tier=int(tier[i]),
            standing=float(standing[i]),
            review_day=_day(new_review[i]),
            downgrade_day=_day(new_downgrade[i]),
            is_announced=bool(
                new_downgrade[i] != NO_DAY and downgrade[i] != new_downgrade[i]
            ),
        )
        for i in np.flatnonzero(moved)
    ]


def _next_reviews(calendar: ReviewCalendar, as_of: date, first: IntArray) -> IntArray:
    if calendar.rhythm == "anniversary":
        return next_anniversaries(as_of, first)
    if calendar.rhythm == "fixed":
        day = next_fixed_date(as_of, calendar.days)
    else:
        day = next_period_start(as_of, calendar.period)
    return np.full(len(first), _day_number(day), dtype=np.int64)


def _day_number(day: date) -> int:
    return (day - EPOCH).days


def _day_numbers(days: tuple[date | None, ...]) -> IntArray:
    return np.array(
        [NO_DAY if day is None else (day - EPOCH).days for day in days], dtype=np.int64
    )


def _day(number: int) -> date | None:
    return None if number == NO_DAY else EPOCH + timedelta(days=int(number))
