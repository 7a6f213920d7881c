from functools import wraps

from odoo import api, fields, models
from odoo.exceptions import UserError

_CUSTOMER_FIELDS = {"partner_id", "partner_invoice_id", "currency_id", "pricelist_id"}


class SaleOrder(models.Model):
    """Orders pass the credit checkpoint whoever confirms them, and how."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.credit.document"]

    is_credit_closed = fields.Boolean(
        string="Nothing More to Invoice",
        copy=False,
        tracking=True,
        help="Tick it when the rest of a confirmed order will never be delivered or "
        "invoiced: the order uses no credit any more. The change is kept in the "
        "history of the order and of the customer.",
    )
    credit_passed_on = fields.Date(
        readonly=True, copy=False, help="The day the order passed the credit check."
    )

    def write(self, vals):
        # EXTENDS 'sale'
        if vals.get("state") == "sale":
            self._credit_check_direct_confirmation()
        if not _CUSTOMER_FIELDS & vals.keys() and "is_credit_closed" not in vals:
            return super().write(vals)
        before = self._credit_sizes()
        done = super().write(vals)
        self._credit_check_growth(before)
        return done

    def _credit_check_direct_confirmation(self):
        """Stop who writes the state instead of confirming: it can only be refused."""
        direct = self.filtered(lambda order: order.state in ("draft", "sent"))
        direct = direct._credit_except(direct._credit_is_cleared())
        if held := direct - direct._credit_pass():
            raise UserError(
                self.env._(
                    "%(orders)s cannot be confirmed: the credit check holds it. Use "
                    "“Confirm” to send it to the credit team.",
                    orders=", ".join(held.mapped("display_name")),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        """An order that is created as confirmed is checked like any other."""
        # EXTENDS 'sale'
        orders = super().create(vals_list)
        orders._credit_check_growth({order: (0.0, False) for order in orders})
        return orders

    # Confirming

    def action_confirm(self):
        # EXTENDS 'sale'
        return self._credit_confirm(super(SaleOrder, type(self)).action_confirm)

    def _register_hook(self):
        """Check credit before other addons act, in whatever order they are loaded.

        Some act first and call ``super()`` then: a held order must not use up a coupon.
        """
        super()._register_hook()
        outermost = type(self).action_confirm

        @wraps(outermost)
        def action_confirm(self):
            return self._credit_confirm(outermost)

        type(self).action_confirm = action_confirm

    def _unregister_hook(self):
        super()._unregister_hook()
        if "action_confirm" in vars(type(self)):
            del type(self).action_confirm

    def _credit_confirm(self, confirm):
        """Confirm the orders that pass, and return what ``confirm`` returns.

        Whoever acts before confirming may take a discount away again, and make an
        order larger than it was when it passed.
        """
        passing = self._credit_pass()
        (self - passing)._credit_tell_signer()
        if self and not passing:
            return True
        judged = {
            order: (order.amount_total, order._credit_partner()) for order in passing
        }
        with passing._credit_clear():
            done = confirm(passing)
        passing._credit_check_growth(judged)
        return done

    def _prepare_confirmation_values(self):
        # EXTENDS 'sale'
        return {
            **super()._prepare_confirmation_values(),
            "credit_passed_on": fields.Date.context_today(self),
        }

    def _action_cancel(self):
        # EXTENDS 'sale'
        for hold in self.env["crm.credit.hold"]._open_for(self):
            hold._decide(
                "cancelled", self.env._("The order was cancelled."), is_automatic=True
            )
        res = super()._action_cancel()
        for company, orders in self.grouped("company_id").items():
            self.env["crm.credit.hold"]._reevaluate_if_open(
                orders.partner_invoice_id, company
            )
        return res

    def _send_order_notification_mail(self, *args, **kwargs):
        # EXTENDS 'sale': nobody writes to the customer that a held order is confirmed
        if self.credit_state == "held" and self.state in ("draft", "sent"):
            return None
        return super()._send_order_notification_mail(*args, **kwargs)

    def _credit_tell_signer(self):
        """Tell a customer who signed or paid online what happens next, kindly."""
        for order in self.filtered("signature"):
            # sudo: it is the company that answers, not the visitor
            order.sudo().message_post(
                body=self.env._(
                    "Thank you, we have received your signed order. We are checking it "
                    "and will confirm it to you shortly."
                ),
                author_id=order.company_id.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    # What an order tells about itself

    @api.model
    def _credit_checkpoint(self):
        return "order"

    def _credit_pending(self):
        """Quotations, and confirmed orders that grew and are held for it."""
        return self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                or order.state == "sale"
                and order.credit_state in ("held", "released")
            )
        )

    def _credit_judged(self):
        return self.filtered(lambda order: order.state in ("draft", "sent"))

    def _credit_partner(self):
        return self.partner_invoice_id.commercial_partner_id

    def _credit_salesperson(self):
        return self.user_id

    def _credit_payment_term(self):
        return self.payment_term_id

    def _credit_always_over(self):
        """A confirmed order is in the exposure: over the limit means over by it."""
        return self.state == "sale"

    def _credit_amounts(self, positions=None):
        """Return the totals; of a confirmed order nothing is added any more.

        What was paid online and is not in the books yet adds nothing either.
        """
        amounts = {}
        for order in self:
            rate = order.currency_rate or 1.0
            rounded = order.company_id.currency_id.round
            total = order.amount_total / rate
            unbooked = sum(
                order.sudo()  # sudo: payments decide, whoever confirms
                .transaction_ids.filtered(
                    lambda tx: tx.state in ("authorized", "done") and not tx.payment_id
                )
                .mapped("amount")
            )
            added = 0.0
            if order.state != "sale":
                added = max(total - unbooked / rate, 0.0)
            amounts[order.id] = (rounded(total), rounded(added))
        return amounts

    def _credit_paid_ahead(self):
        # sudo: payments decide, whoever confirms
        return self.filtered(
            lambda order: (
                order.currency_id.compare_amounts(
                    order.sudo().amount_paid, order.amount_total
                )
                >= 0
            )
        )
