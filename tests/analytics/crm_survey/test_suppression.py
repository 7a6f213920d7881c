"""No small group is shown, nor found by subtraction."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_survey.analytics import suppress, suppress_table

CELLS = st.lists(st.integers(min_value=0, max_value=40), max_size=12)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([], []),
        ([20, 8], [False, False]),
        ([4, 20], [True, True]),
        ([4, 20, 9], [True, False, True]),
        ([4, 3, 20], [True, True, False]),
        ([2, 2, 20], [True, True, True]),
        ([0, 20, 4], [False, True, True]),
        ([5, 5], [False, False]),
        ([3], [True]),
    ],
)
def test_the_smallest_other_group_goes_with_a_hidden_one(counts, hidden):
    assert suppress(counts, k=5) == hidden


@given(CELLS, st.integers(min_value=1, max_value=9))
def test_what_is_shown_never_reveals_fewer_than_k_answers(counts, k):
    hidden = suppress(counts, k)
    for count, flag in zip(counts, hidden, strict=True):
        assert flag or count == 0 or count >= k
    left = [count for count, flag in zip(counts, hidden, strict=True) if flag]
    if left and not all(f or not c for c, f in zip(counts, hidden, strict=True)):
        assert len(left) >= 2 and sum(left) >= k


@given(CELLS)
def test_with_k_one_nothing_is_hidden(counts):
    assert not any(suppress(counts, k=1))


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.integers(min_value=0, max_value=20), min_size=3, max_size=3),
        min_size=1,
        max_size=5,
    )
)
def test_rows_and_columns_of_a_table_are_both_protected(table):
    hidden = suppress_table(table, k=5)
    lines = list(zip(table, hidden, strict=True)) + [
        ([row[i] for row in table], [row[i] for row in hidden]) for i in range(3)
    ]
    for counts, flags in lines:
        left = [count for count, flag in zip(counts, flags, strict=True) if flag]
        shown = [c for c, f in zip(counts, flags, strict=True) if c and not f]
        assert all(count >= 5 for count in shown)
        if left and shown:
            assert len(left) >= 2 and sum(left) >= 5


def test_bad_input_is_refused():
    with pytest.raises(ValueError):
        suppress([1], k=0)
    with pytest.raises(ValueError):
        suppress([-1])
    with pytest.raises(ValueError):
        suppress_table([[1], [1, 2]])
