from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_survey.analytics import (
    add_months,
    cycles,
    next_working_day,
    slot,
    working_days,
)

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 5, 1), 0, date(2026, 5, 1)),
    ],
)
def test_months_are_added_as_on_a_calendar(day, months, expected):
    assert add_months(day, months) == expected


@given(anchor=DAYS, months=st.integers(1, 24), ahead=st.integers(0, 4000))
def test_every_day_from_the_anchor_on_is_in_exactly_one_round(anchor, months, ahead):
    day = anchor + timedelta(days=ahead)
    (cycle,) = cycles(anchor, months, day, day)
    assert cycle.start <= day < cycle.end


@given(anchor=DAYS, months=st.integers(1, 24), length=st.integers(0, 800))
def test_rounds_follow_each_other_without_a_gap(anchor, months, length):
    rounds = list(cycles(anchor, months, anchor, anchor + timedelta(days=length)))
    assert rounds[0].start == anchor
    for earlier, later in zip(rounds, rounds[1:], strict=False):
        assert earlier.end == later.start


def test_no_round_is_before_the_anchor():
    anchor = date(2026, 3, 2)
    assert not list(cycles(anchor, 6, date(2025, 1, 1), date(2026, 3, 1)))


def test_a_round_without_a_month_is_refused():
    with pytest.raises(ValueError, match="at least one month"):
        list(cycles(date(2026, 1, 1), 0, date(2026, 1, 1), date(2026, 1, 2)))


def test_working_days_leave_out_weekends_and_the_end():
    days = working_days(date(2026, 3, 6), date(2026, 3, 10))
    assert days == [date(2026, 3, 6), date(2026, 3, 9)]


@given(day=DAYS)
def test_next_working_day_is_the_first_one_from_that_day_on(day):
    found = next_working_day(day)
    assert found == working_days(day, day + timedelta(days=7))[0]


def test_places_of_a_round_are_filled_evenly_and_stay_the_same():
    places = [slot(5, contact, 20) for contact in range(20000)]
    assert places == [slot(5, contact, 20) for contact in range(20000)]
    counts = Counter(places)
    assert set(counts) == set(range(20))
    assert all(850 < count < 1150 for count in counts.values())
