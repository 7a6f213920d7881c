"""Decide who is in which tier: entry and keep bounds, reviews, one step, grace.

Tiers are numbered from 0 (best); ``NO_TIER`` means not sorted yet. Days are
whole days since 1970-01-01 (``numpy`` day numbers); ``NO_DAY`` means none. All
functions work on whole arrays, one element a customer.

The rules follow the qualification and review practice of loyalty programmes:
up at once, down only at a review, below a laxer bound, after a grace period,
and at most one step (see the readme for the sources).
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

NO_TIER = -1
NO_DAY = -(2**31)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

PERIOD_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True)
class TierRules:
    """How the tiers of one policy are decided.

    ``entry`` and ``keep`` hold one bound per tier, best tier first. With
    ``higher_is_better`` a standing qualifies at or above a bound, otherwise
    below it. The last tier takes everybody no other tier takes.
    """

    entry: tuple[float, ...]
    keep: tuple[float, ...]
    higher_is_better: bool
    one_step: bool = True
    grace_days: int = 0


@dataclass(frozen=True)
class TierStates:
    """What is known of each customer when the tiers are decided.

    ``standing`` is the measure the bounds speak of, ``current`` the tier now,
    ``review_due`` whether today is (or a missed day was) a review,
    ``downgrade_day`` when an announced downgrade falls due, ``changed_day``
    the last move between tiers.
    """

    standing: FloatArray
    current: IntArray
    review_due: BoolArray
    downgrade_day: IntArray
    changed_day: IntArray


@dataclass(frozen=True)
class TierDecisions:
    """The tier of each customer from today on and the downgrade announced, if any."""

    tier: IntArray
    downgrade_day: IntArray


def entry_tiers(standing: FloatArray, rules: TierRules) -> IntArray:
    """Return the best tier each standing qualifies for.

    >>> rules = TierRules((1000.0, 100.0), (900.0, 90.0), higher_is_better=True)
    >>> entry_tiers(np.array([1000.0, 999.0, 5.0]), rules).tolist()
    [0, 1, 1]
    """
    last = len(rules.entry) - 1
    tiers = np.full(len(standing), last, dtype=np.int64)
    for tier in range(last - 1, -1, -1):
        tiers[_reaches(standing, rules.entry[tier], rules)] = tier
    return tiers


def kept(standing: FloatArray, current: IntArray, rules: TierRules) -> BoolArray:
    """Return whether each standing still holds the current tier.

    The last tier is always held: there is nothing below it.
    """
    last = len(rules.keep) - 1
    holds = current == last
    for tier in range(last):
        holds |= (current == tier) & _reaches(standing, rules.keep[tier], rules)
    return holds


def decide_tiers(states: TierStates, rules: TierRules, today: int) -> TierDecisions:
    """Return the tier of each customer as of ``today``.

    - Who has no tier gets the one the standing qualifies for.
    - Who qualifies for a better tier moves up at once.
    - Who falls below the keep bound is told at the next review and moves down
      ``grace_days`` later, unless the standing recovers before; with
      ``one_step`` by one tier, otherwise to the tier the standing qualifies for.
    - A tier changes at most once in ``grace_days``.
    """
    entry = entry_tiers(states.standing, rules)
    unsorted = states.current == NO_TIER
    settled = (states.changed_day == NO_DAY) | (
        today - states.changed_day >= rules.grace_days
    )
    rises = ~unsorted & (entry < states.current)
    falls = (
        ~unsorted
        & (entry > states.current)
        & ~kept(states.standing, states.current, rules)
    )
    announced = states.downgrade_day != NO_DAY
    day = np.where(
        falls & announced,
        states.downgrade_day,
        np.where(falls & states.review_due, today + rules.grace_days, NO_DAY),
    )
    drops = (day != NO_DAY) & (day <= today) & settled
    lower = np.minimum(states.current + 1, entry) if rules.one_step else entry
    tier = np.where(unsorted | (rises & settled), entry, states.current)
    tier = np.where(drops, lower, tier)
    return TierDecisions(
        tier=tier.astype(np.int64),
        downgrade_day=np.where(drops, NO_DAY, day).astype(np.int64),
    )


def next_period_start(after: date, period: str) -> date:
    """Return the first day of the calendar period that follows ``after``.

    :raises KeyError: if ``period`` is none of month, quarter, half, year

    >>> next_period_start(date(2026, 11, 22), "quarter")
    datetime.date(2027, 1, 1)
    """
    months = PERIOD_MONTHS[period]
    month = (after.month - 1) // months * months + months
    return date(after.year + month // 12, month % 12 + 1, 1)


def next_fixed_date(after: date, days: Sequence[tuple[int, int]]) -> date:
    """Return the first of the (month, day) dates that comes after ``after``.

    A day a month does not have means its last day.

    :raises ValueError: if ``days`` is empty

    >>> next_fixed_date(date(2026, 3, 1), [(2, 29), (9, 1)])
    datetime.date(2026, 9, 1)
    """
    if not days:
        raise ValueError("A review on fixed dates needs at least one date.")
    return min(
        candidate
        for year in (after.year, after.year + 1)
        for month, day in days
        if (candidate := _clamped(year, month, day)) > after
    )


def next_anniversaries(after: date, first_days: IntArray) -> IntArray:
    """Return for each first day its next anniversary after ``after``, as day numbers.

    29 February is celebrated on the 28th in other years; ``NO_DAY`` stays.
    """
    known = first_days != NO_DAY
    firsts = np.where(known, first_days, 0).astype("datetime64[D]")
    months = firsts.astype("datetime64[M]")
    month_in_year = months.astype(np.int64) % 12
    offset = (firsts - months.astype("datetime64[D]")).astype(np.int64)
    today = np.int64((after - date(1970, 1, 1)).days)
    this_year = _in_year(after.year, month_in_year, offset)
    next_year = _in_year(after.year + 1, month_in_year, offset)
    return np.where(known, np.where(this_year > today, this_year, next_year), NO_DAY)


def spread_over_days(
    count: int,
    start: date,
    weekdays: frozenset[int],
    per_day: int,
    taken: dict[date, int],
    horizon: int,
) -> list[date]:
    """Return a due day for each of ``count`` tasks, earliest day first.

    Only ``weekdays`` (0 = Monday) from ``start`` on are used, ``horizon`` of
    them, ``per_day`` tasks each, ``taken`` counting those already planned. The
    result is shorter than ``count`` when the days are full.

    >>> friday = date(2026, 11, 20)
    >>> spread_over_days(3, friday, frozenset(range(5)), 2, {friday: 1}, 2)
    [datetime.date(2026, 11, 20), datetime.date(2026, 11, 23), \
datetime.date(2026, 11, 23)]
    """
    days: list[date] = []
    day = start
    seen = 0
    while weekdays and seen < horizon and len(days) < count:
        if day.weekday() in weekdays:
            free = max(per_day - taken.get(day, 0), 0)
            days.extend([day] * min(free, count - len(days)))
            seen += 1
        day += timedelta(days=1)
    return days


def _reaches(standing: FloatArray, bound: float, rules: TierRules) -> BoolArray:
    return standing >= bound if rules.higher_is_better else standing < bound


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _in_year(year: int, month_in_year: IntArray, offset: IntArray) -> IntArray:
    months = (np.int64((year - 1970) * 12) + month_in_year).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    length = (months + 1).astype("datetime64[D]").astype(np.int64) - first
    return first + np.minimum(offset, length - 1)
