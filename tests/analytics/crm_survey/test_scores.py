"""NPS, CSAT, CES and index meet their definitions and published figures."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_survey.analytics import (
    Score,
    band,
    ces,
    csat,
    mean_score,
    nps,
    nps_of,
    satisfaction_index,
    wilson,
)

COUNTS = st.integers(min_value=0, max_value=2000)

# San Francisco International Airport, customer survey 2017 (public domain, PDDL):
# answers to "how likely are you to recommend" 0..10 and to the overall rating 1..5.
SFO_RECOMMEND = {
    0: 17, 1: 6, 2: 8, 3: 19, 4: 18, 5: 144, 6: 130, 7: 291, 8: 677, 9: 564, 10: 872,
}  # fmt: skip
SFO_OVERALL = {1: 6, 2: 32, 3: 444, 4: 1507, 5: 699}


def spread(table):
    return [value for value, count in table.items() for _ in range(count)]


def test_nps_of_the_airport_survey_is_39_84_points():
    score = nps_of(spread(SFO_RECOMMEND))
    assert score == nps(1436, 968, 342)
    assert score.n == 2746
    assert round(score.score, 4) == 39.8398
    assert score.low < score.score < score.high
    assert score.high - score.low < 6


def test_csat_of_the_airport_survey_is_82_07_per_cent():
    values = spread(SFO_OVERALL)
    score = csat(sum(value >= 4 for value in values), len(values))
    assert score.n == 2688
    assert round(score.score, 4) == 82.0685
    assert round(mean_score(values, 1, 5).score, 4) == 4.0644


def test_index_of_the_mobile_phone_survey_is_71_97():
    # ECSI mobile phone data, 250 respondents: means of the three satisfaction items
    assert round(satisfaction_index([7.988, 7.128, 7.316]), 4) == 71.9704


def test_no_answer_gives_no_score_instead_of_zero():
    for score in (nps(0, 0, 0), csat(0, 0), ces([]), mean_score([])):
        assert score == Score(0)
        assert score.score is None and score.low is None and score.error is None


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((7, 1, 2), 50.0), ((0, 5, 0), 0.0), ((0, 0, 4), -100.0), ((10, 0, 0), 100.0)],
    ids=["mixed", "all passive", "all detractors", "all promoters"],
)
def test_nps_is_promoters_minus_detractors_in_points(counts, expected):
    assert nps(*counts).score == expected


def test_the_standard_error_is_that_of_plus_one_zero_minus_one():
    up, down = 0.5, 0.2
    variance = up + down - (up - down) ** 2
    assert nps(50, 30, 20).standard_error == pytest.approx(
        100 * math.sqrt(variance / 100)
    )


def test_385_answers_keep_the_worst_case_within_ten_points():
    # the variance of one answer is at most 1: half promoters, half detractors
    assert 1.96 * nps(193, 0, 192).standard_error <= 10
    assert 1.96 * nps(192, 0, 192).standard_error > 10


def test_the_interval_adds_three_answers_and_three_quarters_to_each_end():
    score = nps(10, 6, 4)
    size, up, down = 23, 10.75 / 23, 4.75 / 23
    centre = up - down
    half = 1.959963984540054 * math.sqrt((up + down - centre**2) / size)
    assert score.low == pytest.approx(100 * (centre - half))
    assert score.high == pytest.approx(100 * (centre + half))


def test_an_unanimous_sample_still_has_a_wide_interval():
    score = nps(3, 0, 0)
    assert score.standard_error == 0
    assert score.high == 100 and score.low < 40
    assert score.error > 10


@given(COUNTS, COUNTS, COUNTS)
@example(0, 0, 1)
@example(1, 0, 0)
def test_the_interval_stays_on_the_scale_and_around_the_score(up, middle, down):
    score = nps(up, middle, down)
    if score.n:
        assert -100 <= score.low <= score.score <= score.high <= 100
        assert score.low < score.high


@given(COUNTS, COUNTS, COUNTS)
def test_swapping_promoters_and_detractors_mirrors_everything(up, middle, down):
    score, mirrored = nps(up, middle, down), nps(down, middle, up)
    if score.n:
        assert score.score == pytest.approx(-mirrored.score)
        assert score.low == pytest.approx(-mirrored.high)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_intervals_of_newcombe_1998_table_i(successes, n, low, high):
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_ces_counts_five_to_seven_as_easy():
    score = ces([7, 6, 5, 4, 1])
    assert (score.n, score.score) == (5, 60.0)


@pytest.mark.parametrize("value", [0, 8, 2.5, True, -1])
def test_ces_refuses_what_is_no_answer_on_its_scale(value):
    with pytest.raises(ValueError, match="whole number from 1 to 7"):
        ces([value])


@pytest.mark.parametrize("value", [-1, 11, 99, 9.5, True])
def test_nps_refuses_what_is_no_answer_on_its_scale(value):
    with pytest.raises(ValueError, match="whole number from 0 to 10"):
        nps_of([value])


def test_counts_cannot_be_negative_nor_exceed_the_answers():
    for call in (lambda: nps(-1, 0, 0), lambda: csat(3, 2), lambda: csat(0, -1)):
        with pytest.raises(ValueError):
            call()


def test_bands_have_no_gap_for_means_between_two_answers():
    assert [band("nps", value) for value in (6.99, 7, 8.99, 9)] == [
        "low", "middle", "middle", "high",
    ]  # fmt: skip
    assert [band("csat", value) for value in (2, 3, 4, 5)] == [
        "low", "middle", "high", "high",
    ]  # fmt: skip


def test_a_band_needs_a_known_metric_and_a_value_on_its_scale():
    for arguments in (("stars", 3), ("nps", 11), ("csat", 0)):
        with pytest.raises(ValueError):
            band(*arguments)


def test_index_of_three_equal_items_is_the_published_form():
    x = (8, 7, 9)
    assert satisfaction_index(x) == pytest.approx((sum(x) - 3) / 27 * 100)


def test_index_weights_need_not_add_up_to_one():
    values = [9, 6, 7]
    assert satisfaction_index(values, [0.3885, 0.3190, 0.2925]) == pytest.approx(
        satisfaction_index(values, [38.85, 31.90, 29.25])
    )


def test_index_leaves_unanswered_items_out():
    assert satisfaction_index([10, None, 10]) == 100
    assert satisfaction_index([None, None]) is None


@pytest.mark.parametrize(
    ("values", "weights"),
    [([11], None), ([5, 5], [1]), ([5], [-1]), ([5], [0])],
    ids=["off the scale", "missing weight", "negative weight", "no weight"],
)
def test_index_refuses_bad_input(values, weights):
    with pytest.raises(ValueError):
        satisfaction_index(values, weights)


def test_one_value_has_a_mean_but_no_interval():
    score = mean_score([80])
    assert (score.n, score.score, score.low, score.error) == (1, 80, None, None)
