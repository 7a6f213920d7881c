"""All customers of a company at once: fit, judge, predict; one frame in and out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .bg_nbd import BgNbd, fit_bg_nbd
from .churn import (
    ChurnBands,
    expected_next_purchase,
    grade_churn,
    grade_idle,
    usual_gap,
)
from .data_floor import check_data_floor
from .errors import FitError
from .gamma_gamma import GammaGamma, fit_gamma_gamma
from .holdout import Holdout, judge_holdout
from .lifetime_value import baseline_clv, clv, estimate_retention
from .mbg_nbd import MbgNbd, fit_mbg_nbd

DAYS_PER_MONTH = 365.25 / 12
DAYS_PER_UNIT = 7.0
FARTHEST_DAYS = 10 * 365
MODELS: dict[str, Any] = {"mbg": MbgNbd, "bg": BgNbd}
FITS: dict[str, Any] = {"mbg": fit_mbg_nbd, "bg": fit_bg_nbd}

CUSTOMER_COLUMNS = [
    "partner_id",
    "paid_days",
    "first_paid",
    "last_paid",
    "repeat_amount",
    "revenue_window",
    "revenue_previous",
    "purchase_count_window",
    "goods_cost",
]
HOLDOUT_COLUMNS = ["paid_days", "first_paid", "last_paid", "window", "before", "actual"]
PREDICTION_COLUMNS = [
    "partner_id",
    "p_alive",
    "expected_purchases",
    "clv",
    "next_purchase_date",
    "churn_band",
    "prediction_basis",
]


@dataclass(frozen=True)
class PredictionTerms:
    """What a prediction is asked for: day, horizon in months, rates, bands.

    ``discount_rate`` is per year, 0.1 being 10 %. ``window_months`` is the window
    the revenue of which the baseline carries forward.
    """

    as_of: date
    window_months: int
    horizon_months: int
    discount_rate: float
    bands: ChurnBands
    kind: str = "mbg"
    min_buyers: int = 100
    min_repeat_buyers: int = 30


@dataclass(frozen=True)
class CompanyFit:
    """What was learned about the customers of a company; times are in weeks.

    ``reason`` says why the baseline is used: floor (too little data), fit (no
    maximum found), no_better (worse than the baseline in the hold-out test), or
    empty where the model is used. Parameters are 0 where there is no fit.
    """

    kind: str
    reason: str
    buyers: int
    repeat_buyers: int
    retention: float
    gap_days: float
    margin_ratio: float
    r: float = 0.0
    alpha: float = 0.0
    a: float = 0.0
    b: float = 0.0
    log_likelihood: float = 0.0
    p: float = 0.0
    q: float = 0.0
    v: float = 0.0
    spend_log_likelihood: float = 0.0
    spend_customers: int = 0
    holdout: Holdout | None = None

    @property
    def is_model(self) -> bool:
        """Whether predictions come from the model and not from the baseline."""
        return not self.reason

    def purchase_model(self) -> Any:
        """Return the purchase model of these parameters."""
        return MODELS[self.kind](
            self.r, self.alpha, self.a, self.b, self.log_likelihood, self.buyers
        )

    def spend_model(self) -> GammaGamma:
        """Return the spend model of these parameters."""
        return GammaGamma(
            self.p, self.q, self.v, self.spend_log_likelihood, self.spend_customers
        )


def customer_frame(rows: Iterable[Any], as_of: date) -> pd.DataFrame:
    """Return one row a buyer with x, t_x, T (weeks), zbar and margin.

    :param rows: tuples in the order of ``CUSTOMER_COLUMNS``; amounts in one currency
    """
    frame = pd.DataFrame(list(rows), columns=CUSTOMER_COLUMNS)
    frame = frame[frame["paid_days"] > 0].reset_index(drop=True)
    for name in ("repeat_amount", "revenue_window", "revenue_previous", "goods_cost"):
        frame[name] = frame[name].astype(float)
    _add_history(frame, as_of)
    x = frame["x"]
    frame["zbar"] = np.where(x > 0, frame["repeat_amount"] / x.where(x > 0, 1), 0.0)
    margin = frame["revenue_window"] - frame["goods_cost"]
    sold = frame["revenue_window"] > 0
    ratio = (margin / frame["revenue_window"].where(sold, 1)).clip(0, 1)
    frame["ratio"] = ratio.where(sold, margin_ratio(frame))
    frame["zbar"] = (frame["zbar"] * frame["ratio"]).clip(lower=0)
    frame["margin"] = margin
    return frame


def margin_ratio(frame: pd.DataFrame) -> float:
    """Return what is left of all revenue after the cost of goods, 0 to 1."""
    revenue = float(frame["revenue_window"].clip(lower=0).sum())
    if not revenue:
        return 1.0
    return float(np.clip(1 - frame["goods_cost"].sum() / revenue, 0, 1))


def fit_company(
    frame: pd.DataFrame,
    terms: PredictionTerms,
    holdout_rows: Iterable[Any] = (),
    holdout_end: date | None = None,
    holdout_days: int = 0,
) -> CompanyFit:
    """Fit purchase and spend model to the customers, and judge them.

    :param frame: from :func:`customer_frame`
    :param holdout_rows: tuples of ``HOLDOUT_COLUMNS``, the histories until
        ``holdout_end`` and the purchases in the ``holdout_days`` around it
    """
    repeat = frame["x"] > 0
    before = frame["revenue_previous"] > 0
    gaps = (frame["t_x"] * DAYS_PER_UNIT)[repeat] / frame["x"][repeat]
    known: dict[str, Any] = {
        "kind": terms.kind,
        "buyers": len(frame),
        "repeat_buyers": int(repeat.sum()),
        "retention": estimate_retention(
            int(before.sum()),
            int((before & (frame["purchase_count_window"] > 0)).sum()),
        ),
        "gap_days": float(gaps.mean()) if len(gaps) else 365.0,
        "margin_ratio": margin_ratio(frame),
    }
    floor = check_data_floor(
        known["buyers"],
        known["repeat_buyers"],
        terms.min_buyers,
        terms.min_repeat_buyers,
    )
    if not floor.is_enough:
        return CompanyFit(reason="floor", **known)
    try:
        purchase = FITS[terms.kind](frame["x"], frame["t_x"], frame["T"])
        spend = fit_gamma_gamma(frame["x"], frame["zbar"])
    except (FitError, ValueError):
        return CompanyFit(reason="fit", **known)
    holdout = _judge(holdout_rows, holdout_end, holdout_days, terms.kind)
    return CompanyFit(
        reason="no_better" if holdout and holdout.grade == "C" else "",
        r=purchase.r,
        alpha=purchase.alpha,
        a=purchase.a,
        b=purchase.b,
        log_likelihood=purchase.log_likelihood,
        p=spend.p,
        q=spend.q,
        v=spend.v,
        spend_log_likelihood=spend.log_likelihood,
        spend_customers=spend.n,
        holdout=holdout,
        **known,
    )


def predict_customers(
    frame: pd.DataFrame, fit: CompanyFit, terms: PredictionTerms
) -> pd.DataFrame:
    """Return ``PREDICTION_COLUMNS`` of each buyer; clv is money, not yet rounded.

    With the baseline there is no probability: p_alive is 0 and the band comes from
    the time without a purchase against the customer's usual gap.
    """
    if frame.empty:
        return pd.DataFrame(columns=PREDICTION_COLUMNS)
    predict = _predict_by_model if fit.is_model else _predict_by_baseline
    result = predict(frame, fit, terms)
    result["partner_id"] = frame["partner_id"]
    result["prediction_basis"] = "model" if fit.is_model else "baseline"
    return result[PREDICTION_COLUMNS]


def _predict_by_model(
    frame: pd.DataFrame, fit: CompanyFit, terms: PredictionTerms
) -> pd.DataFrame:
    purchase = fit.purchase_model()
    history = [frame[name].to_numpy(float) for name in ("x", "t_x", "T")]
    month = DAYS_PER_MONTH / DAYS_PER_UNIT
    alive = purchase.p_alive(*history)
    value = clv(
        purchase,
        fit.spend_model(),
        *history,
        frame["zbar"].to_numpy(float),
        horizon=terms.horizon_months,
        step=month,
        discount_rate=(1 + terms.discount_rate) ** (1 / 12) - 1,
    ).value
    band = grade_churn(alive, terms.bands)
    wait = expected_next_purchase(purchase, *history) * DAYS_PER_UNIT
    wait = np.where(band == "lost", np.inf, wait)
    return pd.DataFrame(
        {
            "p_alive": np.round(alive, 4),
            "expected_purchases": np.round(
                purchase.expected_purchases(month * terms.horizon_months, *history), 2
            ),
            "clv": value,
            "next_purchase_date": _days_after(terms.as_of, wait),
            "churn_band": band,
        }
    )


def _predict_by_baseline(
    frame: pd.DataFrame, fit: CompanyFit, terms: PredictionTerms
) -> pd.DataFrame:
    gap = np.atleast_1d(
        usual_gap(
            frame["x"].to_numpy(float),
            (frame["t_x"] * DAYS_PER_UNIT).to_numpy(float),
            max(fit.gap_days, 1.0),
        )
    )
    idle = ((frame["T"] - frame["t_x"]) * DAYS_PER_UNIT).to_numpy(float)
    band = grade_idle(idle, gap, terms.bands)
    wait = np.where(band == "lost", np.inf, gap - idle)
    share = fit.retention * terms.horizon_months / terms.window_months
    return pd.DataFrame(
        {
            "p_alive": 0.0,
            "expected_purchases": np.round(
                frame["purchase_count_window"].astype(float) * share, 2
            ),
            "clv": baseline_clv(
                frame["margin"].to_numpy(float),
                terms.window_months,
                terms.horizon_months,
                fit.retention,
            ),
            "next_purchase_date": _days_after(terms.as_of, wait),
            "churn_band": band,
        }
    )


def _days_after(as_of: date, wait: npt.NDArray[np.float64]) -> pd.Series:
    """Return dates, none where the wait is out of any sensible reach."""
    near = wait < FARTHEST_DAYS
    days = pd.to_timedelta(np.where(near, np.round(wait), 0), unit="D")
    dates = pd.Series(pd.Timestamp(as_of) + days)
    return dates.where(near).dt.strftime("%Y-%m-%d")


def _judge(
    rows: Iterable[Any], end: date | None, days: int, kind: str
) -> Holdout | None:
    frame = pd.DataFrame(list(rows), columns=HOLDOUT_COLUMNS)
    if end is None or frame.empty:
        return None
    _add_history(frame, end)
    active = frame["before"] > 0
    retention = float((frame["window"][active] > 0).mean()) if active.any() else 0.0
    try:
        return judge_holdout(
            frame["x"],
            frame["t_x"],
            frame["T"],
            frame["window"],
            frame["actual"],
            horizon=days / DAYS_PER_UNIT,
            retention=retention,
            fit=FITS[kind],
        )
    except (FitError, ValueError):
        return None


def _add_history(frame: pd.DataFrame, end: date) -> None:
    first = pd.to_datetime(frame["first_paid"])
    last = pd.to_datetime(frame["last_paid"])
    frame["x"] = frame["paid_days"].astype(float) - 1
    frame["t_x"] = (last - first).dt.days / DAYS_PER_UNIT
    frame["T"] = (pd.Timestamp(end) - first).dt.days / DAYS_PER_UNIT
