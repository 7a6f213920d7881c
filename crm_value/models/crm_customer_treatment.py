from odoo import api, fields, models
from odoo.tools import SQL

from ..refresh_scope import RefreshScope

# policy switch, field of the tier, field of the partner, what we wrote last
TREATMENTS = (
    (
        "writes_pricelist",
        "pricelist_id",
        "specific_property_product_pricelist",
        "set_pricelist_id",
    ),
    (
        "writes_payment_term",
        "payment_term_id",
        "property_payment_term_id",
        "set_payment_term_id",
    ),
)


class CrmCustomer(models.Model):
    """Price list and payment term that follow the tier."""

    _inherit = "crm.customer"

    treatment_tier_id = fields.Many2one(
        "crm.value.tier",
        readonly=True,
        ondelete="set null",
        help="The tier whose price list and payment term were last carried out.",
    )
    set_pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Price List Set by Tier",
        readonly=True,
        ondelete="set null",
    )
    set_payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Term Set by Tier",
        readonly=True,
        ondelete="set null",
    )
    relationship_type = fields.Selection(related="tier_id.relationship_type")
    service_note = fields.Text(related="tier_id.service_note")

    @api.model
    def _forget_treatment(self, tiers):
        """Let the next run carry out the treatment of ``tiers`` again."""
        if not tiers:
            return
        self.flush_model()
        self.env.execute_query(
            SQL(
                "UPDATE crm_customer SET treatment_tier_id = NULL"
                " WHERE treatment_tier_id IN %s RETURNING id",
                tuple(tiers.ids),
            )
        )
        self.invalidate_model(["treatment_tier_id"])

    @api.model
    def _follow_up_decision(self, company, as_of, partner_ids):
        super()._follow_up_decision(company, as_of, partner_ids)
        scope = RefreshScope(
            company=company,
            policy=self.env["crm.value.policy"]._for_company(company),
            as_of=as_of,
            partner_ids=partner_ids,
        )
        # sudo: what follows from a decision the person was allowed to make
        self.sudo()._decide_account_managers(scope)
        self.sudo()._carry_out_treatment(scope)

    def _refresh_treatment(self, scope):
        """Carry out the treatment of customers whose tier changed."""
        scope.run(lambda: self._carry_out_treatment(scope))

    def _carry_out_treatment(self, scope):
        policy = scope.policy
        active = [treatment for treatment in TREATMENTS if policy[treatment[0]]]
        if not active:
            return
        customers = self.sudo().with_company(scope.company)
        customers = customers.browse(self._fetch_untreated(scope))
        events = []
        for tier, group in customers.grouped("tier_id").items():
            for _switch, tier_field, partner_field, mark in active:
                events += group._write_treatment(tier, tier_field, partner_field, mark)
            group.write({"treatment_tier_id": tier.id})
        for event in events:
            event["occurred_at"] = self._moment(scope.as_of)
            event["policy_id"] = policy.id
        self.env["crm.customer.event"]._log(events)
        self.env.flush_all()

    def _fetch_untreated(self, scope):
        self.flush_model()
        return [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    "SELECT customer.id FROM crm_customer customer WHERE %s"
                    " AND customer.tier_id IS DISTINCT FROM customer.treatment_tier_id",
                    self._scope_condition(scope),
                )
            )
        ]

    def _write_treatment(self, tier, tier_field, partner_field, mark):
        """Write one property where it is empty or ours; return the events."""
        value = tier[tier_field]
        free = self.filtered(
            lambda c: (
                not c.partner_id[partner_field]
                or c.partner_id[partner_field] == c[mark]
            )
        )
        label = tier._fields[tier_field]._description_string(self.env)
        events = [
            customer._prepare_treatment_event(
                label,
                customer.partner_id[partner_field],
                customer.partner_id[partner_field],
                self.env._(
                    "%(what)s chosen by hand was kept; tier “%(tier)s” would set "
                    "%(value)s.",
                    what=label,
                    tier=tier.name,
                    value=value.display_name,
                ),
            )
            for customer in self - free
            if value and customer.partner_id[partner_field] != value
        ]
        changing = free.filtered(lambda c: c.partner_id[partner_field] != value)
        reason = self.env._("%(what)s of tier “%(tier)s”.", what=label, tier=tier.name)
        events += [
            customer._prepare_treatment_event(
                label, customer.partner_id[partner_field], value, reason
            )
            for customer in changing
        ]
        changing.partner_id.write({partner_field: value.id})
        free.write({mark: value.id})
        return events

    def _prepare_treatment_event(self, label, old, new, reason):
        self.ensure_one()
        return {
            "customer_id": self.id,
            "company_id": self.company_id.id,
            "kind": "treatment",
            "old_value": old.display_name or False,
            "new_value": new.display_name or False,
            "reason": reason,
            "rule_name": label,
        }
