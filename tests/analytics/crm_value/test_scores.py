"""RFM scores, ABC classes and concentration: exact, tie-safe, order-free."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_value import analytics

money = st.lists(st.decimals(-1000, 100_000, places=2).map(float), max_size=60)
some_money = st.lists(
    st.decimals("0.01", 100_000, places=2).map(float), min_size=1, max_size=60
)


# RFM


@pytest.mark.parametrize("bins", [3, 5, 10])
@given(values=st.lists(st.integers(-5, 20), min_size=1), order=st.randoms())
def test_equal_value_equal_score_and_better_is_never_lower(bins, values, order):
    scores = dict(zip(values, analytics.rank_scores(values, bins), strict=True))
    assert all(1 <= score <= bins for score in scores.values())
    ranked = [scores[value] for value in sorted(scores)]
    assert ranked == sorted(ranked)
    order.shuffle(values)
    assert scores == dict(zip(values, analytics.rank_scores(values, bins), strict=True))


def test_score_counts_who_is_strictly_worse():
    assert analytics.rank_scores(range(10), 5).tolist() == [
        1,
        1,
        2,
        2,
        3,
        3,
        4,
        4,
        5,
        5,
    ]
    assert analytics.rank_scores([7] * 9, 5).tolist() == [1] * 9


def test_half_one_time_buyers_leave_a_score_out_rather_than_part_equals():
    frequency = [1] * 51 + list(range(2, 51))
    scores = analytics.rank_scores(frequency, 5)
    assert set(scores[:51]) == {1} and 2 not in scores and scores.max() == 5


def test_recent_buyer_scores_higher_on_recency():
    scores = analytics.score_rfm([1, 40, 300], [9, 3, 1], [500, 90, 10], bins=3)
    assert scores.recency.tolist() == [3, 2, 1]
    assert scores.frequency.tolist() == scores.monetary.tolist() == [3, 2, 1]


def test_fixed_cut_offs_do_not_depend_on_the_others():
    cuts = ([30, 90, 180, 365], [2, 4, 8, 16], [100, 500, 1000, 5000])
    scores = analytics.score_rfm(
        [30, 31, 400], [1, 2, 16], [99, 100, 1e6], cut_offs=cuts
    )
    assert scores.recency.tolist() == [5, 4, 1]
    assert scores.frequency.tolist() == [1, 2, 5]
    assert scores.monetary.tolist() == [1, 2, 5]


@pytest.mark.parametrize("bins", [2, 11, 4.5])
def test_bins_out_of_range_are_refused(bins):
    with pytest.raises(ValueError, match="bins"):
        analytics.rank_scores([1, 2], bins)


def test_bad_columns_and_cut_offs_are_refused():
    with pytest.raises(ValueError, match="same length"):
        analytics.score_rfm([1, 2], [1], [1])
    with pytest.raises(ValueError, match="missing"):
        analytics.score_rfm([1, np.nan], [1, 1], [1, 1])
    with pytest.raises(ValueError, match="rise"):
        analytics.cut_scores([1], [3, 3, 5])


def test_online_retail_figures(shared_file):
    """Five countries of UCI Online Retail, purchases as the reference counts them."""
    lines = pd.read_csv(
        shared_file("online_retail_DE_FR_NL_BE_EIRE.csv.gz"), dtype={"InvoiceNo": str}
    )
    lines = lines.dropna(subset=["CustomerID"])
    lines = lines[~lines["InvoiceNo"].str.startswith("C")]
    lines = lines[(lines["Quantity"] > 0) & (lines["UnitPrice"] > 0)]
    lines["amount"] = lines["Quantity"] * lines["UnitPrice"]
    lines["day"] = pd.to_datetime(lines["InvoiceDate"]).dt.normalize()
    by_customer = lines.groupby("CustomerID")
    value = by_customer["amount"].sum()
    recency = (pd.Timestamp("2011-12-10") - by_customer["day"].max()).dt.days
    frequency = by_customer["InvoiceNo"].nunique()
    abc = analytics.classify_abc(value, ids=value.index)
    assert [int((abc.classes == c).sum()) for c in "ABC"] == [39, 71, 108]
    assert value[abc.rank <= 5].round(2).sort_values().tolist() == [
        18895.91,
        19824.05,
        117379.63,
        143825.06,
        280206.02,
    ]
    found = analytics.measure_concentration(value)
    assert found.customers == 218
    assert found.total == pytest.approx(1030079.77, abs=0.5)
    assert found.top_1_share == pytest.approx(280206.02 / 1030079.77, abs=1e-5)
    assert int(found.large.sum()) == 3
    scores = analytics.score_rfm(recency, frequency, value)
    assert set(scores.frequency[frequency == 1]) == {1}
    # 65 of 218 bought once: the score of two invoices counts them as worse
    assert set(scores.frequency[frequency == 2]) == {1 + 5 * 65 // 218}
    assert set(scores.recency[recency == recency.min()]) == {5}


# ABC


def test_customer_who_crosses_the_bound_keeps_the_better_class():
    found = analytics.classify_abc([79.99, 0.02, 14.98, 0.01, 5.0])
    assert found.classes.tolist() == ["A", "C", "A", "C", "B"]
    assert found.rank.tolist() == [1, 4, 2, 5, 3]


def test_bound_is_met_exactly_in_cents():
    # 80.00 of 100.00 before the second customer is not less than 80 %
    assert analytics.classify_abc([80, 15, 5]).classes.tolist() == ["A", "B", "C"]
    assert analytics.classify_abc([0.1] * 10).classes.tolist() == (
        ["A"] * 8 + ["B"] * 2
    )


def test_equal_values_are_sorted_by_id():
    found = analytics.classify_abc([50, 50], ids=[9, 3], a_pct=40, b_pct=60)
    assert found.classes.tolist() == ["B", "A"]
    assert found.rank.tolist() == [2, 1]


def test_nothing_sold_is_class_c():
    found = analytics.classify_abc([0, -5, 0])
    assert found.classes.tolist() == ["C"] * 3
    assert found.share.tolist() == [0, 0, 0]
    assert analytics.classify_abc([]).classes.tolist() == []


@given(money, st.randoms())
def test_class_sums_equal_the_total_in_any_order(values, order):
    ids = list(range(len(values)))
    found = analytics.classify_abc(values, ids)
    cents = [round(100 * v) for v in values]
    total = sum(c for c in cents if c > 0)
    sums = {
        c: sum(v for v, k in zip(cents, found.classes, strict=True) if k == c and v > 0)
        for c in "ABC"
    }
    assert sum(sums.values()) == total
    if total:
        assert 100 * sums["A"] >= 80 * total
        assert found.share.sum() == pytest.approx(1)
    order.shuffle(ids)
    again = analytics.classify_abc([values[i] for i in ids], ids)
    assert again.classes.tolist() == [found.classes[i] for i in ids]


@pytest.mark.parametrize("bounds", [(0, 95), (95, 80), (80, 100), (80, 80)])
def test_bounds_that_do_not_rise_are_refused(bounds):
    with pytest.raises(ValueError, match="Class A"):
        analytics.classify_abc([1], a_pct=bounds[0], b_pct=bounds[1])


def test_ids_must_match_and_amounts_must_fit():
    with pytest.raises(ValueError, match="one id"):
        analytics.classify_abc([1, 2], ids=[1])
    with pytest.raises(ValueError, match="too large"):
        analytics.classify_abc([1e17, 1e17])


# Concentration


@given(some_money)
def test_indices_stay_within_their_bounds(values):
    found = analytics.measure_concentration(values)
    n = len(values)
    assert found.customers == n
    assert 1 / n - 1e-12 <= found.hhi <= 1
    assert 1 - 1e-9 <= found.effective_customers <= n + 1e-9
    assert 0 <= found.gini < 1
    assert 0 < found.top_1_share <= found.top_5_share <= found.top_10_share <= 1


def test_equal_customers_are_not_concentrated():
    found = analytics.measure_concentration([10.0] * 20)
    assert found.hhi_points == pytest.approx(500)
    assert found.effective_customers == pytest.approx(20)
    assert found.gini == pytest.approx(0)
    assert not found.large.any()


def test_one_customer_is_everything():
    found = analytics.measure_concentration([0, 250, -40])
    assert (found.hhi, found.top_1_share, found.gini) == (1, 1, 0)
    assert found.large.tolist() == [False, True, False]


def test_ten_percent_exactly_is_flagged():
    found = analytics.measure_concentration([0.3, 0.29, 2.41])
    assert found.large.tolist() == [True, False, True]


def test_known_shares():
    found = analytics.measure_concentration([50, 30, 20])
    assert found.hhi == pytest.approx(0.38)
    assert found.gini == pytest.approx(0.2)


def test_no_revenue_has_no_concentration():
    found = analytics.measure_concentration([0, -3])
    assert (found.customers, found.hhi, found.effective_customers) == (0, 0, 0)
    assert found.large.tolist() == [False, False]
