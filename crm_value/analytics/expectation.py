r"""Purchases a living customer still makes, without the hypergeometric function.

A customer who is alive at time T buys as a Poisson process whose rate follows a
gamma distribution (shape ``A = r + x``, rate ``alpha + T``) and leaves after each
purchase with a probability that follows a beta distribution (``a``, ``B``). The
expected number of purchases in the next t is

    E = (a + B - 1) / (a - 1) * (1 - (1 - z)**A * 2F1(A, B; a + B - 1; z))

with z = w / (1 + w) and w = t / (alpha + T) (Fader, Hardie and Lee 2005, eq. 10).
That form cancels badly near a = 1 and overflows near z = 1. It equals

    E = sum over n of P(N = n) * (S_0 + ... + S_{n-1}),   S_j = (B)_j / (a + B)_j

where N, the purchases made if nobody ever left, is negative binomial and S_j is
the chance to survive j purchases. Every term is positive and a = 1 is an ordinary
value. Where the sum would need very many terms, the same expectation is taken as
an integral over the dropout probability, by the trapezoid rule on its logit, which
converges geometrically.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from .inputs import FloatArray

# the series takes about 36 / (1 - z) terms, and starts from (1 + w) ** -A
MAX_RATIO = 19.0
MAX_LOG_START = 600.0
CHECK_EVERY = 8
CHUNK = 8192
NODES_AT_ONCE = 2_000_000
# exp(-TAIL) is below the rounding of a double
TAIL = 37.0
SPREAD = 9.0
FINEST_STEP = 0.25


def purchases_while_alive(
    shape: FloatArray, ratio: FloatArray, a: float, survivals: FloatArray
) -> FloatArray:
    """Return the expected purchases of customers known to be alive.

    :param shape: A = r + x, positive
    :param ratio: w = t / (alpha + T), zero or more
    :param a: first parameter of the dropout distribution
    :param survivals: B, second parameter of the dropout distribution
    :return: array of the common shape
    """
    shape, ratio, survivals = np.broadcast_arrays(shape, ratio, survivals)
    points = np.column_stack([shape.ravel(), ratio.ravel(), survivals.ravel()])
    unique, back = np.unique(points, axis=0, return_inverse=True)
    A, w, B = unique.T
    result = np.zeros(len(unique))
    short = (w <= MAX_RATIO) & (A * np.log1p(w) <= MAX_LOG_START)
    for wanted, method in ((short & (w > 0), _series), (~short, _quadrature)):
        chosen = np.flatnonzero(wanted)
        # points of like length together, so that a chunk ends at once
        chosen = chosen[np.argsort(A[chosen] * w[chosen] + w[chosen])]
        for start in range(0, len(chosen), CHUNK):
            part = chosen[start : start + CHUNK]
            result[part] = method(A[part], w[part], a, B[part])
    return result[back.ravel()].reshape(shape.shape)


def _series(A: FloatArray, w: FloatArray, a: float, B: FloatArray) -> FloatArray:
    z = w / (1 + w)
    result = np.zeros(len(A))
    index: npt.NDArray[Any] = np.arange(len(A))
    chance = np.exp(-A * np.log1p(w))
    survive, bought, total = np.ones(len(A)), np.zeros(len(A)), np.zeros(len(A))
    n = 0
    while len(index):
        bought += survive
        survive *= (B + n) / (a + B + n)
        chance *= z * (A + n) / (n + 1)
        total += chance * bought
        n += 1
        if n % CHECK_EVERY:
            continue
        growth = z * (A + n) / (n + 1) * (1 + 1 / n)
        rest = chance * bought * growth
        going = (growth >= 1) | (rest > 1e-16 * total * (1 - growth))
        if going.all():
            continue
        result[index[~going]] = total[~going]
        index, A, B, z, chance, survive, bought, total = (
            values[going] for values in (index, A, B, z, chance, survive, bought, total)
        )
    return result


def _quadrature(A: FloatArray, w: FloatArray, a: float, B: FloatArray) -> FloatArray:
    spread = np.sqrt(1 / a + 1 / B)
    mode = np.log(a / B)
    knee = -np.log(w) - np.log1p(A)
    low = np.minimum(mode, knee) - TAIL / a - SPREAD * spread
    low = np.maximum(low, knee - TAIL)
    high = mode + TAIL / B + SPREAD * spread
    high = np.minimum(high, TAIL + np.maximum(mode, 0))
    step = np.minimum(FINEST_STEP, 0.7 * spread)
    counts = np.ceil((high - low) / step).astype(int)
    result = np.empty(len(A))
    size = max(1, NODES_AT_ONCE // int(counts.max()))
    for start in range(0, len(A), size):
        part = slice(start, start + size)
        result[part] = _trapezoid(
            A[part], w[part], a, B[part], low[part], step[part], int(counts.max())
        )
    return result


def _trapezoid(
    A: FloatArray,
    w: FloatArray,
    a: float,
    B: FloatArray,
    low: FloatArray,
    step: FloatArray,
    count: int,
) -> FloatArray:
    A, w, B, low, step = (v[:, None] for v in (A, w, B, low, step))
    logit = low + step * np.arange(count + 1)
    p = scipy.special.expit(logit)
    weight = np.exp(
        (a - 1) * scipy.special.log_expit(logit)
        + B * scipy.special.log_expit(-logit)
        - scipy.special.betaln(a, B)
    )
    values = -np.expm1(-A * np.log1p(w * p)) * weight
    # beyond both ends the integrand is a pure exponential: sum it to infinity
    left = values[:, 0] * _endless_sum(a * step[:, 0])
    right = values[:, -1] * _endless_sum(B[:, 0] * step[:, 0])
    total: FloatArray = step[:, 0] * (values.sum(axis=1) + left + right)
    return total


def _endless_sum(decay: FloatArray) -> FloatArray:
    """Return exp(-decay) + exp(-2 decay) + ... without end."""
    first = np.exp(-decay)
    total: FloatArray = first / -np.expm1(-decay)
    return total
