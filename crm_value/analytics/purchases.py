"""From purchases to the four figures the purchase models work on."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

UNIT_DAYS = {
    "day": 1.0,
    "week": 7.0,
    "month": 365.25 / 12,
    "quarter": 365.25 / 4,
    "year": 365.25,
}
UNIT_ALIASES = {"D": "day", "W": "week", "M": "month", "Q": "quarter", "Y": "year"}
REFUND_RULES = ("net", "exclude")
# amounts are money: anything below is the rounding error of a sum
SMALLEST_AMOUNT = 1e-6


def summarise_purchases(
    transactions: Any,
    as_of: date | str,
    unit: str | float = "day",
    *,
    refunds: str = "net",
) -> pd.DataFrame:
    """Summarise purchases as x, t_x, T and zbar of each customer.

    One purchase is one customer and day: documents of a day count once. Days whose
    total is zero or less are no purchase, and what comes after ``as_of`` is not
    looked at. The first purchase is left out of ``zbar``, the mean amount of the
    repeat purchases, which is 0 where there is none.

    A customer who only ever got goods for free has no purchase, yet came: the first
    such day stands for the first purchase, as in the published CDNOW summary.

    :param transactions: rows of customer, date, amount (refunds negative), or a
        frame whose first three columns are those
    :param as_of: last day that counts
    :param unit: day, week, month, quarter or year, their first letters, or a
        number of days
    :param refunds: ``net`` sets refunds against the purchases of the same day,
        ``exclude`` leaves them out
    :return: a frame with columns x, t_x, T (in ``unit``) and zbar, by customer
    :raises ValueError: if a value is missing or the unit is unknown
    """
    if refunds not in REFUND_RULES:
        raise ValueError("refunds must be 'net' or 'exclude'.")
    days_of_unit = unit_in_days(unit)
    rows = _as_frame(transactions)
    last_day = pd.Timestamp(as_of).normalize()
    rows = rows[rows["date"] <= last_day]
    if refunds == "exclude":
        rows = rows[rows["amount"] >= 0]
    days = _purchase_days(rows)
    by_customer = days.groupby("customer", sort=True)
    first, last = by_customer["date"].min(), by_customer["date"].max()
    x = by_customer.size() - 1
    later = days.loc[by_customer.cumcount() > 0]
    zbar = later.groupby("customer")["amount"].mean().reindex(x.index, fill_value=0.0)
    return pd.DataFrame(
        {
            "x": x.astype(np.int64),
            "t_x": (last - first).dt.days / days_of_unit,
            "T": (last_day - first).dt.days / days_of_unit,
            "zbar": zbar,
        },
        index=x.index,
    )


def _purchase_days(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each customer and day that counts, in order."""
    days = rows.groupby(["customer", "date"], sort=True)["amount"]
    days = days.agg(["sum", "min"]).reset_index()
    bought = days["sum"] > SMALLEST_AMOUNT
    free = (days["min"] >= 0) & ~bought & ~days["customer"].isin(days[bought].customer)
    first_free = free & ~days.where(free)["customer"].duplicated()
    days = days.loc[bought | first_free, ["customer", "date", "sum"]]
    return days.rename(columns={"sum": "amount"})


def unit_in_days(unit: str | float) -> float:
    """Return the length of a time unit in days.

    >>> unit_in_days("week"), unit_in_days("D"), unit_in_days(30)
    (7.0, 1.0, 30.0)
    """
    if isinstance(unit, str):
        name = UNIT_ALIASES.get(unit.upper(), unit.lower())
        name = name if name in UNIT_DAYS else name.removesuffix("s")
        if name not in UNIT_DAYS:
            known = ", ".join(UNIT_DAYS)
            raise ValueError(f"Unknown time unit {unit!r}: use one of {known}.")
        return UNIT_DAYS[name]
    if not unit > 0 or not np.isfinite(unit):
        raise ValueError("A time unit must be a positive number of days.")
    return float(unit)


def as_days(dates: pd.Series) -> pd.Series:
    """Return dates, datetimes or ISO 8601 texts as days."""
    form = "ISO8601" if dates.map(type).eq(str).any() else None
    return pd.to_datetime(dates, format=form).dt.normalize()


def _as_frame(transactions: Any) -> pd.DataFrame:
    if isinstance(transactions, pd.DataFrame):
        if transactions.shape[1] < 3:
            raise ValueError("Transactions need the columns customer, date, amount.")
        rows = transactions.iloc[:, :3].copy()
        rows.columns = pd.Index(["customer", "date", "amount"])
    else:
        listed = list(transactions) if isinstance(transactions, Iterable) else None
        if listed is None or any(len(row) != 3 for row in listed):
            raise ValueError("Transactions are rows of customer, date, amount.")
        rows = pd.DataFrame(listed, columns=["customer", "date", "amount"])
    try:
        rows["date"] = as_days(rows["date"])
        rows["amount"] = rows["amount"].astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError("A transaction has a bad date or amount.") from error
    if rows.isna().any(axis=None) or not np.isfinite(rows["amount"]).all():
        raise ValueError("A transaction lacks its customer, date or amount.")
    return rows
