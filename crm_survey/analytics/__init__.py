"""Arithmetic of customer satisfaction, without Odoo."""

from .comparison import (
    Change,
    account_nps,
    difference,
    paired_difference,
    stratified,
)
from .deadlines import add_working_days
from .drivers import (
    MINIMUM_N,
    Driver,
    Drivers,
    drivers,
    drivers_of_answers,
    relative_weights,
)
from .eligibility import ASK, Candidate, Ledger, Policy, decide, lot, person_key
from .intervals import Z_95, Score, share_score, wilson
from .response import ResponseRate, response_rate, revenue_coverage
from .schedule import (
    Cycle,
    add_months,
    cycles,
    next_working_day,
    slot,
    working_days,
)
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
    points,
    satisfaction_index,
)
from .suppression import suppress, suppress_table

__all__ = [
    "ASK",
    "BANDS",
    "MINIMUM_N",
    "SCALES",
    "Z_95",
    "Candidate",
    "Change",
    "Cycle",
    "Driver",
    "Drivers",
    "Ledger",
    "Policy",
    "ResponseRate",
    "Score",
    "account_nps",
    "add_months",
    "add_working_days",
    "band",
    "ces",
    "csat",
    "cycles",
    "decide",
    "difference",
    "drivers",
    "drivers_of_answers",
    "lot",
    "mean_score",
    "mean_score_of_sums",
    "next_working_day",
    "nps",
    "nps_of",
    "paired_difference",
    "person_key",
    "points",
    "relative_weights",
    "response_rate",
    "revenue_coverage",
    "satisfaction_index",
    "share_score",
    "slot",
    "stratified",
    "suppress",
    "suppress_table",
    "wilson",
    "working_days",
]
