"""The real survey files, when they are at hand, give the reference figures."""

import gzip
import json
import os
from pathlib import Path

import pandas as pd
import pytest

from crm_survey.analytics import (
    csat,
    drivers,
    mean_score,
    nps_of,
    satisfaction_index,
)

DATA = Path(
    os.environ.get("SHARED_DATA")
    or Path(__file__).resolve().parents[4] / "shared" / "data"
)
SFO = DATA / "2017_SFO_Customer_Survey_20250817.csv.gz"
MOBI = DATA / "mobi.csv"
REFERENCE = DATA / "dev_reference.json"

pytestmark = pytest.mark.skipif(
    not (SFO.exists() and MOBI.exists() and REFERENCE.exists()),
    reason="the shared survey data is not on this machine",
)


@pytest.fixture(scope="module")
def reference():
    return json.loads(REFERENCE.read_text())


@pytest.fixture(scope="module")
def airport():
    with gzip.open(SFO, "rt", encoding="utf-8-sig") as source:
        return pd.read_csv(source, low_memory=False)


@pytest.fixture(scope="module")
def phones():
    return pd.read_csv(MOBI)


def valid(column, low, high):
    numbers = pd.to_numeric(column, errors="coerce")
    return numbers[numbers.between(low, high)].astype(int)


def test_airport_nps_and_its_days(airport, reference):
    expected = reference["sfo_survey_2017"]["nps"]
    values = valid(airport["NETPRO"], 0, 10)
    score = nps_of(values)
    assert score.n == expected["valid_0_10"]
    assert round(score.score, 4) == expected["nps"]
    for day, figures in expected["by_day_of_month_INTDATE"].items():
        of_day = nps_of(values[airport["INTDATE"] == int(day)])
        assert of_day.n == figures["n"]
        assert round(of_day.score, 4) == figures["nps"]


def test_airport_nps_and_csat_by_sampling_weight(airport, reference):
    expected = reference["sfo_survey_2017"]
    weights = airport["WEIGHT"]
    answers = valid(airport["NETPRO"], 0, 10)
    points = (answers >= 9).astype(int) - (answers <= 6).astype(int)
    weight = weights.loc[answers.index]
    weighted = 100 * (points * weight).sum() / weight.sum()
    assert round(weighted, 4) == expected["nps"]["nps_weighted"]
    overall = valid(airport["Q7ALL"], 1, 5)
    weight = weights.loc[overall.index]
    weighted = 100 * ((overall >= 4) * weight).sum() / weight.sum()
    assert round(weighted, 4) == expected["csat_top2_pct_weighted"]


def test_airport_csat_and_mean(airport, reference):
    expected = reference["sfo_survey_2017"]
    values = valid(airport["Q7ALL"], 1, 5)
    score = csat(int((values >= 4).sum()), len(values))
    assert score.n == expected["valid_1_5"]
    assert round(score.score, 4) == expected["csat_top2_pct"]
    assert round(mean_score(values, 1, 5).score, 4) == expected["mean"]


def test_phone_index_is_the_same_by_respondent_and_by_item(phones, reference):
    expected = reference["ecsi_mobi"]["index_0_100_of_mean_CUSA"]
    items = phones[["CUSA1", "CUSA2", "CUSA3"]]
    assert round(satisfaction_index(list(items.mean())), 4) == expected
    respondents = [satisfaction_index(row) for row in items.to_numpy().tolist()]
    assert round(mean_score(respondents).score, 4) == expected


def test_phone_drivers_explain_satisfaction(phones):
    items = [name for name in phones if name.startswith(("IMAG", "PERQ", "PERV"))]
    result = drivers(phones[[*items, "CUSA1"]], "CUSA1")
    assert result.n == 250
    assert 0.4 < result.r_squared < 1
    assert all(item.weight >= 0 for item in result.items)
