"""A review day: rows in, only what changes out."""

from datetime import date

from crm_value.analytics.tier_review import (
    NEW_TIER,
    ReviewCalendar,
    review_customers,
)
from crm_value.analytics.tiering import NO_TIER, TierRules

RULES = TierRules(
    (1000.0, 100.0, 0.0), (900.0, 80.0, 0.0), higher_is_better=True, grace_days=30
)
QUARTER = ReviewCalendar("period", "quarter")
TODAY = date(2026, 7, 1)
LATER = date(2026, 10, 1)
FIRST = date(2024, 2, 29)


def review(
    standing,
    tier=NO_TIER,
    judged=True,
    review_day=None,
    downgrade=None,
    calendar=QUARTER,
):
    row = (1, standing, judged, tier, FIRST, review_day, downgrade, None)
    found = review_customers([row], RULES, calendar, TODAY)
    return found[0] if found else None


def test_no_customers_means_no_verdict():
    assert review_customers([], RULES, QUARTER, TODAY) == []


def test_customer_in_its_place_with_a_review_ahead_is_not_touched():
    assert review(500.0, tier=1, review_day=LATER) is None


def test_customer_too_new_to_judge_is_new_and_has_no_review():
    verdict = review(5000.0, judged=False)
    assert (verdict.tier, verdict.review_day) == (NEW_TIER, None)


def test_new_customer_is_sorted_without_grace_when_it_can_be_judged():
    assert review(500.0, tier=NEW_TIER).tier == 1


def test_review_day_announces_and_sets_the_next_review():
    verdict = review(10.0, tier=0, review_day=TODAY)
    assert verdict.tier == 0
    assert verdict.is_announced
    assert verdict.downgrade_day == date(2026, 7, 31)
    assert verdict.review_day == LATER


def test_missed_review_is_held_on_the_next_run():
    assert review(10.0, tier=0, review_day=date(2026, 4, 1)).is_announced


def test_second_run_on_a_review_day_changes_nothing():
    first = review(10.0, tier=0, review_day=TODAY)
    again = review(
        10.0, tier=0, review_day=first.review_day, downgrade=first.downgrade_day
    )
    assert again is None


def test_recovery_withdraws_the_announcement():
    verdict = review(950.0, tier=0, review_day=LATER, downgrade=date(2026, 7, 20))
    assert (verdict.tier, verdict.downgrade_day) == (0, None)


def test_anniversary_review_follows_the_first_purchase():
    verdict = review(500.0, calendar=ReviewCalendar("anniversary"))
    assert verdict.review_day == date(2027, 2, 28)


def test_fixed_review_follows_the_list_of_dates():
    verdict = review(500.0, calendar=ReviewCalendar("fixed", days=((9, 15),)))
    assert verdict.review_day == date(2026, 9, 15)
