"""Gamma-Gamma: what a customer spends per purchase (Fader and Hardie 2013)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from .errors import FitError
from .inputs import FloatArray, not_negative, unwrap

MIN_ROWS = 4
STARTS = ((1.0, 2.0, 1.0), (6.0, 4.0, 2.5))
BOUND = 10.0
GRADIENT_TOLERANCE = 1e-4


@dataclass(frozen=True)
class GammaGamma:
    """Fitted spend model; ``v`` is in the currency of the fit.

    ``log_likelihood`` is on unscaled money; ``n`` counts the customers used, which
    are those with a repeat purchase of positive mean value.
    """

    p: float
    q: float
    v: float
    log_likelihood: float
    n: int

    @property
    def mean_spend(self) -> float:
        """Mean spend per purchase over all customers."""
        return self.p * self.v / (self.q - 1)

    def expected_spend(self, x: Any, zbar: Any) -> Any:
        """Return the spend per purchase expected of customers.

        A customer without repeat purchase (x = 0) gets the mean of all customers,
        whatever ``zbar`` says.
        """
        x, zbar = not_negative("x", x), _spend_of(x, zbar)
        return unwrap(self.p * (self.v + x * zbar) / (self.p * x + self.q - 1))


def fit_gamma_gamma(x: Any, zbar: Any) -> GammaGamma:
    """Fit the Gamma-Gamma model; rows with x = 0 or zbar = 0 are left out.

    :param x: repeat purchases, one entry a customer
    :param zbar: mean spend of the repeat purchases
    :raises ValueError: if a number is negative or missing, or too few customers
        have a repeat purchase
    :raises FitError: if no maximum is found, or spend has no finite mean
    """
    x, zbar = _spenders(x, zbar)
    # sorted, so that the order of the rows cannot change the last digit
    order = np.lexsort((zbar, x))
    x, zbar = x[order], zbar[order]
    scale = float(zbar.mean())
    z = zbar / scale
    x_values, x_index = np.unique(x, return_inverse=True)
    per_x = np.bincount(x_index) / len(x)

    def target(log_params: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = _mean_log_likelihood(
            log_params, x, z, x_values, x_index, per_x
        )
        return -value, -gradient

    log_params, mean_value = _maximise(target)
    p, q, v = (float(value) for value in np.exp(log_params))
    if q <= 1:
        raise FitError("Spend varies too widely between customers to have a mean.")
    value = (mean_value - np.log(scale)) * len(x)
    return GammaGamma(p, q, v * scale, float(value), len(x))


def _spend_of(x: Any, zbar: Any) -> FloatArray:
    """Return zbar, with 0 for customers without repeat purchase (it may be NaN)."""
    x, numbers = np.asarray(x), np.asarray(zbar)
    if numbers.dtype.kind == "f" and numbers.shape == x.shape:
        numbers = np.where(x == 0, 0.0, numbers)
    return not_negative("zbar", np.atleast_1d(numbers) if x.ndim else numbers)


def _spenders(x: Any, zbar: Any) -> tuple[FloatArray, FloatArray]:
    x, zbar = np.atleast_1d(not_negative("x", x)), _spend_of(x, zbar)
    if x.ndim != 1 or x.shape != zbar.shape:
        raise ValueError("x and zbar must be lists of the same length.")
    used = (x > 0) & (zbar > 0)
    if used.sum() < MIN_ROWS:
        raise ValueError(
            f"A spend model needs at least {MIN_ROWS} customers with a repeat "
            f"purchase: got {used.sum()}."
        )
    return x[used], zbar[used]


def _mean_log_likelihood(
    log_params: FloatArray,
    x: FloatArray,
    z: FloatArray,
    x_values: FloatArray,
    x_index: Any,
    per_x: FloatArray,
) -> tuple[float, FloatArray]:
    p, q, v = params = np.exp(log_params)
    log_sum, log_z = np.log(x * z + v), np.log(z)
    px = p * x_values
    constant = (
        scipy.special.gammaln(px + q)
        - scipy.special.gammaln(px)
        - scipy.special.gammaln(q)
    )
    constant += q * log_params[2] + px * np.log(x_values)
    value = per_x @ constant + np.mean(
        (p * x - 1) * log_z - (p * x + q) * log_sum,
    )
    digamma = scipy.special.digamma(px + q)
    by_p = per_x @ (x_values * (digamma - scipy.special.digamma(px) + np.log(x_values)))
    by_p += np.mean(x * (log_z - log_sum))
    by_q = per_x @ digamma - scipy.special.digamma(q) + log_params[2] - np.mean(log_sum)
    by_v = q / v - np.mean((p * x + q) / (x * z + v))
    return float(value), np.array([by_p, by_q, by_v]) * params


def _maximise(target: Any) -> tuple[FloatArray, float]:
    best = None
    for start in STARTS:
        found = scipy.optimize.minimize(
            target,
            np.log(start),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-BOUND, BOUND)] * 3,
            options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 20},
        )
        if best is None or found.fun < best.fun:
            best = found
    free = np.abs(best.x) < BOUND if best is not None else None
    if (
        best is None
        or not np.isfinite(best.fun)
        or (np.abs(best.jac[free]) > GRADIENT_TOLERANCE).any()
    ):
        raise FitError("The spend model finds no best fit to these customers.")
    return best.x, -float(best.fun)
