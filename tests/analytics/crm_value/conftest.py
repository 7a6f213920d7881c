"""CDNOW, the sample the purchase models were published with, where it is at hand."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

DATA = Path(
    os.environ.get("SHARED_DATA")
    or Path(__file__).resolve().parents[4] / "shared" / "data"
)


@pytest.fixture(scope="session")
def shared_file():
    """Return the path of a shared data file, or skip the test."""

    def find(name):
        path = DATA / name
        if not path.exists():
            pytest.skip(f"{name} is not at hand: set SHARED_DATA to its folder")
        return path

    return find


@pytest.fixture(scope="session")
def cdnow_published(shared_file):
    """The summary as published: x, t_x, T in weeks rounded to 2 digits, zbar."""
    return pd.read_csv(shared_file("cdnow_customers_summary_with_transactions.csv"))


@pytest.fixture(scope="session")
def cdnow_transactions(shared_file):
    """The 6,919 transactions: customer, date, amount."""
    columns = ["master", "customer", "date", "units", "amount"]
    rows = pd.read_csv(
        shared_file("CDNOW_sample.txt"),
        sep=r"\s+",
        names=columns,
        dtype={"date": str},
    )
    rows["date"] = pd.to_datetime(rows["date"], format="%Y%m%d")
    return rows[["customer", "date", "amount"]]


@pytest.fixture(scope="session")
def cohort():
    """Histories of 3,000 customers drawn from known BG/NBD parameters, in days."""
    return simulate(3000, r=0.8, alpha=60.0, a=0.9, b=2.5, seed=7)


def simulate(customers, *, r, alpha, a, b, seed):
    """Draw x, t_x, T by playing the story that BG/NBD tells."""
    rng = np.random.default_rng(seed)
    T = rng.integers(30, 730, customers).astype(float)
    rate = rng.gamma(r, 1 / alpha, customers)
    leave = rng.beta(a, b, customers)
    x, last = np.zeros(customers), np.zeros(customers)
    alive, clock = np.ones(customers, dtype=bool), np.zeros(customers)
    while alive.any():
        clock = clock + rng.exponential(1 / np.maximum(rate, 1e-12))
        alive &= clock <= T
        x[alive] += 1
        last[alive] = clock[alive]
        alive &= rng.random(customers) >= leave
    return x, last, T
