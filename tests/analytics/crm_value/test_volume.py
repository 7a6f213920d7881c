"""Unusual months of many customers at once."""

from datetime import date

from crm_value import analytics

JUNE = date(2024, 6, 1)


def _months(customer, amounts, last=JUNE):
    """Return rows of a customer whose last amount belongs to ``last``."""
    number = last.year * 12 + last.month - 1
    starts = [number - len(amounts) + 1 + n for n in range(len(amounts))]
    days = [date(n // 12, n % 12 + 1, 1) for n in starts]
    return [
        (customer, day, amount, days[0])
        for day, amount in zip(days, amounts, strict=True)
        if amount
    ]


def _find(rows):
    return analytics.find_unusual_months(rows, JUNE, 36, analytics.AlertParams())


def test_fall_and_rise_are_found_and_the_steady_is_not():
    rows = [
        *_months(1, [100, 110, 90, 105, 95, 100, 102, 5]),
        *_months(2, [100, 110, 90, 105, 95, 100, 102, 600]),
        *_months(3, [100, 110, 90, 105, 95, 100, 102, 99]),
    ]
    found = {month.customer: month.direction for month in _find(rows)}
    assert found == {1: "down", 2: "up"}


def test_a_month_without_purchase_counts_as_zero():
    rows = _months(1, [100, 110, 90, 105, 95, 100, 102, 0])
    [month] = _find(rows)
    assert (month.direction, month.actual) == ("down", 0)


def test_months_before_the_first_purchase_do_not_count():
    assert _find(_months(1, [100, 100, 100, 5])) == []


def test_no_rows_no_alerts():
    assert _find([]) == []
