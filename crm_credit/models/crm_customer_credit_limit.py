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
