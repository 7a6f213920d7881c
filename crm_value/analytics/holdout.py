"""Is the model worth its while? Predict what is already known and compare."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .beta_geometric import BetaGeometric
from .inputs import FloatArray, check_histories, not_negative
from .mbg_nbd import fit_mbg_nbd
from .purchases import as_days, summarise_purchases, unit_in_days

HOLDOUT_SHARE = 0.25
BEST_SHARE = 0.2
MARGIN = 0.05
RULE = (
    "A: the model finds at least 5 points more of the best fifth of customers than "
    "the baseline and is no less exact; B: at least as many; C: fewer."
)


@dataclass(frozen=True)
class Holdout:
    """Outcome of a hold-out test; errors are mean absolute, in purchases.

    ``model_found`` and ``baseline_found`` are the shares of the truly best fifth of
    customers of the test period that each puts in its own best fifth.
    """

    customers: int
    horizon: float
    actual_purchases: float
    model_purchases: float
    baseline_purchases: float
    model_error: float
    baseline_error: float
    model_found: float
    baseline_found: float
    grade: str
    rule: str = RULE


class HoldoutData(NamedTuple):
    """What a hold-out test needs, one entry a customer."""

    x: FloatArray
    t_x: FloatArray
    T: FloatArray
    window: FloatArray
    actual: FloatArray
    retention: float
    horizon: float


def judge_holdout(
    x: Any,
    t_x: Any,
    T: Any,
    window: Any,
    actual: Any,
    *,
    horizon: float,
    retention: float,
    fit: Callable[[Any, Any, Any], BetaGeometric] = fit_mbg_nbd,
) -> Holdout:
    """Fit to the history before the test period and judge the prediction of it.

    :param x: repeat purchases before the test period, with ``t_x`` and ``T``
    :param window: purchases in the window of length ``horizon`` just before it
    :param actual: purchases in the test period
    :param horizon: length of the test period, in the unit of T
    :param retention: share of the buyers of one window that buy in the next
    :param fit: fitting function of the model to judge
    :raises ValueError: if the histories are contradictory or too few
    :raises FitError: if the model cannot be fitted
    """
    x, t_x, T = check_histories(x, t_x, T)
    actual = not_negative("actual", actual)
    if actual.shape != x.shape:
        raise ValueError("There must be one actual figure for each customer.")
    baseline = baseline_purchases(window, retention)
    model = fit(x, t_x, T)
    predicted = np.asarray(model.expected_purchases(horizon, x, t_x, T))
    model_error = float(np.abs(predicted - actual).mean())
    baseline_error = float(np.abs(baseline - actual).mean())
    model_found = share_of_best_found(predicted, actual)
    baseline_found = share_of_best_found(baseline, actual)
    return Holdout(
        customers=len(x),
        horizon=float(horizon),
        actual_purchases=float(actual.sum()),
        model_purchases=float(predicted.sum()),
        baseline_purchases=float(baseline.sum()),
        model_error=model_error,
        baseline_error=baseline_error,
        model_found=model_found,
        baseline_found=baseline_found,
        grade=_grade(model_found, baseline_found, model_error, baseline_error),
    )


def baseline_purchases(window: Any, retention: float) -> FloatArray:
    """Return the plain forecast: as many as in the last window x retention."""
    if not 0 <= retention <= 1:
        raise ValueError("Retention is a share between 0 and 1.")
    return np.atleast_1d(not_negative("window", window)) * retention


def share_of_best_found(predicted: FloatArray, actual: FloatArray) -> float:
    """Return which share of the truly best fifth the predicted best fifth holds.

    Customers at the edge who are equal share the places that are left, so that the
    order of the rows decides nothing. 1 if nobody bought.
    """
    places = max(1, round(BEST_SHARE * len(actual)))
    truly = _membership(actual, min(places, int((actual > 0).sum())))
    if not truly.any():
        return 1.0
    return float((truly * _membership(predicted, places)).sum() / truly.sum())


def split_holdout(
    transactions: Any,
    as_of: date,
    unit: str | float = "day",
    *,
    share: float = HOLDOUT_SHARE,
) -> HoldoutData:
    """Split a history into what is known and the last part, which is to be told.

    :param transactions: rows of customer, date, amount (refunds negative)
    :param share: part of the time from the first purchase to ``as_of`` held out
    :raises ValueError: if there is too little history to split
    """
    if not 0 < share < 1 / 2:
        raise ValueError("The share held out must lie between 0 and one half.")
    rows = pd.DataFrame(transactions).iloc[:, :3]
    rows.columns = pd.Index(["customer", "date", "amount"])
    rows["date"] = as_days(rows["date"])
    rows = rows[rows["date"] <= pd.Timestamp(as_of)]
    span = (pd.Timestamp(as_of) - rows["date"].min()).days if len(rows) else 0
    length = int(span * share)
    if length < 1:
        raise ValueError("There is too little history to hold a part of it out.")
    cut = pd.Timestamp(as_of) - timedelta(days=length)
    known = summarise_purchases(rows, cut, unit)
    windows = [
        _count_days(rows, cut - timedelta(days=length * k), length) for k in (1, 0, -1)
    ]
    before, window, actual = (w.reindex(known.index, fill_value=0) for w in windows)
    active = before > 0
    retention = float((window[active] > 0).mean()) if active.any() else 0.0
    return HoldoutData(
        *(known[name].to_numpy(float) for name in ("x", "t_x", "T")),
        window.to_numpy(float),
        actual.to_numpy(float),
        retention,
        length / unit_in_days(unit),
    )


def _count_days(rows: pd.DataFrame, end: pd.Timestamp, length: int) -> pd.Series:
    inside = (rows["date"] <= end) & (rows["date"] > end - timedelta(days=length))
    days = rows[inside].groupby(["customer", "date"])["amount"].sum()
    return days[days > 0].groupby("customer").size()


def _membership(values: FloatArray, places: int) -> FloatArray:
    """Return how far each value is among the ``places`` greatest, 0 to 1."""
    if places <= 0:
        return np.zeros(len(values))
    bound = np.sort(values)[-places]
    above = values > bound
    at_bound = values == bound
    return above + at_bound * ((places - above.sum()) / at_bound.sum())


def _grade(
    found: float, baseline_found: float, error: float, baseline_error: float
) -> str:
    if found >= baseline_found + MARGIN and error <= baseline_error:
        return "A"
    return "B" if found >= baseline_found else "C"
