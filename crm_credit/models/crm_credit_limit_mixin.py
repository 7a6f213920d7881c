from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCreditLimitMixin(models.AbstractModel):
    """What changes how much credit customers of one legal entity get.

    Guards every path: creating, changing and deleting need authority for the
    amount, are told to the customer's history and announced.
    """

    _name = "crm.credit.limit.mixin"
    _description = "Part of a Credit Limit"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        ondelete="cascade",
        help="A company with branches has one limit for all of them.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    @api.constrains("company_id")
    def _check_company_id(self):
        for record in self:
            if record.company_id.parent_id:
                raise ValidationError(
                    self.env._(
                        "Credit is kept for %(root)s as a whole, not for its branch "
                        "%(branch)s.",
                        root=record.company_id.root_id.name,
                        branch=record.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_credit_grant()
        records._announce_credit(records._credit_new_values(), {})
        return records

    def write(self, vals):
        before = self._credit_new_values()
        customers = self._credit_customers_by_company()
        done = super().write(vals)
        after = self._credit_new_values()
        changed = self.filtered(lambda r: before.get(r.id) != after.get(r.id))
        if changed:
            changed._check_credit_grant()
            changed._announce_credit(after, before, customers)
        return done

    def unlink(self):
        self._check_credit_grant()
        customers = self._credit_customers_by_company()
        self._log_credit({}, self._credit_new_values())
        done = super().unlink()
        for company, partners in customers.items():
            self.env["crm.customer"]._credit_limit_changed(partners, company)
        return done

    @api.model
    def _credit_commercial_vals(self, vals_list):
        """Return the values with each contact replaced by its commercial entity."""
        Partner = self.env["res.partner"]
        partners = Partner.browse([vals.get("partner_id") for vals in vals_list])
        return [
            {**vals, "partner_id": partner.commercial_partner_id.id}
            for vals, partner in zip(vals_list, partners, strict=True)
        ]

    # what each kind answers

    def _credit_grant_amount(self):
        """Return the amount a user needs authority for, None when without bound."""
        raise NotImplementedError

    def _credit_partners(self):
        """Return the customers whose limit this changes."""
        raise NotImplementedError

    def _credit_new_values(self):
        """Return the sentence that tells what is granted, by record id."""
        raise NotImplementedError

    # what follows

    def _check_credit_grant(self):
        if self.env.su:
            return
        for company, records in self.grouped("company_id").items():
            self.env["crm.credit.authority"]._check_may_grant(
                company, [record._credit_grant_amount() for record in records]
            )

    def _credit_customers_by_company(self):
        return {
            company: records._credit_partners()
            for company, records in self.grouped("company_id").items()
        }

    def _announce_credit(self, after, before, former=None):
        """Append to the history and tell who watches the limits."""
        Customer = self.env["crm.customer"]
        former = former or {}
        for company, records in self.grouped("company_id").items():
            partners = records._credit_partners() | former.get(
                company, self.env["res.partner"]
            )
            Customer._credit_limit_changed(partners, company)
        self._log_credit(after, before)

    def _log_credit(self, after, before):
        Customer = self.env["crm.customer"]
        events = []
        for company, records in self.grouped("company_id").items():
            rows = Customer._for_partner(records._credit_partners(), company)
            row_by_partner = {row.partner_id: row for row in rows}
            events += [
                {
                    "customer_id": row_by_partner[partner].id,
                    "company_id": company.id,
                    "kind": "limit",
                    "old_value": before.get(record.id),
                    "new_value": after.get(record.id),
                    "reason": record._credit_event_reason(),
                    "user_id": self.env.user.id,
                }
                for record in records
                for partner in record._credit_partners().commercial_partner_id
            ]
        self.env["crm.customer.event"]._log(events)

    def _credit_event_reason(self):
        return self._description
