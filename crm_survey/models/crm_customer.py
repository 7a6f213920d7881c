from odoo import fields, models


class CrmCustomer(models.Model):
    """A customer shows what it was asked and lets people ask at once."""

    _inherit = "crm.customer"

    survey_invitation_ids = fields.One2many(
        "crm.survey.invitation",
        "customer_id",
        string="Survey Invitations",
        groups="crm_survey.group_user",
    )

    def action_open_survey_invitations(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_survey.crm_survey_invitation_action"
            ),
            "domain": [("customer_id", "=", self.id)],
        }
