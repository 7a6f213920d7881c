from odoo import api, models


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    @api.model
    def _credit_limit_changed(self, partners, company):
        """Called after any limit of ``partners`` changed, up or down. Extend it.

        :param partners: the customers whose own terms changed; those who share a
            group with them are concerned too
        :param company: the root company of the legal entity
        """

    def _credit_reviewer(self):
        """Return who looks at the limit of this customer again."""
        self.ensure_one()
        policy = self.env["crm.credit.policy"]._for_company(self.company_id)
        return policy._credit_team()[:1] or self.env.user
