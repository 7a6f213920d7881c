from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """The tier of a customer: what the policy computed and what a person decided."""

    _inherit = "crm.customer"

    computed_tier_id = fields.Many2one(
        "crm.value.tier",
        readonly=True,
        ondelete="set null",
        help="The tier by the rules of the policy, also while another one is set by "
        "hand.",
    )
    tier_since = fields.Date(readonly=True, help="Day of the last decision by rule.")
    tier_changed_on = fields.Date(
        string="Last Tier Move",
        readonly=True,
        help="Last day the customer moved from one tier to another.",
    )
    tier_review_on = fields.Date(string="Next Tier Review", readonly=True)
    tier_downgrade_on = fields.Date(
        string="Downgrade on",
        readonly=True,
        index="btree_not_null",
        help="A review found the customer below the keep bound of its tier. Unless its "
        "value recovers, it moves down on this day.",
    )
    override_tier_id = fields.Many2one(
        "crm.value.tier",
        string="Tier Set by Hand",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    override_reason = fields.Char(readonly=True)
    override_until = fields.Date(
        readonly=True, help="Last day of the tier set by hand. Empty: until revoked."
    )
    override_user_id = fields.Many2one(
        "res.users", string="Set by", readonly=True, ondelete="set null"
    )
    is_overridden = fields.Boolean(compute="_compute_is_overridden")

    @api.depends("override_tier_id")
    def _compute_is_overridden(self):
        for customer in self:
            customer.is_overridden = bool(customer.override_tier_id)

    def action_open_tier_override(self):
        """Ask for the tier to set by hand, why and until when."""
        self._check_may_decide()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set Tier by Hand"),
            "res_model": "crm.customer.tier.override",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_customer_ids": self.ids, "dialog_size": "medium"},
        }

    def action_end_override(self):
        """Return to the tier the policy computed."""
        self._check_may_decide()
        overridden = self.filtered("override_tier_id")
        # sudo: the rights of the person have just been checked
        overridden.sudo()._end_overrides(
            self.env._("The tier set by hand was revoked."),
            fields.Date.context_today(self),
            self.env.user,
        )

    def _override_tier(self, tier, reason, until=None, today=None):
        """Set the tier of these customers by hand."""
        self._check_may_decide()
        today = today or fields.Date.context_today(self)
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the tier is set by hand."))
        if until and until < today:
            raise UserError(self.env._("The last day of the tier must not be past."))
        for customer in self:
            if tier.company_id != customer.company_id or not tier.policy_id.active:
                raise UserError(
                    self.env._(
                        "Tier “%(tier)s” is not one of the active policy of "
                        "%(company)s.",
                        tier=tier.name,
                        company=customer.company_id.name,
                    )
                )
        # sudo: the rights of the person have just been checked
        customers = self.sudo()
        events = [
            customer._prepare_tier_event(
                tier, reason.strip(), today, user=self.env.user
            )
            for customer in customers
        ]
        customers.write(
            {
                "tier_id": tier.id,
                "override_tier_id": tier.id,
                "override_reason": reason.strip(),
                "override_until": until,
                "override_user_id": self.env.uid,
            }
        )
        self.env["crm.customer.event"]._log(events)
        for company in self.company_id:
            self._follow_up_decision(company, today, tuple(self.partner_id.ids))

    def _end_overrides(self, reason, today, user=None):
        """Put the computed tier of these customers in force again."""
        if not self:
            return
        events = [
            customer._prepare_tier_event(
                customer.computed_tier_id, reason, today, user=user
            )
            for customer in self
        ]
        values = dict.fromkeys(
            (
                "override_tier_id",
                "override_reason",
                "override_until",
                "override_user_id",
            ),
            False,
        )
        for tier, customers in self.grouped("computed_tier_id").items():
            customers.write({**values, "tier_id": tier.id})
        self.env["crm.customer.event"]._log(events)

    def _prepare_tier_event(self, tier, reason, as_of, user=None, policy=None):
        self.ensure_one()
        return {
            "customer_id": self.id,
            "company_id": self.company_id.id,
            "occurred_at": self._moment(as_of),
            "kind": "tier",
            "direction": self._direction(self.tier_id._rank(), tier._rank()),
            "old_value": self.tier_id.name,
            "new_value": tier.name,
            "reason": reason,
            "policy_id": tier.policy_id.id,
            "user_id": user.id if user else False,
        }

    @api.model
    def _follow_up_decision(self, company, as_of, partner_ids):
        """Let what follows from a tier follow at once after a decision by hand."""

    @api.model
    def _forget_review_dates(self, companies):
        self.flush_model()
        # sudo: follows from a change of the policy, which has been checked
        self.env.execute_query(
            SQL(
                "UPDATE crm_customer SET tier_review_on = NULL"
                " WHERE company_id IN %s AND tier_review_on IS NOT NULL RETURNING id",
                tuple(companies.ids),
            )
        )
        self.invalidate_model(["tier_review_on"])
