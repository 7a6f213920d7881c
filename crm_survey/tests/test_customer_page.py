import re
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_survey.controllers import rate_limit

from .answers_common import AnswersCommon


class PageCase(AnswersCommon, HttpCase):
    """A browser in front of the public pages."""

    def _url(self, answer):
        return f"/customer-survey/{answer.access_token}"

    def _csrf(self, page):
        return re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)

    def _browser(self):
        """Forget the session: what follows comes from another browser."""
        self.opener.cookies.clear()
        self.authenticate(None, None)

    def _post(self, url, form, headers=None):
        """Read the page as a browser does, then submit its form."""
        form = {**form, "csrf_token": self._csrf(self.url_open(url))}
        return self.url_open(url, data=form, headers=headers, allow_redirects=True)

    def _scores(self):
        return self.env["crm.survey.score"].search(
            [("program_id", "=", self.program.id)]
        )

    def _count(self):
        """Return how many rows everything a visit could write has."""
        return {
            name: self.env[name].sudo().search_count([])
            for name in (
                "survey.user_input",
                "survey.user_input.line",
                "crm.survey.score",
                "crm.survey.refusal",
                "crm.survey.invitation",
                "mail.activity",
            )
        }

    def _state(self, answer):
        answer.invalidate_recordset()
        return (
            answer.state,
            answer.start_datetime,
            answer.write_date,
            answer.crm_invitation_id.state,
            answer.crm_invitation_id.write_date,
        )


@tagged("post_install", "-at_install")
class TestMailScanner(PageCase):
    """A scanner may open every link and replay the form: one true answer remains."""

    def test_head_get_and_replay_leave_one_true_answer(self):
        answer = self._invite()
        url = self._url(answer)
        survey = answer.survey_id
        before, counted = self._state(answer), self._count()
        links = [url, f"{url}?lang=en_US", f"{url}/seen", survey.get_start_url()]
        links += [f"{url}?score={score}" for score in range(11)]
        links += [
            answer.get_start_url(),
            f"/survey/{survey.access_token}/{answer.access_token}",
            f"/survey/retry/{survey.access_token}/{answer.access_token}",
            f"/survey/print/{survey.access_token}?answer_token={answer.access_token}",
            f"/survey/start/{survey.access_token}?email=eve@evil.example",
        ]
        for link in links:
            for method in ("HEAD", "GET"):
                response = self.url_open(link, method=method)
                self.assertLess(response.status_code, 500, link)
        self.assertEqual(self._state(answer), before)
        self.assertEqual(self._count(), counted)
        # the customer answers
        self._browser()
        self.assertEqual(self._post(url, self._fill(nps=9)).status_code, 200)
        self.assertEqual(self._scores().sorted("metric").mapped("value"), [5, 9])
        # the scanner replays the form 30 seconds later, from its own session
        self._browser()
        csrf = self._csrf_of_another_page()
        form = {**self._fill(nps=0, csat=1), "csrf_token": csrf}
        self.assertEqual(self.url_open(url, data=form).status_code, 409)
        self.assertEqual(self._scores().sorted("metric").mapped("value"), [5, 9])
        self.assertEqual(
            self.env["crm.survey.refusal"].search_count(
                [("program_id", "=", self.program.id)]
            ),
            1,
        )

    def _csrf_of_another_page(self):
        return self._csrf(self.url_open(self._url(self._invite())))

    @mute_logger("odoo.http")
    def test_a_post_without_the_form_of_the_session_is_refused(self):
        answer = self._invite()
        response = self.url_open(self._url(answer), data=self._fill())
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._scores())


@tagged("post_install", "-at_install")
class TestCustomerPage(PageCase):
    """The page believes nothing and never breaks."""

    def test_the_score_of_the_link_only_preselects(self):
        answer = self._invite()
        page = self.url_open(f"{self._url(answer)}?score=7")
        self.assertRegex(page.text, r'value="7"[^>]*checked')
        self.assertFalse(self._scores())
        for wrong in ("99", "-1", "9.5", "abc", "true", "", "7' OR 1=1"):
            page = self.url_open(self._url(answer) + "?score=" + wrong)
            self.assertEqual(page.status_code, 200)
            self.assertNotIn("checked", page.text)

    def test_every_wrong_value_gives_a_field_error_and_never_a_500(self):
        answer = self._invite()
        url = self._url(answer)
        right = self._fill()
        cases = [
            {f"q{self.nps.id}": [value]}
            for value in ("99", "-1", "9.5", "abc", "true", "", " ", "1e1", "9\x00")
        ]
        cases += [
            {f"q{self.nps.id}": ["9", "8"]},
            {f"q{self.csat.id}": ["0"]},
            {f"q{self.csat.id}": ["6"]},
            {f"q{self.comment.id}": ["x" * 10_001]},
        ]
        for case in cases:
            response = self._post(url, {**right, **case})
            self.assertEqual(response.status_code, 422, case)
            self.assertIn('class="message"', response.text, case)
        self.assertFalse(self._scores())
        self._post(url, right)
        self.assertEqual(len(self._scores()), 2)

    def test_a_foreign_choice_gives_a_field_error(self):
        choice, other = self.env["survey.question"].create(
            [
                {
                    "survey_id": survey.id,
                    "title": "Which?",
                    "question_type": "simple_choice",
                    "suggested_answer_ids": [(0, 0, {"value": "A"})],
                }
                for survey in (self.survey, self._survey("Other"))
            ]
        )
        url = self._url(self._invite())
        for value in (other.suggested_answer_ids.id, "abc", 0, "-5"):
            response = self._post(url, {**self._fill(), f"q{choice.id}": [str(value)]})
            self.assertEqual(response.status_code, 422, value)
        self.assertFalse(self._scores())

    def test_skipping_a_page_does_not_skip_its_questions(self):
        self.survey.questions_layout = "page_per_question"
        url = self._url(self._invite())
        response = self._post(url, {f"q{self.comment.id}": "only the last page"})
        self.assertEqual(response.status_code, 422)
        self.assertEqual(response.text.count('class="message"'), 2)

    def test_what_was_typed_stays_in_the_form(self):
        response = self._post(
            self._url(self._invite()), self._fill(nps=99, comment="<script>x</script>")
        )
        self.assertIn("&lt;script&gt;x&lt;/script&gt;", response.text)

    def test_closed_links_look_alike(self):
        expired, revoked = self._invite(), self._invite()
        expired.deadline = fields.Datetime.now() - timedelta(days=1)
        revoked.crm_invitation_id.state = "expired"
        pages = []
        for token in (expired.access_token, revoked.access_token, "0" * 36, "x"):
            page = self.url_open(f"/customer-survey/{token}?lang=en_US")
            csrf = self._csrf(self.url_open(self._url(self._invite())))
            posted = self.url_open(
                f"/customer-survey/{token}?lang=en_US",
                data={**self._fill(), "csrf_token": csrf},
            )
            pages.append((page.status_code, page.text, posted.status_code))
        self.assertEqual(len(set(pages)), 1)
        self.assertEqual(pages[0][0], 404)

    def test_the_same_session_corrects_and_another_may_not(self):
        answer = self._invite()
        url = self._url(answer)
        page = self._post(url, self._fill(nps=9))
        self.assertIn("?change=1", page.text)
        form = self.url_open(f"{url}?change=1")
        self.assertRegex(form.text, r'value="9"[^>]*checked')
        response = self.url_open(
            url, data={**self._fill(nps=6), "csrf_token": self._csrf(form)}
        )
        self.assertEqual(response.status_code, 200)
        nps = self._scores().filtered(lambda score: score.metric == "nps")
        self.assertEqual(nps.value, 6)
        self._browser()
        self.assertNotIn("?change=1", self.url_open(f"{url}?change=1").text)

    def test_an_employee_sees_the_page_and_cannot_answer(self):
        answer = self._invite()
        self.authenticate("svw_sales", "svw_sales")
        response = self._post(self._url(answer), self._fill())
        self.assertEqual(response.status_code, 403)
        self.assertFalse(self._scores())
        self.assertEqual(
            self.env["crm.survey.refusal"]
            .search([("program_id", "=", self.program.id)])
            .reason,
            "staff",
        )

    def test_consent_is_demanded_by_the_server(self):
        self.program.write({"legal_basis": "consent", "consent_text": "I agree."})
        url = self._url(self._invite())
        self.assertEqual(self._post(url, self._fill()).status_code, 422)
        response = self._post(url, {**self._fill(), "consent": "1"})
        self.assertEqual(response.status_code, 200)
        self.assertEqual(len(self._scores()), 2)

    def test_the_page_speaks_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.contact.lang = "fr_FR"
        self.survey.with_context(lang="fr_FR").title = "Comment était-ce ?"
        page = self.url_open(self._url(self._invite()))
        self.assertIn('lang="fr-FR"', page.text)
        self.assertIn("Comment était-ce ?", page.text)
        page = self.url_open(self._url(self._invite()) + "?lang=en_US")
        self.assertIn("How did we do?", page.text)

    def test_the_address_is_told_to_nobody(self):
        page = self.url_open(self._url(self._invite()))
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertNotRegex(
            page.text, r'(src|href)="https?://(?!127\.0\.0\.1|localhost)'
        )

    def test_too_many_requests_are_slowed_down(self):
        self.env["ir.config_parameter"].set_param(
            "crm_survey.page_reads_per_minute", "3"
        )
        url = self._url(self._invite())
        codes = [self.url_open(url).status_code for _visit in range(8)]
        self.assertIn(429, codes)
        self.assertEqual(codes[:3], [200, 200, 200])

    def test_beginning_to_answer_is_noted_by_a_post_only(self):
        answer = self._invite()
        url = self._url(answer)
        csrf = self._csrf(self.url_open(url))
        self.assertEqual(answer.crm_invitation_id.state, "sent")
        self.url_open(f"{url}/seen", data={"step": "started", "csrf_token": csrf})
        answer.crm_invitation_id.invalidate_recordset()
        self.assertEqual(answer.crm_invitation_id.state, "started")

    def test_all_kinds_of_questions_are_shown_and_saved(self):
        kinds = ("char_box", "text_box", "numerical_box", "date", "datetime")
        questions = {
            kind: self.env["survey.question"].create(
                {"survey_id": self.survey.id, "title": kind, "question_type": kind}
            )
            for kind in kinds
        }
        choice, matrix = self.env["survey.question"].create(
            [
                {
                    "survey_id": self.survey.id,
                    "title": "Pick",
                    "question_type": "multiple_choice",
                    "comments_allowed": True,
                    "suggested_answer_ids": [
                        (0, 0, {"value": "A"}),
                        (0, 0, {"value": "B"}),
                    ],
                },
                {
                    "survey_id": self.survey.id,
                    "title": "Grid",
                    "question_type": "matrix",
                    "suggested_answer_ids": [(0, 0, {"value": "Good"})],
                    "matrix_row_ids": [(0, 0, {"value": "Speed"})],
                },
            ]
        )
        row, column = matrix.matrix_row_ids, matrix.suggested_answer_ids
        values = {
            "char_box": "Ada",
            "text_box": "Two\nlines",
            "numerical_box": "3.5",
            "date": "2026-03-04",
            "datetime": "2026-03-04T10:30",
        }
        form = {
            **self._fill(),
            **{f"q{questions[kind].id}": [value] for kind, value in values.items()},
            f"q{choice.id}": [str(i) for i in choice.suggested_answer_ids.ids],
            f"c{choice.id}": ["and more"],
            f"q{matrix.id}_{row.id}": [str(column.id)],
        }
        answer = self._invite()
        url = self._url(answer)
        self.assertEqual(self._post(url, form).status_code, 200)
        lines = answer.user_input_line_ids
        self.assertEqual(len(lines.filtered(lambda line: not line.skipped)), 11)
        again = self.url_open(f"{url}?change=1").text
        for text in ("2026-03-04T10:30", "and more", "Two\nlines", "3.5"):
            self.assertIn(text, again)


@tagged("post_install", "-at_install")
class TestOpenLink(PageCase):
    """Whoever has the link or the QR code may answer; nobody is named."""

    def _open(self):
        self.program.write({"is_link_open": True})
        return f"/customer-survey/open/{self.program.sudo().link_token}"

    def test_an_answer_counts_as_unverified_and_a_double_click_once(self):
        url = self._open()
        page = self.url_open(url)
        nonce = re.search(r'name="nonce" value="([^"]+)"', page.text).group(1)
        form = {**self._fill(), "csrf_token": self._csrf(page), "nonce": nonce}
        for _click in range(2):
            self.assertEqual(self.url_open(url, data=form).status_code, 200)
        self.assertEqual(len(self._scores()), 2)
        self.assertFalse(any(self._scores().mapped("is_verified")))

    def test_reading_the_page_writes_nothing(self):
        url = self._open()
        before = self._count()
        for _visit in range(3):
            self.url_open(url)
        self.assertEqual(self._count(), before)

    def test_a_closed_link_is_closed(self):
        url = self._open()
        self.program.is_link_open = False
        self.assertEqual(self.url_open(url).status_code, 404)


@tagged("post_install", "-at_install")
class TestOptOutPage(PageCase):
    """One click stops the surveys, reading the page does not."""

    def _page(self):
        invitation = self._invite().crm_invitation_id
        signature = invitation._opt_out_signature()
        return invitation, f"/customer-survey/opt-out/{invitation.id}/{signature}"

    def test_reading_changes_nothing_and_posting_opts_out(self):
        invitation, url = self._page()
        self.assertEqual(self.url_open(url).status_code, 200)
        self.assertFalse(invitation._is_opted_out())
        self.assertEqual(self.url_open(url, data={"choice": "out"}).status_code, 200)
        self.assertTrue(invitation._is_opted_out())
        self.url_open(url, data={"choice": "in"})
        self.assertFalse(invitation._is_opted_out())

    def test_the_button_of_mail_programs_needs_no_session(self):
        invitation, url = self._page()
        response = self.url_open(url, data={"List-Unsubscribe": "One-Click"})
        self.assertEqual(response.status_code, 200)
        self.assertTrue(invitation._is_opted_out())

    def test_a_wrong_signature_stops_nothing(self):
        invitation, url = self._page()
        for wrong in (url[:-1] + "x", "/customer-survey/opt-out/99999999999/abc"):
            self.assertEqual(
                self.url_open(wrong, data={"choice": "out"}).status_code, 404
            )
        self.assertFalse(invitation._is_opted_out())


@tagged("post_install", "-at_install")
class TestRateLimit(AnswersCommon):
    def test_an_address_waits_for_the_next_minute(self):
        now = [30.0]
        limit = rate_limit.RateLimit(clock=lambda: now[0])
        self.assertEqual([limit.wait("10.0.0.1", 2) for _ in range(3)], [0, 0, 31])
        self.assertEqual(limit.wait("10.0.0.2", 2), 0)
        now[0] = 61.0
        self.assertEqual(limit.wait("10.0.0.1", 2), 0)

    def test_one_network_of_ipv6_is_one_visitor(self):
        limit = rate_limit.RateLimit(clock=lambda: 0.0)
        limit.wait("2001:db8::1", 1)
        self.assertTrue(limit.wait("2001:db8::2", 1))

    def test_memory_stays_bounded(self):
        limit = rate_limit.RateLimit(capacity=3, clock=lambda: 0.0)
        for number in range(50):
            limit.wait(f"10.0.0.{number}", 1)
        self.assertLessEqual(len(limit._hits), 3)
