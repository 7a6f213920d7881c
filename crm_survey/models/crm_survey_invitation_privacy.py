from odoo import models


class CrmSurveyInvitation(models.Model):
    """An erased person leaves an invitation without a name behind."""

    _inherit = "crm.survey.invitation"

    def _crm_anonymise(self):
        """Forget who was invited; the funnel keeps its counts."""
        if not self:
            return
        invitations = self.sudo()
        invitations.message_ids.unlink()
        invitations.write(
            {
                "partner_id": False,
                "commercial_partner_id": False,
                "customer_id": False,
                "email_normalized": False,
                "occasion": False,
                "res_model": False,
                "res_id": False,
            }
        )
