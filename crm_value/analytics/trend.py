"""A window against the window before it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .inputs import FloatArray, as_numbers, unwrap

TOLERANCE = 0.1


def change_ratio(current: Any, previous: Any) -> Any:
    """Return (current - previous) / previous; NaN where previous is not positive."""
    current, previous = _two_windows(current, previous)
    known = previous > 0
    ratio = np.full(current.shape, np.nan)
    np.divide(current - previous, previous, out=ratio, where=known)
    return unwrap(ratio)


def classify_trend(
    current: Any, previous: Any, *, tolerance: float = TOLERANCE
) -> npt.NDArray[np.str_]:
    """Name the change: new, gone, up, down, steady, or none without any value.

    :param tolerance: relative change up to which a customer is steady

    >>> classify_trend([120, 80, 105, 9, 0, 0], [100, 100, 100, 0, 5, 0]).tolist()
    ['up', 'down', 'steady', 'new', 'gone', 'none']
    """
    if not tolerance >= 0:
        raise ValueError("The tolerance cannot be negative.")
    now, then = (np.atleast_1d(v) for v in _two_windows(current, previous))
    margin = tolerance * np.abs(then)
    return np.select(
        [
            (now <= 0) & (then <= 0),
            then <= 0,
            now <= 0,
            now - then > margin,
            then - now > margin,
        ],
        ["none", "new", "gone", "up", "down"],
        default="steady",
    )


def _two_windows(current: Any, previous: Any) -> tuple[FloatArray, FloatArray]:
    now, then = as_numbers("current", current), as_numbers("previous", previous)
    if now.shape != then.shape:
        raise ValueError("Both windows must have the same length.")
    return now, then
