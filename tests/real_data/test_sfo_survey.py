"""A published survey, imported as answers, gives the reference figures exactly."""

import json
import unittest
from datetime import date
from pathlib import Path

from odoo import Command

from odoo.addons.crm_survey.airport_survey import read_answers

from tests.cases import TopLevelCase

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
ANSWERS = DATA / "2017_SFO_Customer_Survey_20250817.csv.gz"
REFERENCE = DATA / "dev_reference.json"


@unittest.skipUnless(
    ANSWERS.exists() and REFERENCE.exists(), "the shared survey data is not here"
)
class TestSfoSurvey(TopLevelCase):
    test_class = "TestSfoSurvey"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reference = json.loads(REFERENCE.read_text())["sfo_survey_2017"]
        scale = {"question_type": "scale"}
        survey = cls.env["survey.survey"].create(
            {
                "title": "San Francisco International Airport 2017",
                "survey_type": "satisfaction",
                "access_mode": "token",
                "question_and_page_ids": [
                    Command.create(
                        {
                            "title": "Likely to recommend",
                            "metric": "nps",
                            "scale_min": 0,
                            "scale_max": 10,
                            **scale,
                        }
                    ),
                    Command.create(
                        {
                            "title": "The airport as a whole",
                            "metric": "csat",
                            "scale_min": 1,
                            "scale_max": 5,
                            **scale,
                        }
                    ),
                ],
            }
        )
        cls.program = cls.env["crm.survey.program"].create(
            {"name": "Airport", "survey_id": survey.id}
        )
        cls.rows = list(read_answers(ANSWERS))
        cls.scores = cls.program._import_answers(cls.rows, is_verified=True)
        cls.env.flush_all()

    def _report(self, metric):
        Report = self.env["crm.survey.score.report"]
        [(answers, score)] = Report._read_group(
            [("program_id", "=", self.program.id), ("metric", "=", metric)],
            [],
            ["answers:sum", "score:avg"],
        )
        return answers, round(score, 4)

    def test_every_respondent_is_read(self):
        self.assertEqual(len(self.rows), self.reference["rows"])

    def test_nps_of_the_report(self):
        expected = self.reference["nps"]
        self.assertEqual(self._report("nps"), (expected["valid_0_10"], expected["nps"]))

    def test_csat_of_the_report(self):
        self.assertEqual(
            self._report("csat"),
            (self.reference["valid_1_5"], self.reference["csat_top2_pct"]),
        )

    def test_every_value_is_counted_as_often_as_in_the_file(self):
        for metric, expected in (
            ("nps", self.reference["nps"]["counts"]),
            ("csat", self.reference["counts"]),
        ):
            groups = self.env["crm.survey.score"]._read_group(
                [("program_id", "=", self.program.id), ("metric", "=", metric)],
                ["value"],
                ["__count"],
            )
            self.assertEqual(
                {str(int(value)): count for value, count in groups}, expected
            )

    def test_bands_of_the_nps(self):
        expected = self.reference["nps"]
        groups = self.env["crm.survey.score"]._read_group(
            [("program_id", "=", self.program.id), ("metric", "=", "nps")],
            ["band"],
            ["__count"],
        )
        self.assertEqual(
            dict(groups),
            {
                "high": expected["promoters_9_10"],
                "middle": expected["passives_7_8"],
                "low": expected["detractors_0_6"],
            },
        )

    def test_the_interval_of_the_report_holds_the_score(self):
        Report = self.env["crm.survey.score.report"]
        row = Report.search(
            [("program_id", "=", self.program.id), ("metric", "=", "nps")]
        )
        self.assertEqual(row.period, date(2017, 5, 1))
        self.assertLess(row.score_low, row.score)
        self.assertLess(row.score, row.score_high)
        self.assertLess(row.score_high - row.score_low, 6)
