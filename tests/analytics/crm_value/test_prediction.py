"""All customers of a company at once: fit, judge and predict."""

from datetime import date, timedelta

import numpy as np
import pytest

from crm_value import analytics

AS_OF = date(2024, 6, 30)


def _terms(**changes):
    values = {
        "as_of": AS_OF,
        "window_months": 12,
        "horizon_months": 12,
        "discount_rate": 0.1,
        "bands": analytics.ChurnBands(),
        **changes,
    }
    return analytics.PredictionTerms(**values)


def _rows(count=300, seed=3, cost=0.0):
    """Return simulated buyers in the order of CUSTOMER_COLUMNS."""
    chance = np.random.default_rng(seed)
    rows = []
    for partner in range(1, count + 1):
        first = AS_OF - timedelta(days=int(chance.integers(60, 700)))
        rate, gone = chance.gamma(1.5, 1 / 60), chance.beta(1.2, 4)
        day, days = first, [first]
        while chance.random() > gone:
            day += timedelta(days=1 + int(chance.exponential(1 / rate)))
            if day > AS_OF:
                break
            days.append(day)
        spend = float(chance.gamma(4, 20)) + 1
        recent = sum(AS_OF - d < timedelta(days=365) for d in days)
        rows.append(
            (
                partner,
                len(days),
                days[0],
                days[-1],
                round(spend * (len(days) - 1), 2),
                round(spend * recent, 2),
                round(spend * (len(days) - recent), 2),
                recent,
                round(cost * spend * recent, 2),
            )
        )
    return rows


def _predict(rows, **changes):
    terms = _terms(**changes)
    frame = analytics.customer_frame(rows, AS_OF)
    fit = analytics.fit_company(frame, terms)
    return fit, analytics.predict_customers(frame, fit, terms)


def test_enough_buyers_get_a_model():
    fit, result = _predict(_rows())
    assert fit.is_model
    assert result["p_alive"].between(0, 1).all()
    assert (result["expected_purchases"] >= 0).all()
    assert set(result["prediction_basis"]) == {"model"}


def test_parameters_are_those_of_the_fitting_function():
    fit, _result = _predict(_rows())
    frame = analytics.customer_frame(_rows(), AS_OF)
    direct = analytics.fit_mbg_nbd(frame["x"], frame["t_x"], frame["T"])
    assert (fit.r, fit.alpha, fit.a, fit.b) == (
        direct.r,
        direct.alpha,
        direct.a,
        direct.b,
    )


def test_too_few_buyers_get_the_baseline_and_its_reason():
    fit, result = _predict(_rows(40))
    assert fit.reason == "floor"
    assert set(result["prediction_basis"]) == {"baseline"}
    assert (result["p_alive"] == 0).all()


def test_row_order_is_irrelevant():
    rows = _rows()
    _fit, straight = _predict(rows)
    _fit, turned = _predict(rows[::-1])
    turned = turned.set_index("partner_id").loc[straight["partner_id"]]
    assert np.allclose(straight["clv"], turned["clv"], rtol=1e-4)


def test_margin_lowers_the_lifetime_value():
    _fit, revenue = _predict(_rows())
    fit, margin = _predict(_rows(cost=0.6))
    assert fit.margin_ratio == pytest.approx(0.4, abs=0.01)
    assert margin["clv"].sum() == pytest.approx(0.4 * revenue["clv"].sum(), rel=0.05)


def test_who_never_bought_is_no_row():
    rows = [(1, 0, None, None, None, 0, 0, 0, 0)]
    _fit, result = _predict(rows)
    assert result.empty
    assert list(result.columns) == analytics.prediction.PREDICTION_COLUMNS


def test_a_worse_model_is_not_used():
    rows = _rows()
    terms = _terms()
    frame = analytics.customer_frame(rows, AS_OF)
    chance = np.random.default_rng(1)
    end = AS_OF - timedelta(days=150)
    # purchases of the test period are just those of the window: the baseline wins
    holdout = [
        (n, end - timedelta(days=400), end - timedelta(days=int(d)), w, w, w)
        for n, d, w in zip(
            chance.integers(2, 5, 200),
            chance.integers(1, 390, 200),
            chance.integers(0, 9, 200),
            strict=True,
        )
    ]
    fit = analytics.fit_company(frame, terms, holdout, end, 150)
    assert fit.holdout.grade == "C"
    assert fit.reason == "no_better"
