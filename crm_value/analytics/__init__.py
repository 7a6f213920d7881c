"""Arithmetic of customer value: numbers in, numbers out, no Odoo.

``from odoo.addons.crm_value import analytics`` hands out the functions named in
``__all__``. Each is imported when first used, so starting Odoo does not load scipy.
pandas is loaded at once: imported while a test holds the clock (freezegun), it takes
the faked dates for its own base classes and brings the process down.
"""

from importlib import import_module

import_module("pandas")

_HOME = {
    "Abc": "abc",
    "AlertParams": "alert",
    "BgNbd": "bg_nbd",
    "ChurnBands": "churn",
    "Clv": "lifetime_value",
    "CompanyFit": "prediction",
    "Concentration": "concentration",
    "DataFloor": "data_floor",
    "FitError": "errors",
    "GammaGamma": "gamma_gamma",
    "Holdout": "holdout",
    "HoldoutData": "holdout",
    "MbgNbd": "mbg_nbd",
    "PredictionTerms": "prediction",
    "RfmScores": "rfm",
    "UnusualMonth": "volume",
    "VolumeAlerts": "alert",
    "baseline_clv": "lifetime_value",
    "baseline_purchases": "holdout",
    "build_cohorts": "cohort",
    "change_ratio": "trend",
    "check_data_floor": "data_floor",
    "classify_abc": "abc",
    "classify_trend": "trend",
    "clv": "lifetime_value",
    "customer_frame": "prediction",
    "cut_scores": "rfm",
    "detect_unusual_volume": "alert",
    "estimate_retention": "lifetime_value",
    "expected_next_purchase": "churn",
    "find_unusual_months": "volume",
    "fit_bg_nbd": "bg_nbd",
    "fit_company": "prediction",
    "fit_gamma_gamma": "gamma_gamma",
    "fit_mbg_nbd": "mbg_nbd",
    "grade_churn": "churn",
    "grade_idle": "churn",
    "judge_holdout": "holdout",
    "measure_concentration": "concentration",
    "migration_matrix": "migration",
    "predict_customers": "prediction",
    "rank_scores": "rfm",
    "score_rfm": "rfm",
    "split_holdout": "holdout",
    "summarise_purchases": "purchases",
    "unit_in_days": "purchases",
    "usual_gap": "churn",
}

_MODULES = {"prediction", "response", "tier_review", "tiering"}

__all__ = sorted({*_HOME, *_MODULES})


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
