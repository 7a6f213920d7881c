from odoo import http
from odoo.http import request

from odoo.addons.survey.controllers.main import Survey


class SatisfactionSurvey(Survey):
    """Odoo's own survey pages stay shut for satisfaction surveys.

    They create answers when they are read, take an e-mail from the address, let
    the same person answer again and show the answers to whoever has the link.
    Satisfaction surveys are answered on ``/customer-survey`` only.
    """

    def _check_validity(
        self,
        survey_sudo,
        answer_sudo,
        answer_token,
        ensure_token=True,
        check_partner=True,
    ):
        # EXTENDS 'survey'
        if survey_sudo.survey_type == "satisfaction" and not answer_sudo.test_entry:
            return "survey_wrong"
        return super()._check_validity(
            survey_sudo, answer_sudo, answer_token, ensure_token, check_partner
        )

    @http.route()
    def survey_start(self, survey_token, answer_token=None, email=False, **post):
        # EXTENDS 'survey'
        if page := self._customer_page(answer_token, **post):
            return page
        return super().survey_start(survey_token, answer_token, email, **post)

    @http.route()
    def survey_display_page(self, survey_token, answer_token, **post):
        # EXTENDS 'survey'
        if page := self._customer_page(answer_token, **post):
            return page
        return super().survey_display_page(survey_token, answer_token, **post)

    def _customer_page(self, answer_token, score=None, **_post):
        """Send the holder of a link of ours to the page where it is answered."""
        answer = request.env["survey.user_input"]._crm_find(answer_token)
        if not answer:
            return None
        query = f"?score={int(score)}" if (score or "").isdecimal() else ""
        return request.redirect(
            f"/customer-survey/{answer.access_token}{query}", code=303, local=True
        )

    @http.route()
    def survey_retry(self, survey_token, answer_token, **post):
        # EXTENDS 'survey': trying a test again would leave the test mode
        _survey, answer = self._fetch_from_access_token(survey_token, answer_token)
        if answer.survey_id.survey_type == "satisfaction":
            return request.redirect("/")
        return super().survey_retry(survey_token, answer_token, **post)
