"""Trend, alert, churn, cohorts, migration, data floor and hold-out test."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_value import analytics
from crm_value.analytics.holdout import share_of_best_found

BG = analytics.BgNbd(0.243, 4.414, 0.793, 2.426, -9582.4, 2357)

# Unusual volume

STEADY = [100, 110, 95, 105, 90, 100, 108, 97]


@pytest.mark.parametrize(
    ("month", "direction"), [(102, 0), (20, -1), (0, -1), (300, 1), (130, 0)]
)
def test_month_is_judged_by_the_own_history_both_ways(month, direction):
    found = analytics.detect_unusual_volume([[*STEADY, month]])
    assert found.direction.tolist() == [direction]
    assert found.basis.tolist() == ["plain"]
    assert found.expected.tolist() == [100]


def test_short_history_raises_no_alert():
    found = analytics.detect_unusual_volume([[np.nan] * 4 + [100, 100, 100, 100, 0]])
    assert found.direction.tolist() == [0] and found.basis.tolist() == ["none"]
    assert np.isnan(found.expected).all() and found.z.tolist() == [0]


def test_months_before_the_first_purchase_do_not_count():
    found = analytics.detect_unusual_volume(
        [[np.nan] * 9 + [*STEADY, 20], [*STEADY] * 2 + [0, 0]]
    )
    assert found.direction.tolist()[0] == -1
    assert found.expected[0] == 100


def test_season_of_two_years_is_not_an_alert():
    season = [10, 10, 10, 10, 12, 15, 20, 20, 15, 12, 60, 300]
    found = analytics.detect_unusual_volume(
        [season * 3, season * 2 + [*season[:-1], 90]]
    )
    assert found.basis.tolist() == ["seasonal", "seasonal"]
    assert found.direction.tolist() == [0, -1]
    assert found.expected.tolist() == [300, 300]


def test_exactly_equal_months_alert_on_any_real_change_only():
    found = analytics.detect_unusual_volume([[50] * 8 + [51], [50] * 8 + [5], [0] * 9])
    assert found.direction.tolist() == [0, -1, 0]


def test_rare_buyer_is_unusual_only_beyond_what_has_been():
    months = [0, 0, 500, 0, 0, 0, 450, 0, 0, 0]
    found = analytics.detect_unusual_volume([[*months, 480], [*months, 5000]])
    assert found.direction.tolist() == [0, 1]


@given(st.lists(st.floats(0, 1e6), min_size=8, max_size=40), st.floats(0.01, 1000))
def test_another_currency_changes_no_alert(months, rate):
    here = analytics.detect_unusual_volume([months])
    there = analytics.detect_unusual_volume([[m * rate for m in months]])
    assert there.z == pytest.approx(here.z, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    "table", [[[1, np.nan, 3]], [[1, 2, np.nan]], [[1]], [["a", "b"]], [[1, np.inf]]]
)
def test_bad_months_are_refused(table):
    with pytest.raises(ValueError, match="Monthly revenue"):
        analytics.detect_unusual_volume(table)


def test_senseless_alert_parameters_are_refused():
    with pytest.raises(ValueError, match="threshold"):
        analytics.AlertParams(threshold=0)


# Trend


def test_change_is_relative_to_the_window_before():
    found = analytics.change_ratio([120, 80, 5, 5], [100, 100, 0, -3])
    assert found[:2].tolist() == pytest.approx([0.2, -0.2])
    assert np.isnan(found[2:]).all()
    assert analytics.change_ratio(150.0, 100.0) == 0.5


def test_windows_must_match():
    with pytest.raises(ValueError, match="same length"):
        analytics.change_ratio([1, 2], [1])
    with pytest.raises(ValueError, match="tolerance"):
        analytics.classify_trend([1], [1], tolerance=-1)


# Churn and the next purchase


def test_bands_must_be_in_order():
    with pytest.raises(ValueError, match="fall"):
        analytics.ChurnBands(low=0.3, medium=0.4)
    with pytest.raises(ValueError, match="rise"):
        analytics.ChurnBands(idle_low=4)
    with pytest.raises(ValueError, match="greater than 1"):
        analytics.grade_churn([1.2])


@given(st.lists(st.floats(0, 1), min_size=2))
def test_lower_probability_is_never_a_lower_risk(probabilities):
    order = {
        band: place for place, band in enumerate(("low", "medium", "high", "lost"))
    }
    ranked = analytics.grade_churn(sorted(probabilities, reverse=True))
    places = [order[band] for band in ranked]
    assert places == sorted(places)


def test_next_purchase_is_as_likely_before_as_after_its_median():
    wait = analytics.expected_next_purchase(BG, 2, 30.43, 38.86)
    rate = (BG.alpha + 38.86) / (BG.alpha + 38.86 + wait)
    assert rate ** (BG.r + 2) == pytest.approx(0.5)


def test_next_purchase_comes_sooner_to_who_buys_more():
    waits = analytics.expected_next_purchase(BG, [0, 1, 5, 20], [0, 30, 30, 30], 38.86)
    assert (np.diff(waits) < 0).all()
    with pytest.raises(ValueError, match="chance"):
        analytics.expected_next_purchase(BG, 1, 1, 2, chance=1)


def test_usual_gap_falls_back_where_there_is_one_purchase():
    assert analytics.usual_gap([4, 0], [100, 0], 45).tolist() == [25, 45]
    assert analytics.usual_gap(2, 60, 45) == 30
    with pytest.raises(ValueError, match="gap"):
        analytics.usual_gap([1], [1], 0)
    with pytest.raises(ValueError, match="gap"):
        analytics.grade_idle([1], [0])


# Cohorts

PURCHASES = [
    ("a", "2024-01-05", 100),
    ("a", "2024-03-09", 50),
    ("b", "2024-01-20", 80),
    ("b", "2024-01-25", -10),
    ("c", "2024-02-01", 70),
    ("c", "2024-03-01", -20),
]


def test_cohort_is_the_month_of_the_first_purchase():
    found = analytics.build_cohorts(PURCHASES)
    rows = [
        (str(row.cohort.date()), row.age, row.customers, row.revenue, row.retention)
        for row in found.itertuples()
    ]
    assert rows == [
        ("2024-01-01", 0, 2, 170, 1.0),
        ("2024-01-01", 1, 0, 0, 0.0),
        ("2024-01-01", 2, 1, 50, 0.5),
        ("2024-02-01", 0, 1, 70, 1.0),
        ("2024-02-01", 1, 0, -20, 0.0),
    ]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 6),
            st.dates(date(2023, 1, 1), date(2024, 12, 31)),
            st.integers(1, 500),
        ),
        min_size=1,
    )
)
def test_cohorts_sum_to_all_customers_and_all_revenue(rows):
    found = analytics.build_cohorts(rows)
    first = found[found["age"] == 0]
    assert first["customers"].sum() == len({row[0] for row in rows})
    assert (first["retention"] == 1).all()
    assert found["revenue"].sum() == sum(row[2] for row in rows)
    assert found["retention"].between(0, 1).all()


def test_refunds_alone_make_no_cohort():
    assert analytics.build_cohorts([("a", "2024-01-05", -5)]).empty
    with pytest.raises(ValueError, match="Cohorts"):
        analytics.build_cohorts([("a", None, 5)])


# Tier migration


def test_migration_keeps_every_customer_once():
    moves = [("Gold", "Gold"), ("Gold", "Iron"), (None, "Iron"), ("Iron", None)]
    found = analytics.migration_matrix(moves, ["Gold", "Iron"])
    assert found.index.tolist() == found.columns.tolist() == ["Gold", "Iron", "-"]
    assert found.to_numpy().tolist() == [[1, 1, 0], [0, 0, 1], [0, 1, 0]]
    assert found.to_numpy().sum() == len(moves)


def test_migration_of_nobody_is_an_empty_table_of_the_tiers():
    assert analytics.migration_matrix([], ["A"]).to_numpy().tolist() == [[0]]


# Data floor


@pytest.mark.parametrize(
    ("buyers", "repeat", "enough"), [(100, 30, True), (99, 30, False), (100, 29, False)]
)
def test_model_needs_buyers_and_repeat_buyers(buyers, repeat, enough):
    assert analytics.check_data_floor(buyers, repeat).is_enough is enough


def test_repeat_buyers_are_buyers():
    with pytest.raises(ValueError, match="among"):
        analytics.check_data_floor(5, 6)


# Hold-out test


def test_cdnow_model_beats_the_baseline(cdnow_transactions):
    data = analytics.split_holdout(cdnow_transactions, date(1998, 6, 30), "week")
    assert data.horizon == pytest.approx(136 / 7, abs=0.1)
    found = analytics.judge_holdout(
        data.x,
        data.t_x,
        data.T,
        data.window,
        data.actual,
        horizon=data.horizon,
        retention=data.retention,
    )
    assert found.customers == 2357
    assert found.model_purchases == pytest.approx(found.actual_purchases, rel=0.25)
    assert found.model_found > found.baseline_found
    assert found.grade in "AB"


def test_split_counts_each_part_once():
    rows = [
        ("a", "2024-01-01", 10),
        ("a", "2024-02-25", 10),
        ("a", "2024-03-20", 10),
        ("a", "2024-03-20", 5),
        ("b", "2024-01-15", 10),
        ("c", "2024-03-25", 10),
    ]
    data = analytics.split_holdout(rows, date(2024, 4, 10))
    # 100 days of history: the last 25, from 17 March on, are held out
    assert data.horizon == 25
    assert data.x.tolist() == [1, 0]
    assert data.window.tolist() == [1, 0]
    assert data.actual.tolist() == [1, 0]
    assert data.retention == 0


def test_perfect_model_is_graded_a_and_blind_one_c():
    histories = [0] * 40 + [4] * 10, [0] * 40 + [50] * 10, [90] * 50
    actual = [0] * 40 + [3] * 10
    terms = {"horizon": 30, "retention": 0.5}
    good = analytics.judge_holdout(*histories, [1] * 50, actual, **terms)
    assert (good.model_found, good.grade) == (1, "A")
    bad = analytics.judge_holdout(*histories, actual, actual[::-1], **terms)
    assert bad.model_found == 0 and bad.grade in "BC"


def test_order_of_equal_customers_decides_nothing():
    predicted, actual = np.ones(10), np.array([5, 4] + [0] * 8)
    assert share_of_best_found(predicted, actual) == pytest.approx(0.2)
    assert share_of_best_found(predicted, actual[::-1]) == pytest.approx(0.2)
    assert share_of_best_found(predicted, np.zeros(10)) == 1


def test_bad_holdouts_are_refused():
    with pytest.raises(ValueError, match="too little history"):
        analytics.split_holdout([("a", "2024-01-01", 5)], date(2024, 1, 2))
    with pytest.raises(ValueError, match="one half"):
        analytics.split_holdout([], date(2024, 1, 2), share=0.6)
    with pytest.raises(ValueError, match="one actual"):
        analytics.judge_holdout([1], [1], [2], [1], [1, 2], horizon=1, retention=1)
    with pytest.raises(ValueError, match="Retention"):
        analytics.baseline_purchases([1], 1.5)


# The package


def test_package_hands_out_what_it_names():
    for name in analytics.__all__:
        assert getattr(analytics, name) is not None
        assert name in dir(analytics)
    with pytest.raises(AttributeError):
        _ = analytics.no_such_name


def test_empty_holdout_rows():
    with pytest.raises(ValueError, match="too little"):
        analytics.split_holdout(
            pd.DataFrame(columns=["customer", "date", "amount"]), date(2024, 1, 2)
        )
