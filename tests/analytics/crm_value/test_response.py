"""Hold-out draw and comparison of responses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_value.analytics.response import compare_response, draw_holdout


def test_draw_is_repeatable_and_of_the_asked_size():
    ids = range(1, 201)
    first = draw_holdout(ids, 0.1, 42)
    assert len(first) == 20
    assert first == draw_holdout(list(reversed(ids)), 0.1, 42)
    assert first != draw_holdout(ids, 0.1, 43)


def test_share_outside_zero_to_one_is_refused():
    with pytest.raises(ValueError, match="0 to 1"):
        draw_holdout([1], 1.5, 1)


def test_nothing_can_be_said_without_two_groups():
    assert compare_response(10, 1, 0, 0) is None


def test_interval_is_that_of_newcombe_1998():
    # table II of the paper, contrast (a) 56/70 against 48/80, method 10
    found = compare_response(70, 56, 80, 48)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    assert found.is_proven


def test_small_difference_in_small_groups_is_not_proven():
    assert not compare_response(20, 5, 10, 2).is_proven


@given(st.integers(1, 50), st.integers(0, 50), st.integers(1, 50), st.integers(0, 50))
def test_interval_holds_the_difference_and_stays_in_range(n, x, m, y):
    found = compare_response(n, min(n, x), m, min(m, y))
    assert -1 - 1e-9 <= found.low <= found.difference <= found.high <= 1 + 1e-9
