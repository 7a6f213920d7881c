from odoo import api, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """The part of the exposure that confirmed orders make up.

    An order counts with what it will still invoice: of each line the larger of the
    ordered and the delivered quantity, less what posted invoices contain, tax
    included; of that, posted down payments not yet deducted are taken off. Its
    amount is converted at the rate of its own date. Draft invoices of an order are
    counted with the order.
    """

    _inherit = "crm.customer"

    @api.model
    def _credit_position_parts(self, companies, today):
        # EXTENDS 'crm_credit'
        return {
            **super()._credit_position_parts(companies, today),
            "orders": self._credit_orders_sql(companies),
        }

    @api.model
    def _credit_draft_deductions(self):
        # EXTENDS 'crm_credit'
        return [
            *super()._credit_draft_deductions(),
            SQL(
                """
                COALESCE((
                    SELECT SUM(LEAST(linked.amount, ordered.amount))
                      FROM (%(linked)s) AS linked
                CROSS JOIN LATERAL (%(ordered)s) AS ordered
                     WHERE linked.amount > 0
                ), 0)
                """,
                linked=self._credit_linked_sql(SQL("line.move_id = move.id")),
                ordered=self._credit_order_amounts_sql(
                    SQL("sale_order.id = linked.order_id")
                ),
            ),
        ]

    @api.model
    def _credit_orders_sql(self, companies):
        return SQL(
            """
            SELECT target.commercial_id AS partner_id,
                   SUM(ordered.amount) AS amount
              FROM (%(ordered)s) AS ordered
              JOIN credit_target AS target
                ON target.partner_id = ordered.partner_id
          GROUP BY target.commercial_id
            """,
            ordered=self._credit_order_amounts_sql(
                SQL(
                    "sale_order.company_id IN %s AND sale_order.partner_invoice_id"
                    " IN (SELECT partner_id FROM credit_target)",
                    tuple(companies.ids),
                )
            ),
        )

    @api.model
    def _credit_order_amounts_sql(self, condition):
        """Return what each confirmed order will still invoice.

        Columns ``order_id``, ``partner_id`` (the one to be invoiced) and ``amount``
        in company currency.

        :param condition: which orders, on ``sale_order``
        """
        return SQL(
            """
            SELECT sale_order.id AS order_id,
                   sale_order.partner_invoice_id AS partner_id,
                   CASE WHEN sale_order.is_credit_closed THEN 0
                        ELSE GREATEST(
                            COALESCE(open.amount, 0)
                            / COALESCE(NULLIF(sale_order.currency_rate, 0), 1)
                            - COALESCE(down_payment.amount, 0),
                            0
                        )
                   END AS amount
              FROM sale_order
         LEFT JOIN LATERAL (%(open)s) AS open ON TRUE
         LEFT JOIN LATERAL (%(down_payment)s) AS down_payment ON TRUE
             WHERE sale_order.state = 'sale'
               AND %(condition)s
            """,
            open=self._credit_open_lines_sql(),
            down_payment=self._credit_down_payments_sql(),
            condition=condition,
        )

    @api.model
    def _credit_open_lines_sql(self):
        """Return the open amount of ``sale_order``, in the currency of the order.

        A line invoiced beyond its quantity takes nothing off the other lines. A line
        that was delivered but not ordered has no total: its price is taken, with the
        taxes that are percentages on top of it.
        """
        return SQL(
            """
            SELECT SUM(
                       CASE
                           WHEN line.product_uom_qty < 0 THEN LEAST(
                               LEAST(line.product_uom_qty, line.qty_delivered)
                               - COALESCE(invoiced.quantity, 0),
                               0
                           )
                           ELSE GREATEST(
                               GREATEST(line.product_uom_qty, line.qty_delivered)
                               - COALESCE(invoiced.quantity, 0),
                               0
                           )
                       END
                       * CASE
                             WHEN line.product_uom_qty <> 0
                             THEN line.price_total / line.product_uom_qty
                             ELSE line.price_unit
                                  * (1 - COALESCE(line.discount, 0) / 100)
                                  * (1 + COALESCE(tax.rate, 0))
                         END
                   ) AS amount
              FROM sale_order_line AS line
         LEFT JOIN LATERAL (%(invoiced)s) AS invoiced ON TRUE
         LEFT JOIN LATERAL (
                       SELECT SUM(account_tax.amount) / 100 AS rate
                         FROM account_tax_sale_order_line_rel AS link
                         JOIN account_tax ON account_tax.id = link.account_tax_id
                        WHERE line.product_uom_qty = 0
                          AND link.sale_order_line_id = line.id
                          AND account_tax.amount_type = 'percent'
                          AND COALESCE(account_tax.price_include_override, '')
                              <> 'tax_included'
                   ) AS tax ON TRUE
             WHERE line.order_id = sale_order.id
               AND line.display_type IS NULL
               AND line.is_downpayment IS NOT TRUE
            """,
            invoiced=self._credit_invoiced_sql(),
        )

    @api.model
    def _credit_invoiced_sql(self):
        """Return the quantity of the order line ``line`` that posted invoices contain.

        In the unit of the order line.
        """
        return SQL(
            """
            SELECT SUM(
                       CASE invoice.move_type
                           WHEN 'out_refund' THEN -item.quantity
                           ELSE item.quantity
                       END
                       * COALESCE(item_uom.factor / line_uom.factor, 1)
                   ) AS quantity
              FROM sale_order_line_invoice_rel AS link
              JOIN account_move_line AS item ON item.id = link.invoice_line_id
              JOIN account_move AS invoice ON invoice.id = item.move_id
         LEFT JOIN uom_uom AS item_uom ON item_uom.id = item.product_uom_id
         LEFT JOIN uom_uom AS line_uom ON line_uom.id = line.product_uom_id
             WHERE link.order_line_id = line.id
               AND (
                   invoice.state = 'posted'
                   OR invoice.payment_state = 'invoicing_legacy'
               )
            """
        )

    @api.model
    def _credit_down_payments_sql(self):
        """Return the posted down payments of ``sale_order`` not deducted yet.

        In company currency, at the rate of the invoices, which is what the
        receivable contains.
        """
        return SQL(
            """
            SELECT SUM(
                       CASE invoice.move_type
                           WHEN 'out_refund' THEN -item.price_total
                           ELSE item.price_total
                       END
                       / COALESCE(NULLIF(invoice.invoice_currency_rate, 0), 1)
                   ) AS amount
              FROM sale_order_line AS line
              JOIN sale_order_line_invoice_rel AS link ON link.order_line_id = line.id
              JOIN account_move_line AS item ON item.id = link.invoice_line_id
              JOIN account_move AS invoice ON invoice.id = item.move_id
             WHERE line.order_id = sale_order.id
               AND line.is_downpayment
               AND invoice.state = 'posted'
            """
        )

    @api.model
    def _credit_linked_sql(self, condition):
        """Return how much of each invoice comes from each order.

        :param condition: which invoice lines, on ``line``
        """
        return SQL(
            """
            SELECT line.move_id,
                   ordered.order_id,
                   SUM(
                       line.price_total
                       / COALESCE(NULLIF(invoice.invoice_currency_rate, 0), 1)
                   ) AS amount
              FROM account_move_line AS line
              JOIN account_move AS invoice ON invoice.id = line.move_id
              JOIN (
                       SELECT DISTINCT link.invoice_line_id, order_line.order_id
                         FROM sale_order_line_invoice_rel AS link
                         JOIN sale_order_line AS order_line
                           ON order_line.id = link.order_line_id
                   ) AS ordered ON ordered.invoice_line_id = line.id
             WHERE %(condition)s
          GROUP BY line.move_id, ordered.order_id
            """,
            condition=condition,
        )
