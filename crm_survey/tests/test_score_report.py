from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.crm_survey import analytics

from .scores_common import ScoresCommon


@tagged("post_install", "-at_install")
class TestScoreReport(ScoresCommon):
    """The report shows groups only, and never one that is too small."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._customer("Beta Baking", cls.other_sales)
        cls.second.partner_id.country_id = cls.env.ref("base.fr")

    def _report(self, user=None):
        return self._fresh_report(user), [("program_id", "=", self.program.id)]

    def _groups(self, groupby, domain=(), user=None):
        Report, mine = self._report(user)
        return Report._read_group(
            [*mine, *domain], [groupby], ["answers:sum", "score:avg"]
        )

    def test_five_answers_are_shown_and_four_are_not(self):
        self._scores([10, 9, 8, 7])
        Report, mine = self._report()
        self.assertFalse(Report.search(mine))
        self._scores([0])
        row = Report.search(mine)
        self.assertEqual((row.answers, row.score), (5, 20.0))

    def test_four_answers_are_hidden_on_every_way_in_for_every_role(self):
        self._scores([10, 9, 8, 7])
        for user in (self.manager, self.sales, self.other_sales):
            Report, mine = self._report(user)
            everywhere = [*mine, ("dimension", "!=", False)]
            self.assertFalse(Report.search_read(everywhere, ["score", "answers"]))
            self.assertFalse(Report.search_count(everywhere))
            self.assertEqual(
                Report._read_group(everywhere, [], ["answers:sum"]), [(0,)]
            )
            self.assertFalse(
                Report.formatted_read_group(
                    everywhere, ["country_id"], ["answers:sum", "score:avg"]
                )
            )
            rows = Report.search(everywhere).export_data(["answers", "score"])
            self.assertFalse(rows["datas"])

    def test_a_small_breakdown_takes_a_second_one_with_it(self):
        self._scores([10] * 20)
        self._scores([0] * 3, customer=self.second)
        self.assertEqual(
            self._groups("country_id", [("dimension", "=", "country")]), []
        )
        [(_metric, answers, _score)] = self._groups("metric")
        self.assertEqual(answers, 23)

    def test_the_report_hides_what_the_analytics_hide(self):
        countries = self.env["res.country"].search([], limit=6)
        for counts in ([20, 8, 3], [4, 3, 20], [2, 2, 20], [5, 5], [9, 6, 1, 30]):
            program = self.program = self._program()
            for count, country in zip(counts, countries, strict=False):
                self._scores([9] * count, country_id=country.id, program=program)
            shown = self._groups("country_id", [("dimension", "=", "country")])
            flags = analytics.suppress(counts, 5)
            self.assertEqual(
                sorted(answers for _country, answers, _score in shown),
                sorted(c for c, flag in zip(counts, flags, strict=True) if not flag),
                counts,
            )

    def test_small_months_are_shown_as_a_quarter_or_a_year(self):
        for day in ("2026-01-05", "2026-02-05", "2026-03-05"):
            self._scores([9, 9], at=day)
        self._scores([0] * 4, at="2026-05-05")
        self._scores([0] * 4, at="2026-08-05")
        self._scores([9] * 6, at="2026-12-05")
        Report, mine = self._report()
        rows = {row.grain: row for row in Report.search(mine)}
        self.assertEqual(rows["quarter"].answers, 6)
        self.assertEqual(rows["year"].answers, 8)
        self.assertEqual(rows["month"].answers, 6)

    def test_a_larger_group_may_be_demanded(self):
        self.program.minimum_group = 8
        self._scores([9] * 7)
        Report, mine = self._report()
        self.assertFalse(Report.search(mine))

    def test_no_answer_is_counted_twice_without_a_filter(self):
        self._scores([9] * 12)
        Report, mine = self._report()
        [(answers,)] = Report._read_group(mine, [], ["answers:sum"])
        self.assertEqual(answers, 12)

    def test_unverified_and_uncounted_answers_stay_apart(self):
        self._scores([9] * 6)
        self._scores([0] * 6, is_verified=False, customer_id=False)
        self._scores([0] * 6, is_counted=False)
        self.assertEqual(self._groups("metric"), [("nps", 6, 100.0)])
        unverified = self._groups("metric", [("is_verified", "=", False)])
        self.assertEqual(unverified, [("nps", 6, -100.0)])

    def test_scores_and_intervals_are_those_of_the_analytics(self):
        samples = {
            "nps": [10] * 9 + [8] * 4 + [3] * 3,
            "csat": [5] * 7 + [4] * 3 + [2] * 5,
            "ces": [7] * 4 + [5] * 3 + [1] * 2,
            "index": [10, 8, 6, 9, 4],
        }
        for metric, values in samples.items():
            self._scores(values, metric=metric)
            self._scores(values, metric=metric, at="2026-04-10")
        expected = {
            "nps": analytics.nps_of(samples["nps"] * 2),
            "csat": analytics.csat(20, 30),
            "ces": analytics.ces(samples["ces"] * 2),
            "index": analytics.mean_score(
                [analytics.points("index", v) for v in samples["index"] * 2]
            ),
        }
        Report, mine = self._report()
        groups = Report._read_group(
            mine, ["metric"], ["score:avg", "score_low:avg", "score_high:avg"]
        )
        self.assertEqual(len(groups), 4)
        for metric, score, low, high in groups:
            self.assertAlmostEqual(score, expected[metric].score, 6)
            self.assertAlmostEqual(low, expected[metric].low, 6)
            self.assertAlmostEqual(high, expected[metric].high, 6)

    def test_different_metrics_have_no_common_score(self):
        self._scores([9] * 6)
        self._scores([5] * 6, metric="csat")
        Report, mine = self._report()
        [(answers, score)] = Report._read_group(mine, [], ["answers:sum", "score:avg"])
        self.assertEqual(answers, 12)
        self.assertFalse(score)

    def test_a_salesperson_sees_the_own_customers_only(self):
        self._scores([9] * 6)
        self._scores([0] * 7, customer=self.second)
        self.assertEqual(self._groups("metric", user=self.sales), [("nps", 6, 100.0)])
        self.assertEqual(
            self._groups("user_id", [("dimension", "!=", False)], self.sales),
            [(self.sales, 6, 100.0)],
        )
        scores = self.env["crm.survey.score"].with_user(self.sales)
        mine = scores.search([("program_id", "=", self.program.id)])
        self.assertEqual(mine.customer_id, self.customer)
        self.assertEqual(len(mine), 6)

    def test_nobody_reads_an_anonymous_answer_by_itself(self):
        self.program = self._program(is_anonymous=True)
        scores = self._scores([9] * 6, program=self.program)
        for user in (self.manager, self.sales):
            Score = self.env["crm.survey.score"].with_user(user)
            self.assertFalse(Score.search([("program_id", "=", self.program.id)]))
            self.assertEqual(
                Score._read_group(
                    [("program_id", "=", self.program.id)], [], ["__count"]
                ),
                [(0,)],
            )
            with self.assertRaises(AccessError):
                scores.with_user(user).read(["value"])
            with self.assertRaises(AccessError):
                scores.with_user(user).export_data(["value"])
        self.assertEqual(self._groups("metric"), [("nps", 6, 100.0)])
        self.assertFalse(self._groups("metric", user=self.sales))

    def test_another_company_sees_nothing(self):
        self._scores([9] * 6)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self._user("svw_foreign", "crm_survey.group_manager")
        foreign.write({"company_id": company.id, "company_ids": [(6, 0, company.ids)]})
        Report, mine = self._report(foreign)
        self.assertFalse(Report.search(mine))
        self.assertFalse(self.env["crm.survey.score"].with_user(foreign).search([]))
