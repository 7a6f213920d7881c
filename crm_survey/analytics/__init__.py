"""Arithmetic of customer satisfaction, without Odoo."""

from .comparison import (
    Change,
    account_nps,
    difference,
    paired_difference,
    stratified,
)
from .drivers import Driver, Drivers, drivers, relative_weights
from .intervals import Z_95, Score, share_score, wilson
from .response import ResponseRate, response_rate, revenue_coverage
from .scores import (
    BANDS,
    SCALES,
    band,
    ces,
    csat,
    mean_score,
    mean_score_of_sums,
    nps,
    nps_of,
    satisfaction_index,
)
from .suppression import suppress, suppress_table

__all__ = [
    "BANDS",
    "SCALES",
    "Z_95",
    "Change",
    "Driver",
    "Drivers",
    "ResponseRate",
    "Score",
    "account_nps",
    "band",
    "ces",
    "csat",
    "difference",
    "drivers",
    "mean_score",
    "mean_score_of_sums",
    "nps",
    "nps_of",
    "paired_difference",
    "relative_weights",
    "response_rate",
    "revenue_coverage",
    "satisfaction_index",
    "share_score",
    "stratified",
    "suppress",
    "suppress_table",
    "wilson",
]
