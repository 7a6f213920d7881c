"""Relative weights share out R² the way Johnson (2000) says."""

import numpy as np
import pandas as pd
import pytest

from crm_survey.analytics import (
    drivers,
    drivers_of_answers,
    relative_weights,
)


def survey(n=200, seed=7):
    rng = np.random.default_rng(seed)
    speed, price = rng.normal(size=n), rng.normal(size=n)
    service = 0.8 * speed + 0.6 * rng.normal(size=n)
    nps = 2 * speed + service + 0.3 * price + rng.normal(size=n)
    return pd.DataFrame(
        {"speed": speed, "price": price, "service": service, "nps": nps}
    )


def r_squared(frame, outcome):
    items = frame.drop(columns=outcome)
    x = np.column_stack([np.ones(len(frame)), items.to_numpy()])
    y = frame[outcome].to_numpy()
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return 1 - residual @ residual / ((y - y.mean()) @ (y - y.mean()))


def test_weights_add_up_to_the_explained_variance():
    result = drivers(survey(), "nps")
    assert sum(item.weight for item in result.items) == pytest.approx(
        r_squared(survey(), "nps")
    )
    assert sum(item.share for item in result.items) == pytest.approx(100)


def test_two_items_get_their_shapley_share():
    # for two predictors Johnson's weights equal general dominance weights
    r12, r1, r2 = 0.5, 0.6, 0.4
    both = (r1**2 + r2**2 - 2 * r1 * r2 * r12) / (1 - r12**2)
    first = (r1**2 + both - r2**2) / 2
    weights = relative_weights(np.array([[1, r12], [r12, 1]]), np.array([r1, r2]))
    assert weights == pytest.approx([first, both - first])


def test_uncorrelated_items_keep_their_squared_correlation():
    weights = relative_weights(np.eye(3), np.array([0.5, 0.3, 0.1]))
    assert weights == pytest.approx([0.25, 0.09, 0.01])


def test_an_item_asked_twice_shares_its_weight():
    weights = relative_weights(np.ones((2, 2)), np.array([0.6, 0.6]))
    assert weights == pytest.approx([0.18, 0.18])


def test_the_strongest_item_comes_first():
    assert [item.name for item in drivers(survey(), "nps").items] == [
        "speed", "service", "price",
    ]  # fmt: skip


def test_too_few_answers_name_no_driver():
    result = drivers(survey(29), "nps")
    assert (result.n, result.r_squared, result.items) == (29, None, ())


def test_rows_with_a_gap_do_not_count():
    frame = survey(40)
    frame.loc[:14, "price"] = np.nan
    assert drivers(frame, "nps").n == 25
    assert drivers(frame, "nps").items == ()


def test_items_that_never_vary_are_left_out():
    frame = survey(40).assign(constant=3)
    assert "constant" not in {item.name for item in drivers(frame, "nps").items}
    assert drivers(survey(40).assign(nps=1), "nps").items == ()


def test_the_outcome_must_be_a_column():
    with pytest.raises(ValueError, match="no column"):
        drivers(survey(40), "ces")


def rows_of(frame):
    return [
        (answer, item, value)
        for answer, row in frame.iterrows()
        for item, value in row.items()
    ]


def test_rows_of_answers_and_items_give_the_drivers_of_their_frame():
    frame = survey(60)
    found, expected = drivers_of_answers(rows_of(frame), "nps"), drivers(frame, "nps")
    assert found.n == expected.n
    assert found.r_squared == pytest.approx(expected.r_squared)
    assert [item.name for item in found.items] == ["speed", "service", "price"]


def test_a_question_few_were_asked_does_not_silence_the_others():
    rows = [row for row in rows_of(survey(60)) if row[1] != "price" or row[0] < 29]
    found = drivers_of_answers(rows, "nps")
    assert found.n == 60
    assert {item.name for item in found.items} == {"speed", "service"}


def test_answers_without_the_outcome_do_not_count():
    rows = [row for row in rows_of(survey(60)) if row[1] != "nps" or row[0] < 29]
    assert drivers_of_answers(rows, "nps").n == 29
    assert drivers_of_answers([], "nps").n == 0
