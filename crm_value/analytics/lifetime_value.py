"""What a customer will still be worth: model based (CLV) and plain baseline."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .beta_geometric import BetaGeometric
from .gamma_gamma import GammaGamma
from .inputs import FloatArray, as_numbers, check_histories, not_negative, unwrap


@dataclass(frozen=True)
class Clv:
    """Lifetime value with everything its meaning depends on.

    ``value`` is money of today: ``horizon`` steps of ``step`` time units each, the
    purchases of a step discounted by ``discount_rate`` a step, at its end.
    """

    value: Any
    horizon: int
    step: float
    discount_rate: float

    @property
    def total(self) -> float:
        """Sum over the customers."""
        return float(np.sum(self.value))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        return np.array(self.value, dtype=dtype)

    def __float__(self) -> float:
        return float(self.value)


def clv(
    purchase_model: BetaGeometric,
    spend_model: GammaGamma,
    x: Any,
    t_x: Any,
    T: Any,
    zbar: Any,
    *,
    horizon: int = 12,
    step: float = 1.0,
    discount_rate: float = 0.01,
) -> Clv:
    """Return the discounted value of the purchases a customer will still make.

    CLV = sum over i = 1..horizon of E[M] (E[Y(i step)] - E[Y((i-1) step)])
    / (1 + discount_rate)^i. It is margin if ``zbar`` is margin.

    :param purchase_model: fitted BG/NBD or MBG/NBD
    :param spend_model: fitted Gamma-Gamma
    :param horizon: number of steps to look ahead
    :param step: length of a step, in the time unit of the purchase model: 4.345 is
        a month if the model is in weeks
    :param discount_rate: per step, 0.01 being 1 %
    :raises ValueError: if the histories are contradictory or the terms senseless
    """
    steps, weights = _discounts(horizon, step, discount_rate)
    x, t_x, T = check_histories(x, t_x, T)
    spend = as_numbers("zbar", spend_model.expected_spend(x, zbar))
    alive = as_numbers("p_alive", purchase_model.p_alive(x, t_x, T))
    # what a living customer buys depends on x and T alone: compute it once a pair
    pairs, back = np.unique(
        np.column_stack([x.ravel(), T.ravel()]), axis=0, return_inverse=True
    )
    discounted = np.zeros(len(pairs))
    before = np.zeros(len(pairs))
    for end, weight in zip(steps, weights, strict=True):
        until = purchase_model.purchases_if_alive(end, pairs[:, 0], pairs[:, 1])
        discounted += weight * (until - before)
        before = until
    value = spend * alive * discounted[back.ravel()].reshape(x.shape)
    return Clv(unwrap(value), int(horizon), float(step), float(discount_rate))


def estimate_retention(active_before: int, still_active: int) -> float:
    """Return the share of the customers of a window that bought in the next one."""
    if not 0 <= still_active <= active_before:
        raise ValueError("Still active customers must be among those active before.")
    return still_active / active_before if active_before else 0.0


def baseline_clv(
    window_value: Any, window_months: float, horizon_months: float, retention: float
) -> Any:
    """Return the plain forecast: average month of the window x months x retention.

    :param window_value: value of each customer in the active window; negative
        values are kept, a customer with more refunds than sales is worth less
    :param retention: overall share of customers who go on buying, 0 to 1
    """
    if not window_months > 0 or not horizon_months >= 0:
        raise ValueError(
            "The window must be longer than 0 months, the horizon not < 0."
        )
    if not 0 <= retention <= 1:
        raise ValueError("Retention is a share between 0 and 1.")
    value = as_numbers("window_value", window_value)
    return unwrap(value / window_months * horizon_months * retention)


def _discounts(
    horizon: int, step: float, discount_rate: float
) -> tuple[list[FloatArray], npt.NDArray[np.float64]]:
    if horizon != int(horizon) or horizon < 1:
        raise ValueError("The horizon is a whole number of steps, at least 1.")
    if not not_negative("step", step) > 0:
        raise ValueError("The step must be longer than 0.")
    if not as_numbers("discount_rate", discount_rate) > -1:
        raise ValueError("The discount rate must be greater than -100 %.")
    number = np.arange(1, int(horizon) + 1)
    return list(number * float(step)), (1 + discount_rate) ** -number.astype(float)
