from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..refresh_scope import RefreshScope


class CrmCustomer(models.Model):
    """Measuring customers: who may ask, for whom and as of when.

    All customers of a company are measured as of the same day. Asking for some
    customers on another day than the company's therefore measures everyone; asking
    with a day in the past shows the company as it stood then, from the documents up
    to that day, until the next nightly run brings it back to today.
    """

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
        if not self.env.su and companies - self.env.user.company_ids:
            raise AccessError(
                self.env._("You can refresh the measures of your own companies only.")
            )
        partners = self._records("res.partner", partners)
        as_of = fields.Date.to_date(as_of)
        # sudo: measures come from documents the administrator may not read
        for company in companies:
            customers = self.sudo().with_company(company)
            customers._refresh_company(
                company, partners.ids, as_of or customers._today(company)
            )
        return True

    @api.model
    def _records(self, model, value):
        """Return ``value`` as records of ``model``; ids come in through RPC."""
        if not value:
            return self.env[model]
        if isinstance(value, models.BaseModel):
            return value
        return self.env[model].browse([value] if isinstance(value, int) else value)

    @api.model
    def _today(self, company):
        """Return the date where the company is."""
        timezone = company.partner_id.tz or self.env.user.tz
        return fields.Date.context_today(self.with_context(tz=timezone))

    def _refresh_company(self, company, partner_ids, as_of, **execution):
        """Measure the customers of one company; without ``partner_ids``, everyone."""
        self.env.flush_all()
        summary = self.env["crm.value.summary"]._of(company)
        if partner_ids and summary.completed_on == as_of:
            partner_ids = self._with_commercial_ids(partner_ids)
        else:
            partner_ids = None
        scope = RefreshScope(
            company=company,
            policy=self.env["crm.value.policy"]._for_company(company),
            as_of=as_of,
            partner_ids=partner_ids,
            **execution,
        )
        for step in self._refresh_steps():
            step(scope)
        if partner_ids is None:
            scope.run(lambda: self._note_complete(scope))
        self.invalidate_model()

    @api.model
    def _note_complete(self, scope):
        """Note that everyone is measured; a refresh that was killed never gets here."""
        self.env["crm.value.summary"]._of(scope.company).write(
            {"completed_on": scope.as_of, "refreshed_at": fields.Datetime.now()}
        )

    @api.model
    def _refresh_merged(self, partners):
        """Measure ``partners`` again in each company that was measured before."""
        summaries = self.env["crm.value.summary"].search(
            [("completed_on", "!=", False)]
        )
        for summary in summaries:
            company = summary.company_id
            self.with_company(company)._refresh_company(
                company, partners.ids, summary.completed_on
            )

    @api.model
    def _with_commercial_ids(self, partner_ids):
        """Return the ids with those of the commercial partners behind them.

        A partner that is no commercial partner any more stays in: its row must
        lose what it no longer has.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT commercial_partner_id FROM res_partner WHERE id = ANY(%s)",
                list(partner_ids),
            )
        )
        return tuple({*partner_ids, *(row[0] for row in rows if row[0])})

    @api.model
    def _refresh_steps(self):
        """Return the functions that fill the rows, in order; each takes a scope.

        Extend the list, never replace it. A step is set-based: it writes the
        rows of every customer of the scope with a fixed number of statements,
        through ``scope.run``.
        """
        return [
            self._refresh_measures,
            self._refresh_classes,
            self._refresh_totals,
        ]

    @api.model
    def _refresh_totals(self, scope):
        """Keep the totals of all customers, and once all are written, their cuts."""
        summary = self.env["crm.value.summary"]
        if not scope.notes["kept_cuts"]:
            scope.run(lambda: summary._record_totals(scope))
        if scope.partner_ids is None:
            scope.run(lambda: self._keep_cuts(scope, scope.notes["cuts"]))
            scope.run(lambda: summary._record_concentration(scope))
