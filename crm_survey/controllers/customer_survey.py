import secrets

from odoo import http
from odoo.http import request

from .common import PublicPage

#: answers one browser session may still correct, and forms it has sent
REMEMBERED = 20


class CustomerSurvey(PublicPage, http.Controller):
    """The pages a customer answers on.

    Reading a page writes nothing, whoever reads it: the score in a link only
    preselects. A submission needs the form of the same session.
    """

    # -------------------------------------------------------------------------
    # Personal links
    # -------------------------------------------------------------------------

    @http.route(
        "/customer-survey/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def show(self, token, score=None, **_params):
        if busy := self._limited():
            return busy
        answer = self._answer(token)
        if not answer:
            return self._closed()
        if answer.state == "done" and "change" not in request.httprequest.args:
            return self._thanks(answer)
        if answer.state == "done" and not answer._crm_may_correct(self._secret(answer)):
            return self._thanks(answer)
        return self._show_form(answer, answer._crm_prefill(score))

    @http.route(
        "/customer-survey/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def submit(self, token, **_params):
        if busy := self._limited(is_write=True):
            return busy
        answer = self._answer(token)
        if not answer:
            return self._closed()
        if self._is_staff(answer):
            answer._crm_refuse("staff")
            return self._page(
                "crm_survey.customer_survey_staff",
                {"company": answer.crm_program_id.company_id},
                403,
            )
        form = self._form()
        outcome = answer._crm_submit(form, self._secret(answer))
        if outcome.status == "refused":
            return self._thanks(answer, 409)
        if not outcome.is_saved:
            return self._show_form(answer, form, outcome.errors, 422)
        self._remember(answer, outcome.secret)
        return request.redirect(
            f"/customer-survey/{token}?lang={request.env.lang}", code=303, local=True
        )

    @http.route(
        "/customer-survey/<string:token>/seen",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def seen(self, token, step=None, **_params):
        """Note that a browser showed the page, or that somebody began to answer."""
        if busy := self._limited(is_write=True):
            return busy
        answer = self._answer(token)
        if answer and not self._is_staff(answer):
            if step == "started":
                answer.crm_invitation_id._mark_started()
            elif step == "opened":
                answer.crm_invitation_id._mark_opened()
        return request.make_response("", status=204)

    # -------------------------------------------------------------------------
    # Open links and QR codes
    # -------------------------------------------------------------------------

    @http.route(
        "/customer-survey/open/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def show_open(self, token, sent=None, **_params):
        if busy := self._limited():
            return busy
        program = self._program(token)
        if not program:
            return self._closed()
        if sent:
            return self._thanks_open(program, token)
        return self._show_open_form(program, token, {})

    @http.route(
        "/customer-survey/open/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def submit_open(self, token, **_params):
        if busy := self._limited(is_write=True):
            return busy
        program = self._program(token)
        if not program:
            return self._closed()
        form = self._form()
        nonce = (form.get("nonce") or [""])[0]
        done = request.session.get("crm_survey_forms") or []
        if nonce not in done:
            outcome = program._submit_open_answer(form, request.env.lang)
            if not outcome.is_saved:
                return self._show_open_form(program, token, form, outcome.errors, 422)
            request.session["crm_survey_forms"] = [*done, nonce][-REMEMBERED:]
        return request.redirect(
            f"/customer-survey/open/{token}?sent=1&lang={request.env.lang}",
            code=303,
            local=True,
        )

    # -------------------------------------------------------------------------
    # Helpers
    # -------------------------------------------------------------------------

    def _answer(self, token):
        """Return the answer of a link, in the language of its person."""
        answer = request.env["survey.user_input"]._crm_find(token)
        if answer:
            lang = self._speak(answer.lang_id.code, answer._crm_lang())
            return answer.with_context(lang=lang)
        self._speak()
        return answer

    def _program(self, token):
        program = request.env["crm.survey.program"]._find_by_link(token)
        return program.with_context(lang=self._speak())

    def _is_staff(self, answer):
        """Tell whether an employee holds the link of somebody else."""
        user = request.env.user
        person = answer.crm_invitation_id.partner_id
        return user._is_internal() and user.partner_id != person

    def _secret(self, answer):
        return (request.session.get("crm_survey") or {}).get(str(answer.id))

    def _remember(self, answer, secret):
        """Let this session correct the answer for a while."""
        kept = dict(request.session.get("crm_survey") or {})
        kept[str(answer.id)] = secret
        request.session["crm_survey"] = dict(list(kept.items())[-REMEMBERED:])

    def _thanks(self, answer, status=200):
        return self._page(
            "crm_survey.customer_survey_thanks",
            {
                "company": answer.crm_program_id.company_id,
                "survey": answer.survey_id,
                "is_refused": status == 409,
                "change_url": answer._crm_may_correct(self._secret(answer))
                and f"/customer-survey/{answer.access_token}?change=1",
                "switch": True,
            },
            status,
        )

    def _show_form(self, answer, form, errors=None, status=200):
        return self._page(
            "crm_survey.customer_survey_form",
            {
                **self._form_values(answer.crm_program_id, form, errors),
                "action": f"/customer-survey/{answer.access_token}",
                "is_correction": answer.state == "done",
                "is_staff": self._is_staff(answer),
                "seen_url": answer.state != "done"
                and f"/customer-survey/{answer.access_token}/seen",
            },
            status,
        )

    def _show_open_form(self, program, token, form, errors=None, status=200):
        return self._page(
            "crm_survey.customer_survey_form",
            {
                **self._form_values(program, form, errors),
                "action": f"/customer-survey/open/{token}",
                "nonce": secrets.token_urlsafe(16),
            },
            status,
        )

    def _thanks_open(self, program, token):
        return self._page(
            "crm_survey.customer_survey_thanks",
            {
                "company": program.company_id,
                "survey": program.survey_id,
                "again_url": f"/customer-survey/open/{token}",
                "switch": True,
            },
        )

    def _form_values(self, program, form, errors):
        return {
            "company": program.company_id,
            "program": program,
            "survey": program.survey_id,
            "form": form,
            "errors": errors or {},
            "switch": True,
            "is_correction": False,
            "is_staff": False,
            "seen_url": False,
            "nonce": False,
        }
