from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Invoices of orders: their amount is in the exposure with the order already."""

    _inherit = "account.move"

    def _fetch_credit_counted(self, positions=None):
        """Share what each order still has to invoice among the invoices, in order."""
        # EXTENDS 'crm_credit'
        if positions and not self._credit_may_count_orders(positions):
            return {}
        self.env.flush_all()
        if not self._has_orders():
            return {}
        Customer = self.env["crm.customer"]
        rows = self.env.execute_query(
            SQL(
                """
                  WITH linked AS MATERIALIZED (%(linked)s),
                       ordered AS MATERIALIZED (%(ordered)s)
                SELECT linked.move_id, order_id, linked.amount, ordered.amount
                  FROM linked
                  JOIN ordered USING (order_id)
                 WHERE linked.amount > 0
                """,
                linked=Customer._credit_linked_sql(
                    SQL("invoice.id IN %s", tuple(self.ids))
                ),
                ordered=Customer._credit_order_amounts_sql(
                    SQL("sale_order.id IN (SELECT order_id FROM linked)")
                ),
            )
        )
        by_move = defaultdict(list)
        left = {}
        for move_id, order_id, amount, open_amount in rows:
            by_move[move_id].append((order_id, float(amount)))
            left[order_id] = float(open_amount)
        counted = defaultdict(float)
        for move in self:
            for order_id, amount in by_move[move.id]:
                used = min(amount, left[order_id])
                left[order_id] -= used
                counted[move.id] += used
        return counted

    @api.model
    def _credit_may_count_orders(self, positions):
        """Tell whether orders are in the exposure, here or of who shares the limit."""
        return any(
            position["orders"] or position["group_id"]
            for position in positions.values()
        )

    def _has_orders(self):
        """Tell whether orders are invoiced; cheaper than asking what is left of them.

        Reading the lines would take longer: posting reads other fields of them.
        """
        return bool(
            self.env.execute_query(
                SQL(
                    """
                    SELECT 1
                      FROM account_move_line AS line
                      JOIN sale_order_line_invoice_rel AS link
                        ON link.invoice_line_id = line.id
                     WHERE line.move_id IN %s
                     LIMIT 1
                    """,
                    tuple(self.ids),
                )
            )
        )

    def _credit_warn_only(self):
        """Goods the customer has received are invoiced, if the policy says so."""
        # EXTENDS 'crm_credit'
        spared = super()._credit_warn_only()
        policy = self.env["crm.credit.policy"]._for_company(self.company_id[:1])
        if not policy.is_delivered_warn_only:
            return spared
        return spared | self.filtered(lambda move: move._credit_is_delivered())

    def _credit_is_delivered(self):
        """Tell whether the invoice only contains what was delivered."""
        self.ensure_one()
        items = self.invoice_line_ids.filtered(
            lambda item: item.display_type == "product" and item.price_total > 0
        )
        lines = items.sale_line_ids
        return (
            bool(items)
            and all(item.sale_line_ids for item in items)
            and all(
                not line.is_downpayment and line.qty_delivered >= line.qty_invoiced
                for line in lines
            )
        )

    def _credit_judged(self):
        """Invoices of orders that passed a short time ago are not checked again."""
        # EXTENDS 'crm_credit'
        judged = super()._credit_judged()
        return judged.filtered(lambda move: not move._credit_has_grace())

    def _credit_has_grace(self):
        self.ensure_one()
        policy = self.env["crm.credit.policy"]._for_company(self.company_id)
        if not policy.grace_days:
            return False
        orders = self.invoice_line_ids.sale_line_ids.order_id
        if not orders or not all(
            item.sale_line_ids
            for item in self.invoice_line_ids
            if item.display_type == "product"
        ):
            return False
        today = fields.Date.context_today(self)
        return all(order._credit_in_grace(today) for order in orders)

    def _credit_paid_ahead(self):
        """Invoices whose orders were paid online use no credit."""
        # EXTENDS 'crm_credit'
        paid = super()._credit_paid_ahead()
        return paid | self.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.transaction_ids
                and move.currency_id.compare_amounts(
                    sum(
                        move.transaction_ids.filtered(
                            lambda tx: tx.state in ("authorized", "done")
                        ).mapped("amount")
                    ),
                    move.amount_total,
                )
                >= 0
            )
        )
