"""Is the customer leaving, and when is the next purchase due?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .inputs import as_numbers, check_histories, not_negative, unwrap

if TYPE_CHECKING:
    # importing it would load scipy wherever bands are used
    from .beta_geometric import BetaGeometric

BANDS = ("low", "medium", "high", "lost")


@dataclass(frozen=True)
class ChurnBands:
    """Bounds of the churn risk bands.

    Probability alive of at least ``low`` is low risk, at least ``medium`` medium, at
    least ``high`` high, and below that the customer counts as lost. Where there is
    no model, the same bands come from the idle time as a multiple of the usual gap
    between purchases.
    """

    low: float = 0.7
    medium: float = 0.4
    high: float = 0.1
    idle_low: float = 1.5
    idle_medium: float = 3.0
    idle_high: float = 6.0

    def __post_init__(self) -> None:
        if not 1 > self.low > self.medium > self.high > 0:
            raise ValueError("Bounds of the probability alive must fall within 1 to 0.")
        if not 0 < self.idle_low < self.idle_medium < self.idle_high:
            raise ValueError("Bounds of the idle time must rise from above 0.")


def grade_churn(p_alive: Any, bands: ChurnBands | None = None) -> npt.NDArray[np.str_]:
    """Return the churn risk band of each probability alive.

    >>> grade_churn([1, 0.7, 0.5, 0.1, 0.09]).tolist()
    ['low', 'low', 'medium', 'high', 'lost']
    """
    bands = bands or ChurnBands()
    p = np.atleast_1d(not_negative("p_alive", p_alive))
    if (p > 1).any():
        raise ValueError("A probability cannot be greater than 1.")
    passed = (p < bands.low) * 1 + (p < bands.medium) + (p < bands.high)
    return np.array(BANDS)[passed]


def grade_idle(
    idle: Any, gap: Any, bands: ChurnBands | None = None
) -> npt.NDArray[np.str_]:
    """Return the churn risk band from idle time against the usual gap.

    :param idle: time since the last purchase
    :param gap: usual time between purchases, in the unit of ``idle``; above 0

    >>> grade_idle([10, 45, 90, 200], [30, 30, 30, 30]).tolist()
    ['low', 'low', 'medium', 'lost']
    """
    bands = bands or ChurnBands()
    gap = np.atleast_1d(not_negative("gap", gap))
    if (gap == 0).any():
        raise ValueError("The usual gap between purchases must be above 0.")
    times = np.atleast_1d(not_negative("idle", idle)) / gap
    passed = (
        (times > bands.idle_low) * 1
        + (times > bands.idle_medium)
        + (times > bands.idle_high)
    )
    return np.array(BANDS)[passed]


def expected_next_purchase(
    model: "BetaGeometric", x: Any, t_x: Any, T: Any, *, chance: float = 0.5
) -> Any:
    """Return the time from now in which a living customer buys again.

    It is the time t with P(a purchase within t | alive) = ``chance``: the rate
    being gamma distributed, t = (alpha + T) ((1 - chance)^(-1 / (r + x)) - 1). A
    one-time buyer with a flat history has a long one; infinity if it overflows.

    :param chance: probability wanted, 0.5 for the median
    """
    if not 0 < chance < 1:
        raise ValueError("The chance must lie between 0 and 1.")
    x, t_x, T = check_histories(x, t_x, T)
    with np.errstate(over="ignore"):
        wait = (model.alpha + T) * np.expm1(-np.log1p(-chance) / (model.r + x))
    return unwrap(wait)


def usual_gap(x: Any, t_x: Any, fallback: float) -> Any:
    """Return the mean time between purchases, ``fallback`` where there is one only."""
    x, t_x = not_negative("x", x), not_negative("t_x", t_x)
    if not as_numbers("fallback", fallback) > 0:
        raise ValueError("The usual gap between purchases must be above 0.")
    gap = np.divide(t_x, x, out=np.full(x.shape, float(fallback)), where=x > 0)
    return unwrap(np.where(gap > 0, gap, fallback))
