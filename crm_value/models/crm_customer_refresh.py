from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..refresh_scope import RefreshScope


class CrmCustomer(models.Model):
    _inherit = "crm.customer"

    @api.model
    def refresh(self, companies=None, partners=None, as_of=None):
        """Recompute the measures of customers.

        :param companies: companies to refresh, all of the user's when empty
        :param partners: customers to refresh, every customer when empty
        :param as_of: last day that counts, today when empty
        :raises AccessError: if the user is no value administrator
        """
        if not self.env.su and not self.env.user.has_group("crm_value.group_manager"):
            raise AccessError(
                self.env._("Only value administrators can refresh the measures.")
            )
        companies = self._records("res.company", companies) or self.env.companies
        partners = self._records("res.partner", partners)
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        # sudo: measures come from documents the administrator may not read
        for company in companies:
            self.sudo().with_company(company)._refresh_company(company, partners, as_of)
        return True

    @api.model
    def _records(self, model, value):
        """Return ``value`` as records of ``model``; ids come in through RPC."""
        if not value:
            return self.env[model]
        if isinstance(value, models.BaseModel):
            return value
        return self.env[model].browse([value] if isinstance(value, int) else value)

    def _refresh_company(self, company, partners, as_of):
        scope = RefreshScope(
            company=company,
            policy=self.env["crm.value.policy"]._for_company(company),
            as_of=as_of,
            partner_ids=tuple(partners.commercial_partner_id.ids) or None,
        )
        self.env.flush_all()
        for step in self._refresh_steps():
            step(scope)
        self.invalidate_model()

    @api.model
    def _refresh_steps(self):
        """Return the functions that fill the rows, in order; each takes a scope.

        Extend the list, never replace it. A step is set-based: it writes the
        rows of every customer of the scope with a fixed number of statements.
        """
        return []
