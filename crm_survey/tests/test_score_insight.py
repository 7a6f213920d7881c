from odoo import fields
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_survey import analytics

from .scores_common import ScoresCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 10:00:00")
class TestScoreInsight(ScoresCommon):
    """Beside the score: weighted by tier, by account, and what drives it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        policy = cls.env["crm.value.policy"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.gold, cls.basic = policy.tier_ids[:2]
        # the audience of the programme: 1 customer in the one tier, 3 in the other
        cls.customers = cls.customer
        for name in ("Beta", "Gamma", "Delta"):
            cls.customers |= cls._customer(name, cls.sales)
        cls.customers.sudo().tier_id = cls.basic
        cls.customer.sudo().tier_id = cls.gold
        cls.program.customer_domain = f"[('id', 'in', {cls.customers.ids})]"

    def _answers(self, pairs, at="2026-03-10"):
        """Create answers that gave the pair of NPS and CSAT."""
        for nps, csat in pairs:
            answer = self.env["survey.user_input"].create(
                {
                    "survey_id": self.survey.id,
                    "crm_program_id": self.program.id,
                    "state": "done",
                    "user_input_line_ids": [
                        fields.Command.create(
                            {
                                "question_id": question.id,
                                "answer_type": "scale",
                                "value_scale": value,
                            }
                        )
                        for question, value in ((self.nps, nps), (self.csat, csat))
                    ],
                }
            )
            self._scores([nps], at=at, user_input_id=answer.id)

    def _metric(self, user=None):
        board = self._fresh_report(user).dashboard(
            program_id=self.program.id, as_of="2026-05-20"
        )
        (metric,) = board["metrics"]
        return metric

    def _votes(self, user=None):
        return {vote["name"]: vote for vote in self._metric(user)["votes"]}

    def test_each_tier_weighs_as_much_as_it_has_customers(self):
        self._scores([10] * 20)
        self._scores([0] * 5, customer=self.customers[-1])
        votes = self._votes()
        self.assertAlmostEqual(votes["One vote per answer"]["score"], 60)
        self.assertAlmostEqual(votes["Weighted by tier"]["score"], -50)
        expected = analytics.stratified(
            [(1, analytics.nps(20, 0, 0)), (3, analytics.nps(0, 0, 5))]
        )
        self.assertAlmostEqual(votes["Weighted by tier"]["low"], expected.low)
        self.assertAlmostEqual(votes["Weighted by tier"]["high"], expected.high)

    def test_no_weighting_while_a_tier_has_too_few_answers(self):
        self._scores([10] * 20)
        self._scores([0] * 4, customer=self.customers[-1])
        vote = self._votes()["Weighted by tier"]
        self.assertNotIn("score", vote)
        self.assertIn("5 are needed", vote["note"])

    def test_a_hidden_anonymous_tier_is_not_given_away_by_the_weighting(self):
        self.program = self._program(
            name="Anonymous",
            is_anonymous=True,
            customer_domain=self.program.customer_domain,
        )
        # 20 + 5 answers in March: both tiers are shown
        self._scores([10] * 20, at="2026-03-01")
        self._scores([0] * 5, customer=self.customers[-1], at="2026-03-01")
        self.assertAlmostEqual(self._votes()["Weighted by tier"]["score"], -50)
        # in April one tier is too small: its answers are in no row of the report
        self._scores([10] * 6, at="2026-04-01")
        self._scores([0] * 2, customer=self.customers[-1], at="2026-04-01")
        self.assertNotIn("score", self._votes()["Weighted by tier"])

    def test_an_account_votes_once_however_many_answers_it_gave(self):
        others = [self._customer(f"Other {n}", self.sales) for n in range(4)]
        self._scores([10] * 16)
        for other in others:
            self._scores([3], customer=other)
        votes = self._votes()
        self.assertAlmostEqual(votes["One vote per answer"]["score"], 60)
        self.assertAlmostEqual(votes["One vote per account"]["score"], -60)
        self.assertEqual(votes["One vote per account"]["answers"], 5)
        expected = analytics.nps(1, 0, 4)
        self.assertAlmostEqual(votes["One vote per account"]["low"], expected.low)

    def test_fewer_accounts_than_the_smallest_group_have_no_score(self):
        self._scores([10] * 6)
        vote = self._votes()["One vote per account"]
        self.assertNotIn("score", vote)
        self.assertIn("5 are needed", vote["note"])

    def test_anonymous_answers_have_no_account_to_vote_for(self):
        self.program = self._program(name="Anonymous", is_anonymous=True)
        self._scores([10] * 6, at="2026-03-01")
        vote = self._votes()["One vote per account"]
        self.assertEqual(vote["note"], "Anonymous answers belong to no account.")
        self.assertNotIn("score", vote)

    def test_drivers_need_thirty_complete_answers(self):
        self._answers([(n % 11, 1 + n % 5) for n in range(29)])
        drivers = self._metric()["drivers"]
        self.assertFalse(drivers["items"])
        self.assertIn("30 are needed, 29 have come in", drivers["text"])

    def test_a_question_that_goes_with_the_score_drives_it_alone(self):
        self._answers([(2 * (1 + n % 5), 1 + n % 5) for n in range(30)])
        drivers = self._metric()["drivers"]
        (item,) = drivers["items"]
        self.assertEqual(item["name"], self.csat.title)
        self.assertAlmostEqual(item["share"], 100)
        self.assertAlmostEqual(item["mean"], 3)
        self.assertEqual(item["most"], 5)
        self.assertFalse(item["is_inverse"])
        self.assertIn("explain 100 %", drivers["text"])

    def test_drivers_leave_out_anonymous_answers_of_a_month_not_over(self):
        self.program = self._program(name="Anonymous", is_anonymous=True)
        self._answers([(n % 11, 1 + n % 5) for n in range(31)], at="2026-03-01")
        before = self._metric()["drivers"]
        self.assertTrue(before["items"])
        self._answers([(0, 5)] * 9, at="2026-05-01")
        self.assertEqual(self._metric()["drivers"], before)

    def test_salespeople_see_the_score_of_their_customers_and_nothing_behind_it(self):
        self._scores([10] * 8, user_id=self.sales.id)
        metric = self._metric(self.sales)
        self.assertEqual(metric["answers"], 8)
        self.assertEqual(metric["votes"], [])
        self.assertFalse(metric["drivers"])

    def test_answers_spread_over_small_months_count_for_whoever_may_read_them(self):
        for month in range(1, 5):
            at = f"2026-0{month}-10"
            self._scores([10] * 2, user_id=self.sales.id, at=at)
            self._scores(
                [0], customer=self.customers[-1], user_id=self.other_sales.id, at=at
            )
        self.customers[-1].sudo().account_manager_id = self.other_sales
        mine = self._metric(self.sales)
        self.assertEqual((mine["answers"], mine["score"]), (8, 100))
        self.assertEqual(mine["trend"], [])
        self.assertEqual(self._metric()["answers"], 12)
        Report = self.env["crm.survey.score.report"].with_user(self.other_sales)
        self.assertEqual(Report.dashboard(as_of="2026-05-20")["metrics"], [])

    def test_breakdowns_hide_small_groups_of_the_whole_window(self):
        self._scores([10] * 20)
        self._scores([0] * 6, customer=self.customers[-1])
        self.assertEqual(
            [row["answers"] for row in self._breakdown("tier_id")["rows"]], [20, 6]
        )
        self._scores([0] * 3, tier_id=False)
        rows = self._breakdown("tier_id")["rows"]
        self.assertEqual([row["answers"] for row in rows], [20])

    def _breakdown(self, column):
        return next(
            found for found in self._metric()["breakdowns"] if found["column"] == column
        )
