"""Unusual months of many customers at once, from rows of customer, month, amount."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .alert import AlertParams, detect_unusual_volume


class UnusualMonth(NamedTuple):
    """A customer whose last month does not fit; amounts as given, not yet rounded."""

    customer: int
    direction: str
    z: float
    expected: float
    actual: float


def find_unusual_months(
    rows: Iterable[Any], month: date, months: int, params: AlertParams
) -> list[UnusualMonth]:
    """Judge the month of ``month`` by the ``months`` before it.

    :param rows: tuples of customer, first day of a month, amount, and the first day
        of the month of the customer's first purchase; months without a row are 0
    """
    frame = pd.DataFrame(list(rows), columns=["customer", "month", "amount", "first"])
    if frame.empty:
        return []
    last = month.year * 12 + month.month
    ages = {name: last - _month_number(frame[name]) for name in ("month", "first")}
    frame["column"] = months - ages["month"]
    frame = frame[frame["column"].between(0, months)]
    customers, index = np.unique(frame["customer"].to_numpy(), return_inverse=True)
    table = np.zeros((len(customers), months + 1))
    amounts = frame["amount"].astype(float).to_numpy()
    np.add.at(table, (index, frame["column"].to_numpy()), amounts)
    start = np.zeros(len(customers), dtype=int)
    start[index] = np.clip(months - ages["first"].loc[frame.index], 0, months)
    table[np.arange(months + 1) < start[:, None]] = np.nan
    alerts = detect_unusual_volume(table, params)
    names = {1: "up", -1: "down"}
    return [
        UnusualMonth(
            int(customers[i]),
            names[int(alerts.direction[i])],
            float(alerts.z[i]),
            float(alerts.expected[i]),
            float(table[i, -1]),
        )
        for i in np.flatnonzero(alerts.direction)
    ]


def _month_number(days: "pd.Series[Any]") -> "pd.Series[int]":
    dates = pd.to_datetime(days)
    return dates.dt.year * 12 + dates.dt.month
