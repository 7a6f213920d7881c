"""What BG/NBD and MBG/NBD have in common: likelihood, fit and predictions.

The two differ in one thing: when a customer can leave for the first time. In
BG/NBD it is after the first repeat purchase, so a one-time buyer is always alive;
in MBG/NBD it is after the very first purchase. With ``m`` the number of occasions
to leave (x in BG/NBD, x + 1 in MBG/NBD) both have

    L = G(r+x) / G(r) * alpha^r * B(a, b+m) / B(a, b)
        * ((alpha+T)^-(r+x) + [m > 0] * a / (b+m-1) * (alpha+t_x)^-(r+x))

Sources: Fader, Hardie and Lee (2005), Marketing Science 24(2); Batislam, Denizel
and Filiztekin (2007), Int. Journal of Research in Marketing 24(3).
"""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import scipy

from .errors import FitError
from .expectation import purchases_while_alive
from .inputs import FloatArray, check_histories, not_negative, unwrap

MIN_ROWS = 5
# (r, a, b) to start from; alpha follows from the mean purchase rate
STARTS = ((0.5, 0.8, 2.5), (2.0, 0.3, 5.0))
# climbing starts on a sample of about this many distinct histories
SAMPLE_SIZE = 5000
# natural logarithm of the smallest and the greatest parameter, time being scaled
BOUND = 10.0
GRADIENT_TOLERANCE = 1e-4


class Histories(NamedTuple):
    """Distinct purchase histories with the number of customers that have each."""

    x: FloatArray
    t_x: FloatArray
    T: FloatArray
    weight: FloatArray
    x_values: FloatArray
    x_index: npt.NDArray[np.intp]


@dataclass(frozen=True)
class BetaGeometric:
    """Parameters of a fitted purchase model; times are in the unit of the fit.

    ``log_likelihood`` is on that same, unscaled, time; ``n`` counts customers.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    n: int

    occasions_before_repeat: ClassVar[int]

    def p_alive(self, x: Any, t_x: Any, T: Any) -> Any:
        """Return the probability that customers with these histories still buy."""
        x, t_x, T = check_histories(x, t_x, T)
        return unwrap(self._p_alive(x, t_x, T))

    def expected_purchases(self, t: Any, x: Any, t_x: Any, T: Any) -> Any:
        """Return the purchases expected in the next ``t``, given the history."""
        t = not_negative("t", t)
        x, t_x, T = check_histories(x, t_x, T)
        alive = self._p_alive(x, t_x, T)
        return unwrap(alive * self.purchases_if_alive(t, x, T))

    def expected_purchases_new(self, t: Any) -> Any:
        """Return the repeat purchases expected of a new customer in time ``t``."""
        t = not_negative("t", t)
        none = np.zeros_like(t)
        alive = self._p_alive(none, none, none)
        return unwrap(alive * self.purchases_if_alive(t, none, none))

    def purchases_if_alive(
        self, t: FloatArray, x: FloatArray, T: FloatArray
    ) -> FloatArray:
        """Return the purchases expected in the next ``t`` of a living customer."""
        occasions = x + self.occasions_before_repeat
        return purchases_while_alive(
            self.r + x, t / (self.alpha + T), self.a, self.b + occasions
        )

    def _p_alive(self, x: FloatArray, t_x: FloatArray, T: FloatArray) -> FloatArray:
        occasions = x + self.occasions_before_repeat
        log_odds_gone = (
            np.log(self.a)
            - np.log(self.b + np.maximum(occasions - 1, 0))
            + (self.r + x) * np.log1p((T - t_x) / (self.alpha + t_x))
        )
        alive: FloatArray = np.where(
            occasions > 0, scipy.special.expit(-log_odds_gone), 1.0
        )
        return alive


Model = TypeVar("Model", bound=BetaGeometric)


def fit_beta_geometric(kind: type[Model], x: Any, t_x: Any, T: Any) -> Model:
    """Return the maximum likelihood fit of a kind of model to purchase histories.

    :raises ValueError: if the histories are contradictory or too few
    :raises FitError: if no maximum is found
    """
    x, t_x, T = (np.atleast_1d(v) for v in check_histories(x, t_x, T))
    _check_enough(x, T)
    scale = float(np.sort(T).mean())
    histories = merge_histories(x, t_x / scale, T / scale)
    log_params, mean_value = _maximise(histories, kind.occasions_before_repeat)
    r, alpha, a, b = (float(v) for v in np.exp(log_params))
    value = mean_value * len(x) - float(x.sum()) * np.log(scale)
    return kind(r, alpha * scale, a, b, float(value), len(x))


def merge_histories(x: FloatArray, t_x: FloatArray, T: FloatArray) -> Histories:
    """Return the distinct histories, sorted, with the customers that have each."""
    order = np.lexsort((T, t_x, x))
    x, t_x, T = x[order], t_x[order], T[order]
    new = np.ones(len(x), dtype=bool)
    new[1:] = (np.diff(x) != 0) | (np.diff(t_x) != 0) | (np.diff(T) != 0)
    first = np.flatnonzero(new)
    weight = np.diff(np.append(first, len(x))).astype(np.float64)
    x_values, x_index = np.unique(x[first], return_inverse=True)
    return Histories(x[first], t_x[first], T[first], weight, x_values, x_index)


def mean_log_likelihood(
    log_params: FloatArray, histories: Histories, before: int
) -> tuple[float, FloatArray]:
    """Return the mean log-likelihood and its gradient by the log-parameters.

    :param log_params: logarithms of r, alpha, a, b
    :param before: occasions to leave before the first repeat purchase
    """
    r, alpha, a, b = params = np.exp(log_params)
    x, t_x, T, weight, x_values, x_index = histories
    m = x_values + before
    share = weight / weight.sum()
    log_T, log_t = np.log(alpha + T), np.log(alpha + t_x)
    leaving = m > 0
    log_left = np.where(leaving, np.log(a) - np.log(b + np.maximum(m - 1, 0)), -np.inf)
    alive, left = -(r + x) * log_T, log_left[x_index] - (r + x) * log_t
    either = np.logaddexp(alive, left)
    p_left = np.exp(left - either)

    per_x = np.bincount(x_index, share)
    left_per_x = np.bincount(x_index, share * p_left)
    constant = (
        scipy.special.gammaln(r + x_values)
        - scipy.special.gammaln(r)
        + r * log_params[1]
    )
    constant += scipy.special.betaln(a, b + m) - scipy.special.betaln(a, b)
    value = float(per_x @ constant + share @ either)

    both = scipy.special.digamma(a + b) - scipy.special.digamma(a + b + m)
    by_r = (
        per_x @ (scipy.special.digamma(r + x_values) - scipy.special.digamma(r))
        + log_params[1]
    )
    by_r -= share @ ((1 - p_left) * log_T + p_left * log_t)
    by_alpha = r / alpha - share @ (
        (r + x) * ((1 - p_left) / (alpha + T) + p_left / (alpha + t_x))
    )
    by_a = per_x @ both + left_per_x.sum() / a
    by_b = per_x @ (both + scipy.special.digamma(b + m) - scipy.special.digamma(b))
    by_b -= left_per_x[leaving] @ (1 / (b + m[leaving] - 1))
    return value, np.array([by_r, by_alpha, by_a, by_b]) * params


def _maximise(histories: Histories, before: int) -> tuple[FloatArray, float]:
    """Climb from each start on a sample, then from the best place on everyone."""
    share = histories.weight / histories.weight.sum()
    purchase_rate = float(share @ histories.x) / float(share @ histories.T)
    sample = _sample(histories)
    found = [
        _climb(np.log([r, r / purchase_rate / 2, a, b]), sample, before)
        for r, a, b in STARTS
    ]
    best = min(found, key=lambda climbed: float(climbed.fun))
    if sample is not histories:
        best = _climb(best.x, histories, before)
    if not np.isfinite(best.fun) or not _is_stationary(best):
        raise FitError("The purchase model finds no best fit to these customers.")
    return best.x, -float(best.fun)


def _sample(histories: Histories) -> Histories:
    """Return every n-th history, in order, so that few enough are left."""
    every = len(histories.x) // SAMPLE_SIZE
    if every < 2:
        return histories
    x, t_x, T, weight = (v[::every] for v in histories[:4])
    x_values, x_index = np.unique(x, return_inverse=True)
    return Histories(x, t_x, T, weight, x_values, x_index)


def _climb(
    start: FloatArray, histories: Histories, before: int
) -> "scipy.optimize.OptimizeResult":
    def target(log_params: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = mean_log_likelihood(log_params, histories, before)
        return -value, -gradient

    return scipy.optimize.minimize(
        target,
        np.clip(start, -BOUND, BOUND),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-BOUND, BOUND)] * 4,
        options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-8, "maxcor": 20},
    )


def _is_stationary(found: "scipy.optimize.OptimizeResult") -> bool:
    """Tell whether no parameter can improve, save one that is at its bound."""
    free = np.abs(found.x) < BOUND
    return bool((np.abs(found.jac[free]) < GRADIENT_TOLERANCE).all())


def _check_enough(x: FloatArray, T: FloatArray) -> None:
    if x.ndim != 1:
        raise ValueError("x, t_x and T must be lists with one entry a customer.")
    if len(x) < MIN_ROWS:
        raise ValueError(
            f"A purchase model needs at least {MIN_ROWS} customers: got {len(x)}."
        )
    if not (x > 0).any():
        raise ValueError("No customer bought twice: a purchase model cannot be fitted.")
    if not (T > 0).any():
        raise ValueError("T is 0 for every customer: there is no time to learn from.")
