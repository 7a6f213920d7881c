"""Gamma-Gamma, lifetime value and the plain forecast."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from crm_value import analytics
from crm_value.analytics import gamma_gamma

BG = analytics.BgNbd(0.243, 4.414, 0.793, 2.426, -9582.4, 2357)
MBG = analytics.MbgNbd(0.525, 6.183, 0.891, 1.614, -9582.1, 2357)
# Fader and Hardie (2013)
SPEND = analytics.GammaGamma(6.25, 3.74, 15.44, -4055.9, 946)


def test_published_parameters_come_out_of_the_published_summary(cdnow_published):
    d = cdnow_published
    model = analytics.fit_gamma_gamma(d["x"], d["zbar"])
    assert [model.p, model.q, model.v] == pytest.approx([6.25, 3.74, 15.44], abs=0.01)
    assert model.log_likelihood == pytest.approx(-4055.92, abs=0.01)
    assert model.n == 946


def test_parameters_come_out_of_the_transactions(cdnow_transactions):
    s = analytics.summarise_purchases(cdnow_transactions, "1997-09-30", "week")
    model = analytics.fit_gamma_gamma(s["x"], s["zbar"])
    found = [model.p, model.q, model.v]
    assert found == pytest.approx([6.2496, 3.7442, 15.4435], abs=5e-4)
    assert model.log_likelihood == pytest.approx(-4055.9177, abs=5e-5)
    assert model.mean_spend == pytest.approx(35.1704, abs=5e-4)


def test_clv_of_the_published_summary(cdnow_published):
    d = cdnow_published
    history = d["x"], d["t_x"], d["T"]
    bought, spent = (
        analytics.fit_bg_nbd(*history),
        analytics.fit_gamma_gamma(d["x"], d["zbar"]),
    )
    result = analytics.clv(
        bought, spent, *history, d["zbar"], horizon=12, step=4.345, discount_rate=0.01
    )
    assert round(result.total) == 71510
    assert (result.horizon, result.step, result.discount_rate) == (12, 4.345, 0.01)


def test_likelihood_and_gradient_agree_with_differences():
    x, z = np.array([1.0, 2, 2, 7]), np.array([0.4, 1.1, 0.9, 1.6])
    values, index = np.unique(x, return_inverse=True)
    per_x = np.bincount(index) / len(x)

    def likelihood(params):
        return gamma_gamma._mean_log_likelihood(params, x, z, values, index, per_x)

    point = np.log([3.0, 4.0, 2.0])
    numeric = optimize.approx_fprime(point, lambda p: likelihood(p)[0], 1e-6)
    assert likelihood(point)[1] == pytest.approx(numeric, abs=1e-5)


@pytest.fixture(scope="module")
def spenders():
    """Repeat purchases and mean spend of 500 customers, drawn from the model."""
    rng = np.random.default_rng(5)
    x = rng.integers(1, 20, 500)
    return x, rng.gamma(6.0 * x, 1 / (x * rng.gamma(3.7, 1 / 15.0, 500)))


@given(st.randoms())
@settings(max_examples=10, deadline=None)
def test_order_of_the_rows_does_not_matter(spenders, order):
    rows = list(zip(*spenders, strict=True))
    order.shuffle(rows)
    shuffled = analytics.fit_gamma_gamma(*zip(*rows, strict=True))
    assert shuffled == analytics.fit_gamma_gamma(*spenders)


def test_another_currency_only_rescales_v(spenders):
    x, zbar = spenders
    here, there = (
        analytics.fit_gamma_gamma(x, zbar),
        analytics.fit_gamma_gamma(x, zbar * 7.4),
    )
    found = [there.p, there.q, there.v]
    assert found == pytest.approx([here.p, here.q, here.v * 7.4], rel=1e-4)
    same = here.log_likelihood - len(x) * np.log(7.4)
    assert there.log_likelihood == pytest.approx(same)


def test_one_time_buyer_gets_the_mean_of_all_customers():
    assert SPEND.expected_spend(0, 999.0) == pytest.approx(SPEND.mean_spend)
    assert SPEND.expected_spend([0], [np.nan]) == pytest.approx(SPEND.mean_spend)


def test_spend_moves_from_the_mean_to_the_own_average_with_purchases():
    spend = SPEND.expected_spend([1, 5, 50, 5000], [100.0] * 4)
    assert (np.diff(spend) > 0).all()
    assert spend[-1] == pytest.approx(100, rel=1e-3)


@pytest.mark.parametrize("model", [BG, MBG])
def test_clv_without_discount_is_spend_times_purchases(model):
    x, t_x, T, zbar = [0, 2, 9], [0, 30.43, 20], [38.86, 38.86, 30], [0, 22.35, 50]
    result = analytics.clv(
        model, SPEND, x, t_x, T, zbar, horizon=10, step=3.9, discount_rate=0
    )
    expected = SPEND.expected_spend(x, zbar) * model.expected_purchases(39, x, t_x, T)
    assert result.value == pytest.approx(expected, rel=1e-12)


def test_clv_is_the_sum_of_its_discounted_steps():
    history = 2, 30.43, 38.86
    steps = np.diff([BG.expected_purchases(4.345 * i, *history) for i in range(4)])
    expected = SPEND.expected_spend(2, 22.35) * sum(
        bought / 1.01 ** (i + 1) for i, bought in enumerate(steps)
    )
    result = analytics.clv(
        BG, SPEND, *history, 22.35, horizon=3, step=4.345, discount_rate=0.01
    )
    assert float(result) == pytest.approx(expected)
    assert isinstance(result.value, float)


@pytest.mark.parametrize(
    "terms", [{"horizon": 0}, {"horizon": 1.5}, {"step": 0}, {"discount_rate": -1}]
)
def test_senseless_terms_are_refused(terms):
    with pytest.raises(ValueError, match=r"horizon|step|discount"):
        analytics.clv(BG, SPEND, 1, 1, 2, 10.0, **terms)


@pytest.mark.parametrize(
    ("x", "zbar", "message"),
    [
        ([1, 2, 3, 4], [1, 2, -3, 4], "negative"),
        ([1, 2, 3, 4], [1, 2, np.nan, 4], "missing"),
        ([1, 2, 3], [1, 2, 3, 4], "same length"),
        ([0, 0, 0, 0, 1], [0, 0, 0, 0, 1], "at least"),
        (["a"] * 4, [1] * 4, "numbers"),
        ([1] * 4, ["a"] * 4, "numbers"),
    ],
)
def test_bad_spend_is_refused_in_one_sentence(x, zbar, message):
    with pytest.raises(ValueError, match=message):
        analytics.fit_gamma_gamma(x, zbar)


def test_spend_without_a_mean_is_a_fit_error():
    rng = np.random.default_rng(3)
    with pytest.raises(analytics.FitError):
        analytics.fit_gamma_gamma(np.full(500, 1), rng.pareto(0.3, 500) + 0.001)


def test_baseline_is_average_month_times_horizon_times_retention():
    assert analytics.baseline_clv(1200, 12, 24, 0.75) == 1800
    assert analytics.baseline_clv([120, -12], 12, 1, 0.5).tolist() == [5.0, -0.5]
    assert analytics.estimate_retention(40, 30) == 0.75
    assert analytics.estimate_retention(0, 0) == 0
    for bad in ((1, 0, 1, 0.5), (1, 1, -1, 0.5), (1, 1, 1, 1.5)):
        with pytest.raises(ValueError):
            analytics.baseline_clv(*bad)
