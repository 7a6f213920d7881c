from dateutil.relativedelta import relativedelta

from odoo import models


class SaleOrder(models.Model):
    """What a confirmed order may still do, when it grows or goes on."""

    _inherit = "sale.order"

    def _credit_sizes(self):
        """Return the total and the customer of each confirmed order.

        A closed order uses no credit: opened again, it has grown from nothing.
        """
        return {
            order: (
                0.0 if order.is_credit_closed else order.amount_total,
                order._credit_partner(),
            )
            for order in self
            if order.state == "sale"
        }

    def _credit_check_growth(self, before):
        """Check the confirmed orders again that grew or changed their customer.

        They stay confirmed: on hold they are not delivered until somebody decides.
        """
        grown = self.filtered(
            lambda order: (
                order.state == "sale"
                and not order.is_credit_closed
                and order in before
                and order._credit_grew(*before[order])
            )
        )
        for company, orders in grown.grouped("company_id").items():
            policy = self.env["crm.credit.policy"]._for_company(company)
            if policy.order_mode != "off":
                orders.with_company(company)._credit_check(policy.order_mode, policy)

    def _credit_grew(self, total, partner):
        self.ensure_one()
        return (
            self.currency_id.compare_amounts(self.amount_total, total) > 0
            or self._credit_partner() != partner
        )

    def _credit_in_grace(self, today):
        """Tell whether the order passed so recently that it is not checked again."""
        self.ensure_one()
        policy = self.env["crm.credit.policy"]._for_company(self.company_id)
        if not policy.grace_days or not self.credit_passed_on:
            return False
        if self.credit_state in ("held", "rejected"):
            return False
        return today < self.credit_passed_on + relativedelta(days=policy.grace_days)
