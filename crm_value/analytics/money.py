"""Money as whole numbers of its smallest unit, so that sums are exact."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .inputs import as_numbers

LARGEST = 2**62


def to_smallest_unit(values: Any, digits: int = 2) -> npt.NDArray[np.int64]:
    """Return amounts as integers, cents for two digits.

    :raises ValueError: if an amount is missing or the total is beyond 64 bits
    """
    scaled = np.rint(np.atleast_1d(as_numbers("values", values)) * 10.0**digits)
    if float(np.abs(scaled).sum()) >= LARGEST:
        raise ValueError("The amounts are too large to add up exactly.")
    return scaled.astype(np.int64)
