"""When a programme that asks regularly asks each of its people."""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from .eligibility import lot


class Cycle(NamedTuple):
    """One round of a regular programme: ``start`` included, ``end`` excluded."""

    start: date
    end: date

    @property
    def occasion(self) -> str:
        """Return the name of the round, the same for everybody in it."""
        return self.start.isoformat()


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the last day of a shorter month.

    >>> add_months(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def cycles(anchor: date, months: int, first: date, last: date) -> Iterator[Cycle]:
    """Yield the rounds that overlap ``first`` to ``last``, both included.

    Rounds begin at ``anchor`` and last ``months`` months each.

    :raises ValueError: if a round would have no month
    """
    if months < 1:
        raise ValueError("A round lasts at least one month.")
    number = 0
    if first > anchor:
        elapsed = (first.year - anchor.year) * 12 + first.month - anchor.month
        number = max(elapsed // months - 1, 0)
    while (start := add_months(anchor, number * months)) <= last:
        end = add_months(anchor, (number + 1) * months)
        if end > first:
            yield Cycle(start, end)
        number += 1


def working_days(start: date, end: date) -> list[date]:
    """Return Monday to Friday from ``start`` (included) to ``end`` (excluded)."""
    days = (start + timedelta(n) for n in range((end - start).days))
    return [day for day in days if day.weekday() < 5]


def next_working_day(day: date) -> date:
    """Return ``day``, or the Monday after it if it is on a weekend.

    >>> next_working_day(date(2026, 3, 1))
    datetime.date(2026, 3, 2)
    """
    weekday = day.weekday()
    return day + timedelta(days=7 - weekday if weekday > 4 else 0)


def slot(seed: int, contact: int, slots: int) -> int:
    """Return which of the ``slots`` working days of a round a contact is asked on.

    The place stays the same from round to round, so that the rounds are a whole
    period apart for each person.
    """
    return int(lot(seed, contact, "slot") * slots)
