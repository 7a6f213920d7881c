from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmCustomer(models.Model):
    """One customer of one company: a commercial partner with its measures.

    Rows and measures are written by the refresh; people only change what
    ``_user_fields`` names.
    """

    _name = "crm.customer"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Customer"
    _rec_name = "partner_id"
    _order = "value_amount desc, id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", store=True, precompute=True
    )
    account_manager_id = fields.Many2one(
        "res.users", index="btree_not_null", readonly=True
    )
    tier_id = fields.Many2one(
        "crm.value.tier",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        group_expand="_group_expand_tier_id",
    )
    tier_color = fields.Integer(related="tier_id.color")
    event_count = fields.Integer(compute="_compute_event_count")

    _partner_company_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id)",
        "This customer already has a row in this company.",
    )

    def _compute_event_count(self):
        counts = dict(
            self.env["crm.customer.event"]._read_group(
                [("customer_id", "in", self.ids)], ["customer_id"], ["__count"]
            )
        )
        for customer in self:
            customer.event_count = counts.get(customer, 0)

    @api.model
    def _user_fields(self):
        """Return the names of the stored fields people may change by hand."""
        return {
            name
            for mixin in ("mail.thread", "mail.activity.mixin")
            for name in self.env[mixin]._fields
        }

    def write(self, vals):
        if not self.env.su and (guarded := set(vals) - self._user_fields()):
            raise AccessError(
                self.env._(
                    "Measures of a customer are computed, not typed in: %(fields)s.",
                    fields=", ".join(
                        sorted(self._fields[name].string for name in guarded)
                    ),
                )
            )
        return super().write(vals)

    @api.model
    def _for_partner(self, partners, company=None):
        """Return the customer rows of ``partners`` in ``company``, made if missing.

        Contacts stand for their commercial partner; the result has one row per
        commercial partner.
        """
        company = company or self.env.company
        commercial = partners.commercial_partner_id
        domain = [
            ("partner_id", "in", commercial.ids),
            ("company_id", "=", company.id),
        ]
        # sudo: rows are made by the system for whoever needs one
        found = self.sudo().search(domain)
        missing = commercial - found.partner_id
        if missing:
            found |= self.sudo().create(
                [{"partner_id": p.id, "company_id": company.id} for p in missing]
            )
        return found.sudo(self.env.su)

    @api.model
    def _group_expand_tier_id(self, tiers, domain):
        return tiers.search([("policy_id.active", "=", True)])

    @api.model
    def action_refresh_all(self):
        """Measure every customer of the companies in sight again, now."""
        self.refresh(companies=self.env.companies)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The customers have been measured again."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_partner(self):
        """Open the contact this customer is."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }

    def action_open_invoices(self):
        """Open the posted customer invoices and refunds behind the measures."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        action["domain"] = [
            ("commercial_partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("state", "=", "posted"),
        ]
        action["context"] = {"create": False}
        return action

    def action_open_events(self):
        """Open the history of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_value.crm_customer_event_action"
        )
        action["domain"] = [("customer_id", "=", self.id)]
        return action
