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
            "orders": self._credit_orders_sql(),
        }

    @api.model
    def _credit_position_tables(self, companies, without=()):
        # EXTENDS 'crm_credit': drafts and orders look at the same orders
        tables = super()._credit_position_tables(companies, without)
        mine = SQL(
            "sale_order.company_id IN %s AND sale_order.partner_invoice_id"
            " IN (SELECT partner_id FROM credit_target)",
            tuple(companies.ids),
        )
        if "drafts" not in without:
            tables.append(
                SQL(
                    "credit_linked AS MATERIALIZED (%s)",
                    self._credit_linked_sql(
                        SQL("invoice.id IN (SELECT id FROM credit_draft)")
                    ),
                )
            )
            mine = SQL(
                """
                sale_order.id IN (
                    SELECT sale_order.id FROM sale_order WHERE %s
                     UNION
                    SELECT order_id FROM credit_linked
                )
                """,
                mine,
            )
        ordered = self._credit_order_amounts_sql(mine)
        return [*tables, SQL("credit_ordered AS MATERIALIZED (%s)", ordered)]

    @api.model
    def _credit_possible_parts(self, companies):
        """Who has no confirmed order owes nothing for one."""
        # EXTENDS 'crm_credit'
        return {
            **super()._credit_possible_parts(companies),
            "orders": SQL(
                """
                EXISTS (
                    SELECT 1
                      FROM sale_order
                     WHERE sale_order.partner_invoice_id = ANY(ARRAY(
                               SELECT contact.id
                                 FROM res_partner AS contact
                                WHERE contact.commercial_partner_id
                                      = allowed.partner_id
                           ))
                       AND sale_order.state = 'sale'
                       AND sale_order.is_credit_closed IS NOT TRUE
                       AND sale_order.company_id IN %s
                )
                """,
                tuple(companies.ids),
            ),
        }

    @api.model
    def _credit_counted_sql(self):
        """An order counts with all it will invoice, its draft invoices included."""
        # EXTENDS 'crm_credit'
        return SQL(
            """
            SELECT linked.move_id,
                   SUM(LEAST(linked.amount, ordered.amount)) AS amount
              FROM credit_linked AS linked
              JOIN credit_ordered AS ordered USING (order_id)
             WHERE linked.amount > 0
          GROUP BY linked.move_id
            """
        )

    @api.model
    def _credit_orders_sql(self):
        return SQL(
            """
            SELECT target.commercial_id AS partner_id,
                   SUM(ordered.amount) AS amount
              FROM credit_ordered AS ordered
              JOIN credit_target AS target
                ON target.partner_id = ordered.partner_id
          GROUP BY target.commercial_id
            """
        )

    @api.model
    def _credit_order_amounts_sql(self, condition):
        """Return what each confirmed order will still invoice.

        Columns ``order_id``, ``partner_id`` (the one to be invoiced) and ``amount``
        in company currency. The posted down payments not deducted yet are taken off
        in company currency, at the rate of the invoices, which is what the
        receivable contains.

        :param condition: which orders, on ``sale_order``
        """
        return SQL(
            """
            SELECT order_id,
                   partner_id,
                   GREATEST(
                       COALESCE(SUM(%(open)s), 0) / COALESCE(NULLIF(rate, 0), 1)
                       - COALESCE(SUM(down_payment), 0),
                       0
                   ) AS amount
              FROM (%(lines)s) AS line
          GROUP BY order_id, partner_id, rate
            """,
            open=self._credit_open_line_sql(),
            lines=self._credit_order_lines_sql(condition),
        )

    @api.model
    def _credit_order_lines_sql(self, condition):
        """Return the lines of confirmed orders, each with what it has invoiced.

        ``invoiced`` is the quantity that posted invoices contain, in the unit of the
        order line; ``down_payment`` the amount, where the line is a down payment.
        """
        return SQL(
            """
            SELECT sale_order.id AS order_id,
                   sale_order.partner_invoice_id AS partner_id,
                   sale_order.currency_rate AS rate,
                   line.id,
                   line.product_uom_qty,
                   line.qty_delivered,
                   line.price_total,
                   line.price_unit,
                   line.discount,
                   line.is_downpayment,
                   COALESCE(SUM(%(sign)s * item.quantity * %(factor)s), 0) AS invoiced,
                   SUM(
                       %(sign)s * item.price_total
                       / COALESCE(NULLIF(invoice.invoice_currency_rate, 0), 1)
                   ) FILTER (
                       WHERE line.is_downpayment AND invoice.state = 'posted'
                   ) AS down_payment
              FROM sale_order
              JOIN sale_order_line AS line ON line.order_id = sale_order.id
         LEFT JOIN (
                       sale_order_line_invoice_rel AS link
                  JOIN account_move_line AS item ON item.id = link.invoice_line_id
                  JOIN account_move AS invoice ON invoice.id = item.move_id
                   )
                ON link.order_line_id = line.id
               AND (
                   invoice.state = 'posted'
                   OR invoice.payment_state = 'invoicing_legacy'
               )
             WHERE sale_order.state = 'sale'
               AND sale_order.is_credit_closed IS NOT TRUE
               AND (line.display_type IS NULL OR line.is_downpayment)
               AND %(condition)s
          GROUP BY sale_order.id, line.id
            """,
            sign=SQL("CASE invoice.move_type WHEN 'out_refund' THEN -1 ELSE 1 END"),
            factor=SQL(
                """
                CASE
                    WHEN item.product_uom_id = line.product_uom_id THEN 1
                    ELSE COALESCE(
                        (SELECT factor FROM uom_uom WHERE id = item.product_uom_id)
                        / (SELECT factor FROM uom_uom WHERE id = line.product_uom_id),
                        1
                    )
                END
                """
            ),
            condition=condition,
        )

    @api.model
    def _credit_open_line_sql(self):
        """Return what is open of an order line, in the currency of the order.

        A line invoiced beyond its quantity takes nothing off the other lines. A line
        that was delivered but not ordered has no total: its price is taken, with the
        taxes that are percentages on top of it.
        """
        return SQL(
            """
            CASE
                WHEN line.is_downpayment THEN 0
                WHEN line.product_uom_qty < 0 THEN LEAST(
                    LEAST(line.product_uom_qty, line.qty_delivered) - line.invoiced, 0
                )
                ELSE GREATEST(
                    GREATEST(line.product_uom_qty, line.qty_delivered)
                    - line.invoiced,
                    0
                )
            END
            * CASE
                  WHEN line.product_uom_qty <> 0
                  THEN line.price_total / line.product_uom_qty
                  ELSE line.price_unit
                       * (1 - COALESCE(line.discount, 0) / 100)
                       * (
                           1 + COALESCE((
                               SELECT SUM(account_tax.amount) / 100
                                 FROM account_tax_sale_order_line_rel AS link
                                 JOIN account_tax
                                   ON account_tax.id = link.account_tax_id
                                WHERE link.sale_order_line_id = line.id
                                  AND account_tax.amount_type = 'percent'
                                  AND COALESCE(account_tax.price_include_override, '')
                                      <> 'tax_included'
                           ), 0)
                       )
              END
            """
        )

    @api.model
    def _credit_linked_sql(self, condition):
        """Return how much of each invoice comes from each order.

        :param condition: which invoices, on ``invoice``
        """
        return SQL(
            """
            SELECT move_id, order_id, SUM(amount) AS amount
              FROM (
                       SELECT DISTINCT
                              line.id,
                              line.move_id,
                              order_line.order_id,
                              line.price_total
                              / COALESCE(NULLIF(invoice.invoice_currency_rate, 0), 1)
                              AS amount
                         FROM account_move AS invoice
                         JOIN account_move_line AS line ON line.move_id = invoice.id
                         JOIN sale_order_line_invoice_rel AS link
                           ON link.invoice_line_id = line.id
                         JOIN sale_order_line AS order_line
                           ON order_line.id = link.order_line_id
                        WHERE %(condition)s
                   ) AS linked
          GROUP BY move_id, order_id
            """,
            condition=condition,
        )
