from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .answers_common import AnswersCommon


@tagged("post_install", "-at_install")
class TestCustomerSatisfaction(AnswersCommon):
    """A customer shows at once what its contacts say."""

    def test_an_answer_shows_at_once_on_the_customer(self):
        self._answer(nps=9, csat=2)
        self.assertEqual(self.customer.nps_band, "high")
        self.assertEqual(self.customer.nps_band_year, "high")
        self.assertEqual(self.customer.csat_year, 0)
        self.assertEqual(self.customer.satisfaction_count, 2)
        self.assertEqual(self.customer.survey_response_rate, 100)
        self.assertTrue(self.customer.satisfaction_on)

    def test_a_question_nobody_answered_is_empty_and_none_satisfied_is_zero(self):
        silent = self._customer("Silent", self.sales)
        self._answer(nps=9, csat=2)
        shown, empty = (self.customer | silent).read(
            ["csat_year", "satisfaction_index", "survey_response_rate"]
        )
        self.assertEqual((shown["csat_year"], shown["survey_response_rate"]), (0, 100))
        self.assertIsNot(shown["csat_year"], False)
        for figures in (shown["satisfaction_index"], *list(empty.values())[1:]):
            self.assertIs(figures, False)
        exported = (self.customer | silent).export_data(["csat_year"])["datas"]
        self.assertEqual(exported, [[0], [""]])

    def test_unknown_is_less_than_nothing_and_leaves_averages_alone(self):
        silent = self._customer("Silent", self.sales)
        self._answer(csat=5)
        customers = self.customer | silent
        within = [("id", "in", customers.ids)]

        def found(*leaf):
            by_query = customers.search([*within, leaf])
            self.assertEqual(customers.filtered_domain([leaf]), by_query)
            return by_query

        self.assertFalse(found("csat_year", "<", 50))
        self.assertFalse(found("csat_year", "=", 0))
        self.assertEqual(found("csat_year", "=", False), silent)
        self.assertEqual(found("csat_year", ">=", 0), self.customer)
        [(average,)] = customers._read_group(within, [], ["csat_year:avg"])
        self.assertEqual(average, 100)

    def test_the_account_has_one_vote_and_the_last_answer_is_the_last(self):
        with freeze_time("2026-03-01"):
            self._answer(nps=10)
        with freeze_time("2026-03-02"):
            self._answer(nps=6)
        self.assertEqual(self.customer.nps_band, "low")
        self.assertEqual(self.customer.nps_band_year, "middle")

    def test_the_trend_compares_two_years_of_the_same_metric(self):
        with freeze_time("2025-02-01"):
            self._answer(nps=9)
        with freeze_time("2026-03-02"):
            self._answer(nps=5)
            self.assertEqual(self.customer.satisfaction_trend, "down")

    def test_old_answers_leave_the_yearly_figures(self):
        with freeze_time("2025-02-01"):
            self._answer(nps=9)
        self.env["crm.customer"].refresh(
            self.company, self.customer.partner_id, date(2026, 3, 2)
        )
        self.assertEqual(self.customer.nps_band, "high")
        self.assertFalse(self.customer.nps_band_year)
        self.assertEqual(self.customer.satisfaction_count, 0)

    def test_unanswered_invitations_lower_the_response_rate(self):
        self._invite()
        self._invite(state="bounced")
        self._answer()
        self.assertEqual(self.customer.survey_response_rate, 50)

    def test_anonymous_and_unverified_answers_never_show(self):
        self._answer(program=self._program(is_anonymous=True))
        self.program._submit_open_answer(self._fill(), "en_US")
        self.customer._refresh_satisfaction_now()
        self.assertFalse(self.customer.nps_band)
        self.assertEqual(self.customer.satisfaction_count, 0)

    def test_stages_may_use_the_figures_in_their_domain(self):
        self._answer(nps=2)
        found = self.env["crm.customer"].search([("nps_band_year", "=", "low")])
        self.assertIn(self.customer, found)


@tagged("post_install", "-at_install")
class TestFollowUp(AnswersCommon):
    """A low score finds somebody who acts on it."""

    def _activities(self):
        kind = self.env.ref("crm_survey.mail_activity_data_follow_up")
        return self.customer.activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )

    def test_a_low_score_calls_the_account_manager_within_working_days(self):
        with freeze_time("2026-03-05"):  # a Thursday
            self._answer(nps=3, comment="<b>Late</b> again")
        activity = self._activities()
        self.assertEqual(activity.user_id, self.sales)
        self.assertEqual(activity.date_deadline, date(2026, 3, 9))
        self.assertIn("3", activity.summary)
        self.assertIn("&lt;b&gt;Late&lt;/b&gt; again", activity.note)

    def test_one_answer_makes_one_activity_however_often_it_is_corrected(self):
        answer = self._invite()
        secret = answer._crm_submit(self._fill(nps=3, csat=1)).secret
        answer._crm_submit(self._fill(nps=1, csat=1), secret)
        self.assertEqual(len(self._activities()), 1)

    def test_a_good_score_calls_nobody(self):
        self._answer(nps=9, csat=5)
        self.assertFalse(self._activities())

    def test_the_programme_decides_what_is_low(self):
        self.program.follow_up_band = "middle"
        self._answer(nps=8, csat=5)
        self.assertEqual(len(self._activities()), 1)
        self.program.follow_up_band = "none"
        self._answer(nps=0, csat=1)
        self.assertEqual(len(self._activities()), 1)

    def test_the_person_of_the_programme_steps_in(self):
        self.customer.sudo().account_manager_id = False
        self.program.follow_up_user_id = self.manager
        self._answer(nps=0)
        self.assertEqual(self._activities().user_id, self.manager)

    def test_an_anonymous_low_score_calls_nobody(self):
        self._answer(nps=0, program=self._program(is_anonymous=True))
        self.assertFalse(self._activities())
