from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .scores_common import ScoresCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 10:00:00")
class TestAnonymousReport(ScoresCommon):
    """Anonymous answers appear by whole periods, and never lead to anybody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._program(name="Anonymous", is_anonymous=True)

    def _shown(self):
        """Return {period and breakdown: answers} of all rows of the report."""
        rows = self._fresh_report().search(
            [("program_id", "=", self.program.id), ("dimension", "!=", False)]
        )
        return {
            (row.grain, str(row.period), row.dimension): (row.answers, row.score)
            for row in rows
        }

    def _comments(self, user=None):
        self.env.flush_all()
        Comment = self.env["crm.survey.comment.report"].with_user(user or self.manager)
        return Comment.search([("program_id", "=", self.program.id)])

    # -------------------------------------------------------------------------
    # Differencing
    # -------------------------------------------------------------------------

    def test_a_month_appears_a_day_after_its_end_all_at_once(self):
        self._scores([10] * 7, "2026-05-01")
        self.assertEqual(self._shown(), {})
        with freeze_time("2026-06-01 23:59:59"):
            self.assertEqual(self._shown(), {})
        with freeze_time("2026-06-02 00:00:00"):
            self.assertEqual(self._shown()["month", "2026-05-01", "total"], (7, 100.0))

    def test_one_more_answer_changes_no_figure_of_an_anonymous_programme(self):
        self._scores([9] * 6, "2026-03-01")
        self._scores([9] * 6, "2026-05-01")
        before = self._shown()
        self.assertTrue(before)
        self._scores([0], "2026-05-01")
        self.assertEqual(self._shown(), before)

    def test_the_rest_of_a_quarter_waits_for_the_end_of_the_quarter(self):
        self._scores([9] * 3, "2026-04-01")
        self._scores([9] * 3, "2026-05-01")
        with freeze_time("2026-06-30 12:00:00"):
            self.assertEqual(self._shown(), {})
        with freeze_time("2026-07-02 00:00:00"):
            total = self._shown()["quarter", "2026-04-01", "total"]
            self.assertEqual(total[0], 6)

    def test_the_rest_of_a_year_waits_for_the_end_of_the_year(self):
        self._scores([9] * 3, "2026-02-01")
        self._scores([9] * 3, "2026-05-01")
        with freeze_time("2026-12-31 12:00:00"):
            self.assertEqual(self._shown(), {})
        with freeze_time("2027-01-02 00:00:00"):
            total = self._shown()["year", "2026-01-01", "total"]
            self.assertEqual(total[0], 6)

    def test_reports_of_any_two_days_differ_by_whole_groups_only(self):
        shown = {}
        self._scores([9] * 6, "2026-01-01")
        self._scores([9] * 3, "2026-02-01")
        self._scores([0] * 4, "2026-03-01")
        self._scores([9] * 8, "2026-04-01")
        for day in ("2026-02-02", "2026-03-02", "2026-04-02", "2026-05-02"):
            with freeze_time(day):
                found = self._shown()
            self.assertEqual({key: found[key] for key in shown}, shown)
            for key in found.keys() - shown.keys():
                self.assertGreaterEqual(found[key][0], 5)
            shown = found
        self.assertEqual(shown["quarter", "2026-01-01", "total"][0], 7)

    def test_named_answers_are_shown_at_once(self):
        self.program = self._program(name="Named")
        self._scores(
            [9] * 6, "2026-05-19", is_anonymous=False, customer_id=self.customer.id
        )
        self.assertEqual(self._shown()["month", "2026-05-01", "total"][0], 6)

    def test_the_smallest_group_is_fixed_with_the_first_anonymous_answer(self):
        self.program.minimum_group = 6
        self._scores([9], "2026-03-01")
        with self.assertRaisesRegex(UserError, "cannot be changed any more"):
            self.program.with_user(self.manager).minimum_group = 5
        self.program.with_user(self.manager).minimum_group = 6
        named = self._program(name="Named")
        self._scores([9], "2026-03-01", program_id=named.id, is_anonymous=False)
        named.with_user(self.manager).minimum_group = 8
        self.assertEqual(named.minimum_group, 8)

    # -------------------------------------------------------------------------
    # Comments
    # -------------------------------------------------------------------------

    def test_comments_appear_with_a_large_enough_month_only(self):
        few = self._scores([9] * 4, "2026-03-01", ["Late again."])
        self.assertFalse(self._comments())
        self._scores([9], "2026-03-01")
        self.assertEqual(self._comments().mapped("comment"), ["Late again."])
        self._scores([9] * 9, "2026-05-01", ["Too new."])
        self.assertEqual(self._comments().mapped("comment"), ["Late again."])
        self.assertTrue(few)

    def test_an_answer_with_two_scores_counts_once_for_the_group(self):
        answers = self.env["survey.user_input"].create(
            [
                {"survey_id": self.survey.id, "crm_program_id": self.program.id}
                for _number in range(3)
            ]
        )
        for answer in answers:
            for metric in ("nps", "csat"):
                self._scores(
                    [5],
                    "2026-03-01",
                    [f"Twice {answer.id}"],
                    metric=metric,
                    user_input_id=answer.id,
                )
        self.assertFalse(self._comments())

    def test_a_comment_carries_nothing_but_programme_and_period(self):
        self._scores([9] * 5, "2026-03-01", ["First.", "Second."])
        comments = self._comments()
        self.assertEqual(
            set(comments.fields_get()) - {"id", "display_name"},
            {"company_id", "program_id", "period", "grain", "is_verified", "comment"},
        )
        self.assertEqual(set(map(str, comments.mapped("period"))), {"2026-03-01"})

    def test_the_order_of_comments_does_not_follow_the_answers(self):
        words = [f"Comment {number}" for number in range(12)]
        self._scores([9] * 12, "2026-03-01", words)
        first = self._comments()
        self.assertNotEqual(first.mapped("comment"), words)
        self.assertEqual(sorted(first.mapped("comment")), sorted(words))
        self.program = self._program(name="Other way round", is_anonymous=True)
        self._scores([9] * 12, "2026-03-01", words[::-1])
        self.assertNotEqual(self._comments().mapped("comment"), words[::-1])

    def test_salespeople_read_no_anonymous_comment_and_no_other_company_does(self):
        self._scores([9] * 6, "2026-03-01", ["Secret."])
        with self.assertRaises(AccessError):
            self._comments(self.sales)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self._user("svw_foreign", "crm_survey.group_manager")
        foreign.write({"company_id": company.id, "company_ids": [(6, 0, company.ids)]})
        self.assertFalse(self._comments(foreign))
        Report = self.env["crm.survey.score.report"]
        as_sales = Report.with_user(self.sales).dashboard(as_of="2026-05-20")
        self.assertEqual(as_sales["anonymous_comments"], [])
        as_manager = Report.with_user(self.manager).dashboard(
            program_id=self.program.id, as_of="2026-05-20"
        )
        self.assertEqual(
            [item["comment"] for item in as_manager["anonymous_comments"]], ["Secret."]
        )
        self.assertEqual(as_manager["comments"], [])
