"""Months that do not fit a customer's own history, up or down."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .inputs import FloatArray

# a normal distribution has this many standard deviations a MAD or mean deviation
MAD_TO_SD = 1.482602218505602
MEAN_DEVIATION_TO_SD = 1.2533141373155001
YEAR = 12


@dataclass(frozen=True)
class AlertParams:
    """When a month is unusual.

    ``threshold`` is the robust z from which it is (3.5: Iglewicz and Hoaglin 1993).
    ``min_history`` months before the judged one are needed. The scale is at least
    ``min_scale_pct`` of the usual month, so that a steady customer does not raise an
    alert for small change.
    """

    threshold: float = 3.5
    min_history: int = 6
    min_scale_pct: float = 10.0

    def __post_init__(self) -> None:
        if not self.threshold > 0 or self.min_history < 3 or self.min_scale_pct < 0:
            raise ValueError(
                "An alert needs a threshold above 0, a history of 3 months or more "
                "and a scale that is not negative."
            )


@dataclass(frozen=True)
class VolumeAlerts:
    """One entry a customer.

    ``direction`` is 1 above, -1 below, 0 as usual; ``expected`` the month the
    history lets expect; ``basis`` one of seasonal, plain, none (too little history:
    z is 0 and expected NaN).
    """

    direction: npt.NDArray[np.int64]
    z: FloatArray
    expected: FloatArray
    basis: npt.NDArray[np.str_]


def detect_unusual_volume(
    monthly: Any, params: AlertParams | None = None
) -> VolumeAlerts:
    """Judge the last month of each customer by the months before.

    Robust z = (month - median) / scale, the scale being the median absolute
    deviation, or the mean absolute deviation where that is 0: then most months are
    alike, as with a rare buyer, and only what has never been is unusual. With two
    years of history the change against the same month a year ago is judged instead,
    so that a season is not an alert.

    :param monthly: revenue by customer (rows) and month (columns, oldest first);
        one row may come as a plain list. NaN stands for months before the first
        purchase, 0 for months without revenue. The last column is judged.
    :raises ValueError: if a gap follows the first month with a figure
    """
    params = params or AlertParams()
    table = _monthly_table(monthly)
    history, now = table[:, :-1], table[:, -1]
    count = (~np.isnan(history)).sum(axis=1)
    z, expected = np.zeros(len(now)), np.full(len(now), np.nan)
    usual = _center(np.abs(history))
    basis = np.full(len(now), "none", dtype="<U8")

    plain = count >= params.min_history
    z[plain], expected[plain] = _robust_z(
        history[plain], now[plain], usual[plain], params
    )
    basis[plain] = "plain"

    seasonal = plain & (count >= 2 * YEAR)
    if seasonal.any():
        change = table[seasonal, YEAR:] - table[seasonal, :-YEAR]
        z[seasonal], shift = _robust_z(
            change[:, :-1], change[:, -1], usual[seasonal], params
        )
        expected[seasonal] = table[seasonal, -1 - YEAR] + shift
        basis[seasonal] = "seasonal"
    direction = np.where(np.abs(z) >= params.threshold, np.sign(z), 0)
    return VolumeAlerts(direction.astype(np.int64), z, expected, basis)


def _monthly_table(monthly: Any) -> FloatArray:
    try:
        table = np.atleast_2d(np.asarray(monthly, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise ValueError("Monthly revenue must be a table of numbers.") from error
    if table.ndim != 2 or table.shape[1] < 2:
        raise ValueError("Monthly revenue needs the month to judge and one before it.")
    known = ~np.isnan(table)
    if (known[:, :-1] & ~known[:, 1:]).any() or not known[:, -1].all():
        raise ValueError("Monthly revenue is missing after the first purchase.")
    if np.isinf(table).any():
        raise ValueError("Monthly revenue must be finite.")
    return table


def _robust_z(
    history: FloatArray, now: FloatArray, usual: FloatArray, params: AlertParams
) -> tuple[FloatArray, FloatArray]:
    center = _center(history)
    away = np.abs(history - center[:, None])
    counts = np.maximum((~np.isnan(away)).sum(axis=1), 1)
    mean_away = np.where(np.isnan(away), 0, away).sum(axis=1) / counts
    mad = _center(away)
    scale = np.where(mad > 0, MAD_TO_SD * mad, MEAN_DEVIATION_TO_SD * mean_away)
    scale = np.maximum(scale, params.min_scale_pct / 100 * usual)
    difference = now - center
    # a history without any spread: whatever differs is as unusual as can be told
    certain = np.sign(difference) * 10 * params.threshold
    z = np.divide(difference, scale, out=certain, where=scale > 0)
    low, high = np.fmin.reduce(history, axis=1), np.fmax.reduce(history, axis=1)
    z[(mad == 0) & (now >= low) & (now <= high)] = 0
    return z, center


def _center(table: FloatArray) -> FloatArray:
    """Return the median of each row, NaN left out; 0 for a row without a figure."""
    ordered = np.sort(table, axis=1)
    counts = (~np.isnan(ordered)).sum(axis=1)
    rows = np.arange(len(table))
    low = ordered[rows, np.maximum(counts - 1, 0) // 2]
    high = ordered[rows, counts // 2]
    middle = np.where(counts > 0, (low + high) / 2, 0.0)
    return np.nan_to_num(middle)
