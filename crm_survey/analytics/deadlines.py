"""Deadlines in working days."""

from datetime import date, timedelta

#: Monday is 0: the weekend starts at 5.
WEEKEND_START = 5


def add_working_days(day: date, count: int) -> date:
    """Return the day that lies ``count`` working days (Monday to Friday) after ``day``.

    Zero gives the day itself, moved to Monday if it falls on a weekend.

    :raises ValueError: if the count is negative

    >>> add_working_days(date(2026, 1, 2), 1)
    datetime.date(2026, 1, 5)
    """
    if count < 0:
        raise ValueError("The number of working days cannot be negative.")
    while count or day.weekday() >= WEEKEND_START:
        day += timedelta(days=1)
        if day.weekday() < WEEKEND_START:
            count = max(0, count - 1)
    return day
