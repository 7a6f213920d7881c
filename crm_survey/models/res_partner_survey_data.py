import json

from odoo import fields, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """A person may see what we know, and be forgotten."""

    _inherit = "res.partner"

    def unlink(self):
        # EXTENDS 'base': the e-mail in an answer would outlive its contact
        self._crm_survey_answers()._crm_anonymise()
        # sudo: invitations of the person are erased whoever deletes the contact
        self.env["crm.survey.invitation"].sudo().search(
            [("partner_id", "in", self.ids)]
        )._crm_anonymise()
        return super().unlink()

    def _crm_survey_answers(self):
        """Return the answers of these persons to surveys of programmes."""
        if not self.ids:
            return self.env["survey.user_input"].sudo().browse()
        # sudo: answers are for nobody; the callers erase or export them
        return (
            self.env["survey.user_input"]
            .sudo()
            .search([("crm_program_id", "!=", False), ("partner_id", "in", self.ids)])
        )

    def action_export_survey_data(self):
        """Download everything the surveys know about these persons."""
        self.check_access("read")
        if not self.env.user.has_group("crm_survey.group_manager"):
            raise AccessError(
                self.env._("Only satisfaction administrators can export survey data.")
            )
        attachment = self.env["ir.attachment"].create(
            {
                "name": self.env._("survey-data.json"),
                "mimetype": "application/json",
                "raw": json.dumps(
                    [partner._crm_survey_data() for partner in self],
                    ensure_ascii=False,
                    indent=2,
                    default=str,
                ).encode(),
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    def _crm_survey_data(self):
        """Return the data of one person: invitations, answers, scores, consent."""
        self.ensure_one()
        # sudo: a person has a right to all of it, whoever may read it otherwise
        invitations = self.env["crm.survey.invitation"].sudo()
        invitations = invitations.search([("partner_id", "=", self.id)])
        answers = self._crm_survey_answers()
        return {
            "name": self.name,
            "email": self.email,
            "opted_out": bool(
                self.email_normalized
                and self.env["crm.survey.optout"]._opted_out([self.email_normalized])
            ),
            "invitations": [
                {
                    "programme": invitation.program_id.name,
                    "occasion": invitation.occasion,
                    "state": invitation.state,
                    "reason": invitation.skip_reason or None,
                    "sent": fields.Datetime.to_string(invitation.sent_at),
                }
                for invitation in invitations
            ],
            "answers": [answer._crm_export() for answer in answers],
        }
