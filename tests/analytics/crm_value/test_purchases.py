"""From purchases to x, t_x, T and zbar."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_value import analytics

AS_OF = date(1997, 9, 30)
# the first customers of the CDNOW sample and the rows published for them
TRANSACTIONS = [
    (1, "1997-01-01", 29.33),
    (1, "1997-01-18", 29.73),
    (1, "1997-08-02", 14.96),
    (1, "1997-12-12", 26.48),
    (2, "1997-01-01", 63.34),
    (2, "1997-01-13", 11.77),
    (3, "1997-01-01", 6.79),
]
PUBLISHED = [(2, 30.43, 38.86, 22.35), (1, 1.71, 38.86, 11.77), (0, 0.0, 38.86, 0.0)]


def summary(rows, unit="day", **rules):
    frame = analytics.summarise_purchases(rows, AS_OF, unit, **rules)
    return [tuple(row) for row in frame.itertuples(index=False)]


def test_published_rows_come_out_of_their_transactions():
    for found, published in zip(summary(TRANSACTIONS, "week"), PUBLISHED, strict=True):
        assert found == pytest.approx(published, abs=0.0051)


def test_published_summary_comes_out_of_the_transactions(
    cdnow_transactions, cdnow_published
):
    found = analytics.summarise_purchases(cdnow_transactions, AS_OF, "week")
    assert len(found) == 2357
    assert found.index.tolist() == cdnow_published["ID"].tolist()
    assert found["x"].tolist() == cdnow_published["x"].tolist()
    for column, rounding in (("t_x", 0.005), ("T", 0.005), ("zbar", 0.0051)):
        difference = found[column].to_numpy() - cdnow_published[column].to_numpy()
        assert abs(difference).max() < rounding


def test_documents_of_a_day_are_one_purchase():
    rows = [("a", "1997-09-01", 5), ("a", "1997-09-01", 7), ("a", "1997-09-11", 4)]
    assert summary(rows) == [(1, 10.0, 29.0, 4.0)]


def test_refund_counts_against_its_day_and_is_never_a_purchase():
    rows = [
        ("a", "1997-09-01", 50),
        ("a", "1997-09-11", 20),
        ("a", "1997-09-11", -20),
        ("a", "1997-09-20", -30),
    ]
    assert summary(rows) == [(0, 0.0, 29.0, 0.0)]
    assert summary(rows, refunds="exclude") == [(1, 10.0, 29.0, 20.0)]


def test_free_goods_are_no_repeat_purchase():
    rows = [("a", "1997-08-31", 0), ("a", "1997-09-20", 8), ("a", "1997-09-25", 0)]
    assert summary(rows) == [(0, 0.0, 10.0, 0.0)]


def test_customer_of_free_goods_alone_came_once():
    rows = [("a", "1997-08-31", 0), ("a", "1997-09-20", 0), ("b", "1997-09-20", -5)]
    assert summary(rows) == [(0, 0.0, 30.0, 0.0)]


def test_time_of_day_and_later_purchases_do_not_count():
    rows = [
        ("a", "1997-09-01 23:59", 5),
        ("a", "1997-09-02 00:01", 7),
        ("a", "1997-10-01", 9),
    ]
    assert summary(rows) == [(1, 1.0, 29.0, 7.0)]


def test_nothing_gives_an_empty_frame():
    assert summary([]) == []


@given(
    st.lists(
        st.tuples(
            st.integers(1, 5),
            st.dates(date(1997, 1, 1), date(1997, 12, 31)),
            st.integers(-100, 300),
        )
    ),
    st.randoms(),
)
@settings(max_examples=25, deadline=None)
def test_order_of_the_rows_does_not_matter(rows, order):
    straight = analytics.summarise_purchases(rows, AS_OF)
    order.shuffle(rows)
    pd.testing.assert_frame_equal(analytics.summarise_purchases(rows, AS_OF), straight)
    assert (straight["t_x"] <= straight["T"]).all()
    assert ((straight["x"] == 0) == (straight["t_x"] == 0)).all()


@pytest.mark.parametrize(
    ("unit", "days"),
    [
        ("D", 1),
        ("weeks", 7),
        ("W", 7),
        ("month", 365.25 / 12),
        ("year", 365.25),
        (30, 30),
    ],
)
def test_time_unit_is_what_its_name_says(unit, days):
    rows = [("a", "1997-01-01", 1), ("a", "1997-03-01", 1)]
    assert summary(rows, unit)[0][1] == pytest.approx(59 / days)


@pytest.mark.parametrize("unit", ["fortnight", 0, -1, float("nan")])
def test_unknown_time_unit_is_refused(unit):
    with pytest.raises(ValueError, match="time unit"):
        summary(TRANSACTIONS, unit)


@pytest.mark.parametrize(
    "rows",
    [
        [(1, "1997-01-01", None)],
        [(1, None, 5)],
        [(None, "1997-01-01", 5)],
        [(1, "no date", 5)],
        [(1, "1997-01-01", "much")],
        [(1, "1997-01-01")],
        pd.DataFrame({"customer": [1]}),
        7,
    ],
)
def test_bad_transactions_are_refused(rows):
    with pytest.raises(ValueError, match="ransaction"):
        summary(rows)


def test_unknown_refund_rule_is_refused():
    with pytest.raises(ValueError, match="refunds"):
        summary(TRANSACTIONS, refunds="keep")
