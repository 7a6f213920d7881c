"""Which items move the outcome: relative weights of correlated items."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Fewer complete answers than this say nothing about drivers.
MINIMUM_N = 30


@dataclass(frozen=True)
class Driver:
    """One item: its part of the explained variance, and how well it is rated.

    ``weight`` is the item's part of R², ``share`` that part in per cent of R²,
    ``correlation`` Pearson's r with the outcome, ``mean`` the mean rating. High
    share and low mean: improve this first.
    """

    name: str
    weight: float
    share: float
    correlation: float
    mean: float


@dataclass(frozen=True)
class Drivers:
    """The items by falling weight; empty when ``n`` is below the minimum."""

    n: int
    r_squared: float | None
    items: tuple[Driver, ...]


def drivers(
    frame: pd.DataFrame, outcome: Hashable, minimum_n: int = MINIMUM_N
) -> Drivers:
    """Return the relative weight of every item of ``frame`` for its ``outcome``.

    One row per answer, one column per item; rows with a gap are left out, items
    that never vary too. Weights are those of J. W. Johnson, "A heuristic method for
    estimating the relative weight of predictor variables in multiple regression",
    Multivariate Behavioral Research 35 (2000) 1-19: items are replaced by their
    closest orthogonal counterparts, whose squared coefficients are shared out back.
    They add up to R² and stay meaningful where items are correlated, unlike plain
    correlations.

    :param outcome: name of the column to explain
    :param minimum_n: complete answers needed; below, no item is returned
    :raises ValueError: if the outcome is no column of the frame

    >>> answers = pd.DataFrame({"speed": [1, 2, 3, 4], "nps": [2, 4, 6, 8]})
    >>> drivers(answers, "nps", minimum_n=4).items[0].share
    100.0
    """
    if outcome not in frame.columns:
        raise ValueError(f"The frame has no column {outcome!r}.")
    complete = frame.dropna().astype(float)
    n = len(complete)
    varying = complete.columns[complete.nunique() > 1]
    names = [name for name in varying if name != outcome]
    if n < max(2, minimum_n) or outcome not in varying or not names:
        return Drivers(n, None, ())
    correlations = np.atleast_2d(complete[names].corr().to_numpy())
    target = complete[names].corrwith(complete[outcome]).to_numpy()
    weights = relative_weights(correlations, target)
    r_squared = float(weights.sum())
    items = [
        Driver(
            name=str(name),
            weight=float(weight),
            share=100 * float(weight) / r_squared if r_squared else 0.0,
            correlation=float(correlation),
            mean=float(complete[name].mean()),
        )
        for name, weight, correlation in zip(names, weights, target, strict=True)
    ]
    return Drivers(n, r_squared, tuple(sorted(items, key=lambda item: -item.weight)))


def drivers_of_answers(
    rows: Iterable[tuple[Hashable, Hashable, float]],
    outcome: Hashable,
    minimum_n: int = MINIMUM_N,
) -> Drivers:
    """Return :func:`drivers` from one row per answer and item.

    An item that fewer than half of the answers hold (a question asked under a
    condition) is left out: else it would leave out all others.

    :param rows: answer, item and value; the outcome is an item too
    :param outcome: the item to explain

    >>> rows = [(n, item, n) for n in range(4) for item in ("speed", "nps")]
    >>> drivers_of_answers(rows, "nps", minimum_n=4).items[0].name
    'speed'
    """
    long = pd.DataFrame(rows, columns=["answer", "item", "value"])
    if long.empty or outcome not in set(long["item"]):
        return Drivers(0, None, ())
    frame = long.drop_duplicates(["answer", "item"]).pivot(
        index="answer", columns="item", values="value"
    )
    frame = frame[frame[outcome].notna()]
    is_common = frame.notna().sum() * 2 >= len(frame)
    return drivers(frame.loc[:, is_common], outcome, minimum_n)


def relative_weights(correlations: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return Johnson's raw relative weights, which add up to R².

    :param correlations: p x p correlations of the items
    :param target: p correlations of the items with the outcome
    """
    values, vectors = np.linalg.eigh(correlations)
    values = np.clip(values, 0.0, None)
    loadings = vectors @ np.diag(np.sqrt(values)) @ vectors.T
    coefficients = np.linalg.pinv(loadings, rcond=1e-8) @ target
    return np.asarray((loadings**2) @ (coefficients**2))
