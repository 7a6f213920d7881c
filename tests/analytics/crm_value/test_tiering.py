"""Rules of the tier decision and of its calendar."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_value.analytics import tiering
from crm_value.analytics.tiering import NO_DAY, NO_TIER

TURNOVER = tiering.TierRules(
    entry=(1000.0, 100.0, 0.0),
    keep=(900.0, 80.0, 0.0),
    higher_is_better=True,
    grace_days=30,
)
SHARE = tiering.TierRules(
    entry=(80.0, 95.0, 100.0), keep=(85.0, 97.0, 100.0), higher_is_better=False
)


def decide(rules, today=1000, **state):
    defaults = {
        "standing": 0.0,
        "current": NO_TIER,
        "review_due": False,
        "downgrade_day": NO_DAY,
        "changed_day": NO_DAY,
    }
    states = tiering.TierStates(
        **{key: np.array([state.get(key, value)]) for key, value in defaults.items()}
    )
    result = tiering.decide_tiers(states, rules, today)
    return int(result.tier[0]), int(result.downgrade_day[0])


def test_customer_without_tier_gets_the_one_it_qualifies_for():
    assert decide(TURNOVER, standing=500.0) == (1, NO_DAY)


def test_entry_bound_of_a_threshold_is_inclusive_and_of_a_share_exclusive():
    assert decide(TURNOVER, standing=1000.0)[0] == 0
    assert decide(SHARE, standing=80.0)[0] == 1


def test_last_tier_takes_everybody_else():
    assert decide(TURNOVER, standing=-50.0)[0] == 2
    assert decide(SHARE, standing=100.0)[0] == 2


def test_upgrade_needs_no_review():
    assert decide(TURNOVER, standing=1500.0, current=2) == (0, NO_DAY)


def test_value_between_keep_and_entry_bound_keeps_the_tier_at_a_review():
    assert decide(TURNOVER, standing=950.0, current=0, review_due=True) == (0, NO_DAY)


def test_value_below_keep_bound_waits_for_the_review():
    assert decide(TURNOVER, standing=10.0, current=0) == (0, NO_DAY)


def test_review_announces_the_downgrade_for_the_end_of_the_grace_period():
    assert decide(TURNOVER, standing=10.0, current=0, review_due=True) == (0, 1030)


def test_announced_downgrade_happens_on_its_day_by_one_step():
    found = decide(TURNOVER, standing=10.0, current=0, downgrade_day=1000)
    assert found == (1, NO_DAY)


def test_announced_downgrade_keeps_its_day_at_another_review():
    found = decide(
        TURNOVER, standing=10.0, current=0, downgrade_day=1010, review_due=True
    )
    assert found == (0, 1010)


def test_recovered_customer_is_not_downgraded():
    assert decide(TURNOVER, standing=900.0, current=0, downgrade_day=1000) == (
        0,
        NO_DAY,
    )


def test_without_one_step_the_customer_falls_to_the_tier_it_qualifies_for():
    rules = tiering.TierRules(
        TURNOVER.entry, TURNOVER.keep, higher_is_better=True, one_step=False
    )
    assert decide(rules, standing=10.0, current=0, review_due=True) == (2, NO_DAY)


def test_tier_changes_once_in_the_grace_period():
    state = {"standing": 5000.0, "current": 1}
    assert decide(TURNOVER, changed_day=971, **state)[0] == 1
    assert decide(TURNOVER, changed_day=970, **state)[0] == 0


@given(
    standing=st.floats(-1e6, 1e6),
    current=st.integers(NO_TIER, 2),
    review_due=st.booleans(),
    downgrade_day=st.sampled_from([NO_DAY, 990, 1000, 1010]),
    changed_day=st.sampled_from([NO_DAY, 980]),
)
def test_no_customer_falls_more_than_one_step(**state):
    tier, day = decide(TURNOVER, **state)
    assert 0 <= tier <= 2
    assert state["current"] == NO_TIER or tier <= state["current"] + 1
    assert day == NO_DAY or day > 1000 or state["changed_day"] != NO_DAY


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("month", date(2026, 12, 1)),
        ("quarter", date(2027, 1, 1)),
        ("half", date(2027, 1, 1)),
        ("year", date(2027, 1, 1)),
    ],
)
def test_calendar_review_is_the_first_day_of_the_next_period(period, expected):
    assert tiering.next_period_start(date(2026, 11, 22), period) == expected


def test_review_on_a_period_start_moves_to_the_following_period():
    assert tiering.next_period_start(date(2026, 1, 1), "half") == date(2026, 7, 1)


def test_fixed_review_takes_the_nearest_later_date():
    days = [(1, 15), (7, 31)]
    assert tiering.next_fixed_date(date(2026, 1, 15), days) == date(2026, 7, 31)
    assert tiering.next_fixed_date(date(2026, 12, 1), days) == date(2027, 1, 15)


def test_fixed_review_on_a_day_the_month_lacks_is_its_last_day():
    assert tiering.next_fixed_date(date(2026, 2, 1), [(2, 31)]) == date(2026, 2, 28)


def test_fixed_review_without_dates_is_refused():
    with pytest.raises(ValueError, match="at least one date"):
        tiering.next_fixed_date(date(2026, 1, 1), [])


def number(day):
    return (day - date(1970, 1, 1)).days


def test_anniversary_is_next_year_on_the_day_itself_and_clamps_leap_days():
    first = np.array([number(date(2024, 2, 29)), number(date(2020, 11, 22)), NO_DAY])
    found = tiering.next_anniversaries(date(2026, 11, 22), first)
    assert found.tolist() == [
        number(date(2027, 2, 28)),
        number(date(2027, 11, 22)),
        NO_DAY,
    ]


@given(st.dates(date(1960, 1, 1), date(2030, 1, 1)))
def test_anniversary_comes_within_a_year(first):
    after = date(2026, 11, 22)
    found = int(tiering.next_anniversaries(after, np.array([number(first)]))[0])
    assert 1 <= found - number(after) <= 366


def test_tasks_skip_weekends_and_full_days_and_stop_at_the_horizon():
    friday = date(2026, 11, 20)
    week = frozenset(range(5))
    found = tiering.spread_over_days(9, friday, week, 2, {friday: 2}, 3)
    assert found == [date(2026, 11, 23)] * 2 + [date(2026, 11, 24)] * 2


def test_no_working_day_means_no_task():
    assert tiering.spread_over_days(3, date(2026, 1, 1), frozenset(), 2, {}, 5) == []
