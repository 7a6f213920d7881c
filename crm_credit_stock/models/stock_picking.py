from odoo import api, fields, models

from odoo.addons.crm_credit.credit_case import Failure


class StockPicking(models.Model):
    """Goods leave for customers of orders only if their credit still allows it."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "crm.credit.document"]

    def _action_done(self):
        # EXTENDS 'stock'
        passing = self._credit_pass()
        if self and not passing:
            return True
        return super(StockPicking, passing)._action_done()

    def action_cancel(self):
        # EXTENDS 'stock'
        for hold in self.env["crm.credit.hold"]._open_for(self):
            hold._decide(
                "cancelled",
                self.env._("The delivery was cancelled."),
                is_automatic=True,
            )
        return super().action_cancel()

    # What a delivery tells about itself

    @api.model
    def _credit_checkpoint(self):
        return "delivery"

    def _credit_pending(self):
        return self.filtered(lambda picking: picking.state not in ("done", "cancel"))

    def _credit_judged(self):
        """Goods that go to the customer of an order which did not just pass."""
        today = fields.Date.context_today(self)
        return self.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel")
                and picking.location_dest_id.usage == "customer"
                and picking.sale_id
                # sudo: the order decides, the warehouse need not see it
                and not picking.sale_id.sudo()._credit_in_grace(today)
            )
        )

    def _credit_partner(self):
        # sudo: the order decides, the warehouse need not see it
        return self.sudo().sale_id._credit_partner().sudo(self.env.su)

    def _credit_salesperson(self):
        return self.sudo().sale_id.user_id  # sudo: as above

    def _credit_payment_term(self):
        return self.sudo().sale_id.payment_term_id  # sudo: as above

    def _credit_always_over(self):
        """The order is in the exposure: over the limit nothing more should leave."""
        return True

    def _credit_paid_ahead(self):
        # sudo: payments decide, whoever delivers
        return self.filtered(
            lambda picking: bool(picking.sudo().sale_id._credit_paid_ahead())
        )

    def _credit_own_failures(self):
        """A delivery waits with its order."""
        failures = super()._credit_own_failures()
        for picking in self.sudo():  # sudo: as above
            order = picking.sale_id
            if order.credit_state in ("held", "rejected"):
                held = Failure("order_held", 0.0, 0.0, note=order.name)
                failures[picking.id] += (held,)
        return failures

    def _credit_amounts(self, positions=None):
        """Return the value of the goods, and what exceeds the ordered quantities."""
        # sudo: prices decide, whoever delivers
        return {picking.id: picking.sudo()._credit_value() for picking in self}

    def _credit_value(self):
        self.ensure_one()
        rounded = self.company_id.currency_id.round
        rate = self.sale_id.currency_rate or 1.0
        amount = added = 0.0
        for line, moves in self.move_ids.grouped("sale_line_id").items():
            leaving = sum(
                move.product_uom._compute_quantity(
                    move.quantity or move.product_uom_qty, line.product_uom_id
                )
                for move in moves
                if line and move.state != "cancel"
            )
            price = line.price_reduce_taxinc or line.price_unit
            counted = max(line.product_uom_qty, line.qty_delivered)
            amount += leaving * price / rate
            added += max(line.qty_delivered + leaving - counted, 0.0) * price / rate
        return rounded(amount), rounded(added)
