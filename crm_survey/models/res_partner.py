from odoo import api, fields, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """A contact may want no survey mail; the mark follows the e-mail address."""

    _inherit = "res.partner"

    is_survey_opted_out = fields.Boolean(
        string="No Survey Mails",
        compute="_compute_is_survey_opted_out",
        inverse="_inverse_is_survey_opted_out",
        groups="crm_survey.group_user",
        help="The owner of this e-mail address receives no survey any more. Other "
        "mails, such as invoices, are not concerned.",
    )

    @api.depends("email_normalized")
    def _compute_is_survey_opted_out(self):
        emails = set(self.mapped("email_normalized")) - {False}
        opted_out = self.env["crm.survey.optout"]._opted_out(emails)
        for partner in self:
            partner.is_survey_opted_out = partner.email_normalized in opted_out

    def _inverse_is_survey_opted_out(self):
        if not self.env.user.has_group("crm_survey.group_user"):
            raise AccessError(
                self.env._("Only users of customer satisfaction may change opt-outs.")
            )
        Optout = self.env["crm.survey.optout"]
        for partner in self.filtered("email_normalized"):
            if partner.is_survey_opted_out:
                Optout._add([partner.email_normalized], "staff")
            else:
                Optout._remove([partner.email_normalized])
