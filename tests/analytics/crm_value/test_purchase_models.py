"""BG/NBD and MBG/NBD meet their papers and keep what they promise."""

from math import exp, lgamma, log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, special

from crm_value import analytics
from crm_value.analytics.beta_geometric import (
    mean_log_likelihood,
    merge_histories,
)

FITS = [analytics.fit_bg_nbd, analytics.fit_mbg_nbd]
MODELS = [analytics.BgNbd, analytics.MbgNbd]
# Fader, Hardie and Lee (2005), table 2, and the customer of their section 5
PAPER = analytics.BgNbd(0.243, 4.414, 0.793, 2.426, -9582.4, 2357)
CUSTOMER = (2, 30.43, 38.86)

parameters = st.tuples(
    st.floats(0.05, 20), st.floats(0.5, 500), st.floats(0.05, 20), st.floats(0.05, 50)
)


@st.composite
def histories(draw):
    x = draw(st.integers(0, 200))
    T = draw(st.floats(0.1, 2000))
    return x, draw(st.floats(0, T)) if x else 0.0, T


def model_of(kind, values):
    return kind(*values, log_likelihood=0.0, n=1)


def naive_bg_likelihood(params, x, t_x, T):
    """The likelihood of the paper's equation 6, one customer, term by term."""
    r, alpha, a, b = params
    alive = (
        exp(lgamma(b + x) + lgamma(a + b) - lgamma(b) - lgamma(a + b + x))
        * exp(lgamma(r + x) - lgamma(r))
        * alpha**r
        / (alpha + T) ** (r + x)
    )
    if not x:
        return log(alive)
    left = (
        exp(
            lgamma(a + 1)
            + lgamma(b + x - 1)
            + lgamma(a + b)
            - lgamma(a)
            - lgamma(b)
            - lgamma(a + b + x)
        )
        * exp(lgamma(r + x) - lgamma(r))
        * alpha**r
        / (alpha + t_x) ** (r + x)
    )
    return log(alive + left)


def naive_mbg_likelihood(params, x, t_x, T):
    """Batislam et al. (2007), equation A1, one customer."""
    r, alpha, a, b = params
    both = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    stays = special.betaln(a, b + x + 1) - special.betaln(a, b)
    leaves = special.betaln(a + 1, b + x) - special.betaln(a, b)
    return both + np.logaddexp(
        stays - (r + x) * np.log(alpha + T), leaves - (r + x) * np.log(alpha + t_x)
    )


def test_published_parameters_come_out_of_the_published_summary(cdnow_published):
    d = cdnow_published
    model = analytics.fit_bg_nbd(d["x"], d["t_x"], d["T"])
    assert round(model.r, 3) == 0.243
    assert round(model.alpha, 3) == 4.414
    assert round(model.a, 3) == 0.793
    assert round(model.b, 3) == 2.426
    assert round(model.log_likelihood, 1) == -9582.4
    assert model.n == 2357
    assert round(model.expected_purchases(39, *CUSTOMER), 3) == 1.226


def test_published_parameters_come_out_of_the_transactions(cdnow_transactions):
    s = analytics.summarise_purchases(cdnow_transactions, "1997-09-30", "week")
    model = analytics.fit_bg_nbd(s["x"], s["t_x"], s["T"])
    found = [model.r, model.alpha, model.a, model.b]
    assert found == pytest.approx([0.2426, 4.4136, 0.7929, 2.4259], abs=5e-5)
    assert model.log_likelihood == pytest.approx(-9582.4292, abs=5e-5)
    expected = model.expected_purchases(39, s["x"], s["t_x"], s["T"])
    assert expected.sum() == pytest.approx(1653.4086, abs=0.01)
    by_x = pd.Series(expected).groupby(np.minimum(s["x"].to_numpy(), 7)).mean()
    reference = [0.2251, 0.5231, 1.0441, 1.5203, 2.1639, 2.6538, 3.504, 6.1572]
    assert by_x.tolist() == pytest.approx(reference, abs=1e-4)


def test_paper_parameters_give_the_paper_expectation():
    assert PAPER.expected_purchases(39, *CUSTOMER) == pytest.approx(1.226, abs=6e-4)
    assert PAPER.p_alive(*CUSTOMER) == pytest.approx(0.7266, abs=1e-3)


def test_one_time_buyer_is_alive_in_bg_and_may_be_gone_in_mbg():
    values = (0.525, 6.183, 0.891, 1.614)
    assert model_of(analytics.BgNbd, values).p_alive(0, 0, 38.86) == 1
    assert model_of(analytics.MbgNbd, values).p_alive(0, 0, 38.86) == pytest.approx(
        0.3897, abs=1e-3
    )


def test_fit_recovers_the_parameters_of_a_simulation(cohort):
    model = analytics.fit_bg_nbd(*cohort)
    found = [model.r, model.alpha, model.a, model.b]
    assert found == pytest.approx([0.8, 60.0, 0.9, 2.5], rel=0.3)


@pytest.mark.parametrize("fit", FITS)
def test_no_parameter_can_be_moved_to_a_better_fit(fit, cohort):
    model = fit(*cohort)
    before = model.occasions_before_repeat
    values = np.log([model.r, model.alpha, model.a, model.b])
    merged = merge_histories(*cohort)
    best = mean_log_likelihood(values, merged, before)[0]
    assert model.log_likelihood == pytest.approx(best * model.n, rel=1e-12)
    for position in range(4):
        for move in (-0.01, 0.01):
            moved = values.copy()
            moved[position] += move
            assert mean_log_likelihood(moved, merged, before)[0] < best


@pytest.mark.parametrize(
    ("before", "naive"), [(0, naive_bg_likelihood), (1, naive_mbg_likelihood)]
)
def test_likelihood_and_gradient_match_the_naive_formula(before, naive):
    x, t_x, T = np.array(
        [
            (0, 0, 38.86),
            (2, 30.43, 38.86),
            (1, 1.71, 30),
            (7, 20, 27),
            (2, 30.43, 38.86),
        ]
    ).T
    params = np.array([0.4, 5.0, 0.7, 2.0])
    merged = merge_histories(x, t_x, T)
    assert len(merged.x) == 4
    expected = np.mean([naive(params, *row) for row in zip(x, t_x, T, strict=True)])
    value, gradient = mean_log_likelihood(np.log(params), merged, before)
    assert value == pytest.approx(expected, rel=1e-12)
    numeric = optimize.approx_fprime(
        np.log(params), lambda p: mean_log_likelihood(p, merged, before)[0], 1e-6
    )
    assert gradient == pytest.approx(numeric, abs=1e-5)


@pytest.mark.parametrize("fit", FITS)
@given(order=st.randoms())
@settings(max_examples=5, deadline=None)
def test_order_of_the_rows_does_not_matter(fit, cohort, order):
    rows = list(zip(*(v[:400] for v in cohort), strict=True))
    straight = fit(*zip(*rows, strict=True))
    order.shuffle(rows)
    assert fit(*zip(*rows, strict=True)) == straight


@pytest.mark.parametrize("fit", FITS)
@given(factor=st.sampled_from([1 / 365.25, 1 / 7, 7, 24, 1440]))
@settings(max_examples=5, deadline=None)
def test_another_time_unit_only_rescales_alpha(fit, cohort, factor):
    x, t_x, T = (v[:800] for v in cohort)
    days, other = fit(x, t_x, T), fit(x, t_x * factor, T * factor)
    assert [other.r, other.alpha, other.a, other.b] == pytest.approx(
        [days.r, days.alpha * factor, days.a, days.b], rel=1e-4
    )
    same = days.log_likelihood - x.sum() * np.log(factor)
    assert other.log_likelihood == pytest.approx(same, rel=1e-9)
    assert other.expected_purchases(90 * factor, 3, 50 * factor, 80 * factor) == (
        pytest.approx(days.expected_purchases(90, 3, 50, 80), rel=1e-4)
    )


@pytest.mark.parametrize("kind", MODELS)
@given(values=parameters, history=histories(), t=st.floats(0, 3000))
@settings(deadline=None)
def test_probability_is_one_and_expectation_is_possible(kind, values, history, t):
    model = model_of(kind, values)
    x, _t_x, T = history
    assert 0 <= model.p_alive(*history) <= 1
    expected = model.expected_purchases(t, *history)
    rate = (model.r + x) / (model.alpha + T)
    assert 0 <= expected <= rate * t * (1 + 1e-9)


@pytest.mark.parametrize("kind", MODELS)
@given(values=parameters, history=histories(), t=st.floats(0.1, 3000))
@settings(deadline=None)
def test_expectation_falls_with_idle_time(kind, values, history, t):
    model = model_of(kind, values)
    x, t_x, T = history
    idle = T + np.linspace(0, 500, 6)
    assert (np.diff(model.expected_purchases(t, x, t_x, idle)) <= 1e-10).all()
    if x:
        assert (np.diff(model.p_alive(x, t_x, idle)) <= 1e-12).all()


@pytest.mark.parametrize("kind", MODELS)
@given(values=parameters, history=histories())
@settings(deadline=None)
def test_expectation_grows_with_the_horizon(kind, values, history):
    expected = model_of(kind, values).expected_purchases(
        np.array([0, 0.01, 1, 30, 365, 3650.0]), *history
    )
    assert expected[0] == 0
    assert (np.diff(expected) >= -1e-10 * expected[1:]).all()


HARD = [
    pytest.param(values, x, t_x, T, t, id=name)
    for name, values, x, t_x, T, t in (
        ("plain", (0.243, 4.414, 0.793, 2.426), 2, 30.43, 38.86, 39),
        ("a_is_one", (0.243, 4.414, 1.0, 2.426), 2, 30.43, 38.86, 39),
        ("a_near_one", (0.5, 9.0, 1 + 1e-9, 1.0), 5, 20, 25, 52),
        ("200_purchases", (0.8, 30.0, 0.9, 3.0), 200, 700, 730, 365),
        ("z_near_one", (0.3, 0.01, 0.7, 2.0), 3, 1, 2, 1e6),
        ("z_near_one_200", (0.8, 1.0, 1.0, 3.0), 200, 1, 1, 1e4),
        ("small_a", (0.3, 4.0, 0.05, 0.9), 10, 30, 39, 39),
        ("great_a", (3.0, 4.0, 300.0, 900.0), 4, 30, 39, 39),
        ("tiny_horizon", (0.243, 4.414, 0.793, 2.426), 2, 30.43, 38.86, 1e-9),
    )
]


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(("values", "x", "t_x", "T", "t"), HARD)
def test_expectation_equals_the_integral_over_dropout(kind, values, x, t_x, T, t):
    """E[Y | alive] is the mean of (1 - (1 + w p)^-(r+x)) / p over a beta(a, b+m)."""
    model = model_of(kind, values)
    r, alpha, a, b = values
    survivals = b + x + kind.occasions_before_repeat
    w = t / (alpha + T)

    def integrand(logit):
        p, log_p = special.expit(logit), special.log_expit(logit)
        weight = (a - 1) * log_p + survivals * special.log_expit(-logit)
        return -np.expm1(-(r + x) * np.log1p(w * p)) * np.exp(
            weight - special.betaln(a, survivals)
        )

    bounds = np.linspace(-60, 60, 61) if a >= 0.5 else np.linspace(-700, 60, 254)
    whole = sum(
        integrate.quad(integrand, low, high, epsabs=1e-14, epsrel=1e-11)[0]
        for low, high in zip(bounds[:-1], bounds[1:], strict=True)
    )
    expected = whole * model.p_alive(x, t_x, T)
    assert model.expected_purchases(t, x, t_x, T) == pytest.approx(expected, rel=1e-9)


def test_expectation_equals_the_published_form_where_that_is_stable():
    """Fader, Hardie and Lee (2005), equation 10, with scipy's 2F1."""
    r, alpha, a, b = PAPER.r, PAPER.alpha, PAPER.a, PAPER.b
    for x, t_x, T in (CUSTOMER, (0, 0, 38.86), (1, 1.71, 38.86), (12, 30, 35)):
        z = 39 / (alpha + T + 39)
        series = special.hyp2f1(r + x, b + x, a + b + x - 1, z)
        share = ((alpha + T) / (alpha + T + 39)) ** (r + x)
        expected = (a + b + x - 1) / (a - 1) * (1 - share * series)
        expected *= PAPER.p_alive(x, t_x, T)
        assert PAPER.expected_purchases(39, x, t_x, T) == pytest.approx(
            expected, rel=1e-9
        )


def test_new_customer_is_expected_as_the_paper_says():
    r, alpha, a, b = PAPER.r, PAPER.alpha, PAPER.a, PAPER.b
    t = np.array([1.0, 10.0, 39.0, 78.0])
    series = special.hyp2f1(r, b, a + b - 1, t / (alpha + t))
    expected = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * series)
    assert PAPER.expected_purchases_new(t) == pytest.approx(expected, rel=1e-9)


def test_scalars_give_floats_and_lists_give_arrays():
    assert isinstance(PAPER.p_alive(*CUSTOMER), float)
    assert isinstance(PAPER.expected_purchases(39, *CUSTOMER), float)
    assert isinstance(PAPER.expected_purchases_new(39), float)
    many = PAPER.expected_purchases(39, [2, 0], pd.Series([30.43, 0]), [38.86, 38.86])
    assert isinstance(many, np.ndarray) and many.shape == (2,)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize(
    ("x", "t_x", "T", "message"),
    [
        ([1, -1], [1, 1], [2, 2], "negative"),
        ([1, 1], [1, np.nan], [2, 2], "missing"),
        ([1, 1], [1, 3], [2, 2], "future"),
        ([1, 0], [1, 1], [2, 2], "no repeat purchase"),
        ([1, 0.5], [1, 1], [2, 2], "whole numbers"),
        ([1, 1, 1], [1, 1], [2, 2], "same length"),
        (["a"], [1], [2], "must be numbers"),
        ([1, 1], [1, 1], [2, 2], "at least"),
        ([], [], [], "at least"),
        ([0] * 9, [0] * 9, [5] * 9, "bought twice"),
    ],
)
def test_bad_histories_are_refused_in_one_sentence(fit, x, t_x, T, message):
    with pytest.raises(ValueError, match=message):
        fit(x, t_x, T)


def test_a_negative_horizon_is_refused():
    with pytest.raises(ValueError, match="negative"):
        PAPER.expected_purchases(-1, *CUSTOMER)
