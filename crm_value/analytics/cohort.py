"""Cohorts: what became of the customers won in the same month."""

from typing import Any

import pandas as pd

from .purchases import as_days


def build_cohorts(rows: Any) -> pd.DataFrame:
    """Return customers, revenue and retention by first-purchase month and age.

    :param rows: rows of customer, date, amount, as posted (refunds negative), or a
        frame whose first three columns are those
    :return: a frame with columns cohort (month), age (months since), customers
        (who bought in that month), revenue and retention (share of the cohort),
        in order of cohort and age; months without a purchase have a row too
    :raises ValueError: if a value is missing
    """
    frame = pd.DataFrame(rows).iloc[:, :3]
    if frame.shape[1] < 3 or frame.isna().any(axis=None):
        raise ValueError("Cohorts are built from rows of customer, date and amount.")
    frame.columns = pd.Index(["customer", "date", "amount"])
    dates = as_days(frame["date"])
    frame["month"] = dates.dt.year * 12 + dates.dt.month - 1
    frame["amount"] = frame["amount"].astype(float)
    # a month is bought in if its net is positive; revenue keeps the rest too
    months = frame.groupby(["customer", "month"])["amount"].sum().reset_index()
    bought = months[months["amount"] > 0]
    first = bought.groupby("customer")["month"].min()
    months["cohort"] = months["customer"].map(first)
    months = months[months["month"] >= months["cohort"]]
    return _cohort_table(months)


def _cohort_table(months: pd.DataFrame) -> pd.DataFrame:
    if months.empty:
        columns = ["cohort", "age", "customers", "revenue", "retention"]
        return pd.DataFrame(columns=columns)
    last = int(months["month"].max())
    months = months.assign(
        cohort=months["cohort"].astype(int), buyer=(months["amount"] > 0).astype(int)
    )
    totals = months.groupby(["cohort", "month"])[["buyer", "amount"]].sum()
    cohorts = totals.index.unique("cohort")
    grid = pd.MultiIndex.from_tuples(
        [(c, month) for c in cohorts for month in range(c, last + 1)],
        names=["cohort", "month"],
    )
    totals = totals.reindex(grid, fill_value=0).reset_index()
    size = totals.groupby("cohort")["buyer"].transform("first")
    starts = [pd.Timestamp(c // 12, c % 12 + 1, 1) for c in totals["cohort"]]
    return pd.DataFrame(
        {
            "cohort": starts,
            "age": totals["month"] - totals["cohort"],
            "customers": totals["buyer"],
            "revenue": totals["amount"],
            "retention": totals["buyer"] / size,
        }
    )
