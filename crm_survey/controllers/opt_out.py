from odoo import http
from odoo.http import request

from .common import PublicPage


class OptOut(PublicPage, http.Controller):
    """Stop survey mails: the page behind the link, and the button of mail programs.

    The signature in the address is the credential, so the posts need no session:
    mail programs post without one (RFC 8058). Reading the page changes nothing.
    """

    @http.route(
        "/customer-survey/opt-out/<int:invitation_id>/<string:signature>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def show(self, invitation_id, signature, **_params):
        if busy := self._limited():
            return busy
        invitation = self._invitation(invitation_id, signature)
        if not invitation:
            return self._closed()
        return self._answer(invitation, "ask")

    @http.route(
        "/customer-survey/opt-out/<int:invitation_id>/<string:signature>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        sitemap=False,
    )
    def submit(self, invitation_id, signature, **params):
        if busy := self._limited(is_write=True):
            return busy
        invitation = self._invitation(invitation_id, signature)
        if not invitation:
            return self._closed()
        if params.get("List-Unsubscribe") == "One-Click":
            invitation._opt_out("one_click")
        elif params.get("choice") == "out":
            invitation._opt_out("link")
        elif params.get("choice") == "in":
            invitation._opt_in()
            return self._answer(invitation, "in")
        else:
            return self._answer(invitation, "ask", 400)
        return self._answer(invitation, "out")

    def _invitation(self, invitation_id, signature):
        """Return the invitation of a signed link, empty if the link is no good."""
        if invitation_id >= 2**31:
            return None
        # sudo: whoever holds the signed link may stop the mails to this address
        Invitation = request.env["crm.survey.invitation"].sudo()
        invitation = Invitation.browse(invitation_id).exists()
        if not invitation or not invitation._is_opt_out_signature(signature):
            self._speak()
            return None
        lang = self._speak(
            invitation.user_input_id.lang_id.code, invitation.partner_id.lang
        )
        return invitation.with_context(lang=lang)

    def _answer(self, invitation, step, status=200):
        return self._page(
            "crm_survey.customer_survey_opt_out",
            {"company": invitation.company_id, "step": step, "switch": True},
            status,
        )
