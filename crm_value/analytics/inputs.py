"""Turn what callers hand in into checked float arrays."""

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def as_numbers(name: str, values: Any) -> FloatArray:
    """Return ``values`` (number, list, array or Series) as floats.

    :raises ValueError: if a value is missing, infinite or not a number
    """
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers.") from error
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} must be finite numbers: some are missing.")
    return numbers


def not_negative(name: str, values: Any) -> FloatArray:
    """Return ``values`` as floats of zero or more.

    :raises ValueError: as :func:`as_numbers`, or if a value is negative
    """
    numbers = as_numbers(name, values)
    if (numbers < 0).any():
        raise ValueError(f"{name} cannot be negative.")
    return numbers


def check_histories(
    x: Any, t_x: Any, T: Any
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return purchase histories as three float arrays of one shape.

    ``x`` counts repeat purchases, ``t_x`` is the time from the first purchase to
    the last and ``T`` the time from the first purchase until now, in one unit.

    :raises ValueError: if the three contradict each other
    """
    x, t_x, T = not_negative("x", x), not_negative("t_x", t_x), not_negative("T", T)
    try:
        x, t_x, T = np.broadcast_arrays(x, t_x, T)
    except ValueError as error:
        raise ValueError("x, t_x and T must have the same length.") from error
    if (x != np.floor(x)).any():
        raise ValueError("x counts repeat purchases: it must be whole numbers.")
    if (t_x > T).any():
        raise ValueError(
            "t_x is greater than T: the last purchase cannot lie in the future."
        )
    if ((x == 0) & (t_x != 0)).any():
        raise ValueError("t_x must be 0 where x is 0: there was no repeat purchase.")
    return x, t_x, T


def unwrap(values: FloatArray) -> Any:
    """Return a float for a single number, the array otherwise."""
    return float(values) if np.ndim(values) == 0 else values
