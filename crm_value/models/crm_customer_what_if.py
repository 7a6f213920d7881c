from odoo import api, models
from odoo.tools import SQL

from ..analytics.tier_review import NEW_TIER
from ..refresh_scope import RefreshScope


class CrmCustomer(models.Model):
    """Customers judged by another policy, for a preview or for good."""

    _inherit = "crm.customer"

    @api.model
    def _fetch_tier_picture(self, company):
        """Return {customer: (tier, tier set by hand, value)} of ``company``."""
        self.env.flush_all()
        return {
            row[0]: (row[1], row[2], float(row[3]))
            for row in self.env.execute_query(
                SQL(
                    "SELECT id, tier_id, override_tier_id, COALESCE(value_amount, 0)"
                    " FROM crm_customer WHERE company_id = %s",
                    company.id,
                )
            )
        }

    @api.model
    def _judge_by(self, policy, as_of):
        """Return {customer: (tier, value, revenue)} as ``policy`` would have them.

        The measures are computed for the policy, read, and rolled back.
        """
        scope = RefreshScope(company=policy.company_id, policy=policy, as_of=as_of)
        self.env.flush_all()
        with self.env.cr.savepoint(flush=False) as savepoint:
            self._measure(scope)
            tiers = [
                *policy._rated_tiers().ids,
                policy._new_tier().id,  # NEW_TIER is turned into the last place
            ]
            found = {
                verdict.customer_id: tiers[
                    -1 if verdict.tier == NEW_TIER else verdict.tier
                ]
                for verdict in self._review_tiers(scope, from_scratch=True)
            }
            figures = self.env.execute_query(
                SQL(
                    "SELECT id, COALESCE(value_amount, 0), COALESCE(revenue_window, 0)"
                    " FROM crm_customer WHERE company_id = %s",
                    policy.company_id.id,
                )
            )
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        return {
            customer_id: (found.get(customer_id), float(value), float(revenue))
            for customer_id, value, revenue in figures
        }

    @api.model
    def _measure(self, scope):
        """Run the steps of a refresh that measure, without the decisions."""
        decisions = self._decision_steps()
        for step in self._refresh_steps():
            if step not in decisions:
                step(scope)
        self.env.flush_all()

    @api.model
    def _follow_tiers(self, policy):
        """Let customers follow their tiers to the copies ``policy`` has of them."""
        self.flush_model()
        for column in ("tier_id", "computed_tier_id", "override_tier_id"):
            self.env.execute_query(
                SQL(
                    """
                    UPDATE crm_customer customer
                       SET %(column)s = tier.id
                      FROM crm_value_tier tier
                     WHERE tier.policy_id = %(policy)s
                       AND tier.origin_id = customer.%(column)s
                    RETURNING customer.id
                    """,
                    column=SQL.identifier(column),
                    policy=policy.id,
                )
            )
        self.invalidate_model()
        self.search(
            [
                ("company_id", "=", policy.company_id.id),
                ("override_tier_id", "!=", False),
                ("override_tier_id.policy_id", "!=", policy.id),
            ]
        )._end_overrides(
            self.env._("The policy has no such tier any more."),
            policy.env.cr.now().date(),
        )

    @api.model
    def _apply_policy(self, policy, as_of):
        """Judge every customer anew by ``policy``, without review or grace."""
        scope = RefreshScope(company=policy.company_id, policy=policy, as_of=as_of)
        self.env.flush_all()
        self._measure(scope)
        self._decide_tiers(scope, from_scratch=True)
        for step in self._decision_steps()[1:]:
            step(scope)
        self.env.flush_all()
        self.env.invalidate_all()
