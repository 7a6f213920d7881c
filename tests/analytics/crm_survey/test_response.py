"""Response rate and revenue coverage."""

import pytest

from crm_survey.analytics import response_rate, revenue_coverage


def test_undeliverable_and_wrong_people_were_not_asked():
    rate = response_rate(40, 200, undeliverable=30, wrong_person=10, partial=8)
    assert rate.asked == 160
    assert rate.rate == 25.0
    assert rate.rate_with_partials == 30.0
    assert rate.completion == pytest.approx(100 * 40 / 48)
    assert rate.low < 25 < rate.high


def test_nobody_asked_gives_no_rate():
    rate = response_rate(0, 3, undeliverable=3)
    assert (rate.asked, rate.rate, rate.low, rate.completion) == (0, None, None, None)


@pytest.mark.parametrize(
    "counts", [(5, 4), (-1, 4), (3, 10, 4, 4)], ids=["more", "negative", "too few left"]
)
def test_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(ValueError):
        response_rate(*counts)


def test_revenue_coverage_is_the_share_of_revenue_heard():
    assert revenue_coverage(80.0, 100.0) == 80
    assert revenue_coverage(80.0, 0.0) is None
    assert revenue_coverage(120.0, 100.0) == 100
    assert revenue_coverage(-5.0, 100.0) == 0
