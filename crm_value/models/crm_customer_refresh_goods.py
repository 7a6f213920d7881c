from odoo import api, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """Cost of goods, from the most trustworthy source that each line has."""

    _inherit = "crm.customer"

    @api.model
    def _goods_cost_query(self, scope) -> SQL:
        """Return the cost of the goods each customer was invoiced in the window.

        In this order: the cost lines booked with the invoice, the cost frozen on the
        order line, the cost frozen when the invoice was posted, and the product's
        cost of today, which makes the figure an estimate.
        """
        return SQL(
            """
            WITH lines AS (%(lines)s),
            booked AS (
                SELECT move_id, product_id, SUM(lines.balance) AS cost
                FROM lines
                JOIN account_account account ON account.id = lines.account_id
                WHERE display_type = 'cogs' AND account.account_type LIKE 'expense%%'
                GROUP BY move_id, product_id
            ),
            sold AS (%(sold)s),
            priced AS (%(priced)s),
            costs AS (
                SELECT
                    partner_id,
                    quantity * COALESCE(known_cost, current_cost, 0) AS cost,
                    known_cost IS NULL AND current_cost <> 0 AS is_estimated
                FROM priced
                UNION ALL
                SELECT owner.partner_id, booked.cost, FALSE
                FROM booked
                JOIN (SELECT DISTINCT move_id, partner_id FROM lines) owner
                    USING (move_id)
            )
            SELECT
                partner_id,
                SUM(cost) AS goods_cost,
                BOOL_OR(is_estimated) AS is_estimated
            FROM costs
            GROUP BY partner_id
            """,
            lines=self._invoiced_lines_query(scope),
            sold=self._sold_cost_query(scope),
            priced=self._priced_lines_query(scope),
        )

    @api.model
    def _priced_lines_query(self, scope) -> SQL:
        """Return the goods that booked no cost, with the costs that are known."""
        return SQL(
            """
            SELECT
                lines.partner_id,
                lines.sign * lines.quantity AS quantity,
                COALESCE(sold.unit_cost, lines.frozen_cost) AS known_cost,
                (product.standard_price->>%(company_key)s)::numeric
                    * %(line_factor)s AS current_cost
            FROM lines
            JOIN product_product product ON product.id = lines.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            JOIN uom_uom product_uom ON product_uom.id = template.uom_id
            LEFT JOIN uom_uom line_uom ON line_uom.id = lines.product_uom_id
            LEFT JOIN sold ON sold.line_id = lines.line_id
            LEFT JOIN booked
                ON booked.move_id = lines.move_id
                AND booked.product_id = lines.product_id
            WHERE lines.display_type = 'product' AND booked.move_id IS NULL
            """,
            company_key=str(scope.company.id),
            line_factor=SQL(
                "COALESCE(line_uom.factor / NULLIF(product_uom.factor, 0), 1)::numeric"
            ),
        )

    @api.model
    def _invoiced_lines_query(self, scope) -> SQL:
        """Return the product and cost lines of the documents of the window."""
        return SQL(
            """
            SELECT
                partner.commercial_partner_id AS partner_id,
                line.id AS line_id,
                line.move_id,
                line.account_id,
                line.product_id,
                line.product_uom_id,
                line.display_type,
                line.balance,
                line.quantity,
                CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS sign,
                line.crm_value_unit_cost AS frozen_cost
            FROM account_move move
            JOIN res_partner partner ON partner.id = move.commercial_partner_id
            JOIN account_move_line line ON line.move_id = move.id
            WHERE move.company_id = %(company)s
                AND move.move_type IN ('out_invoice', 'out_refund')
                AND move.state = 'posted'
                AND move.invoice_date BETWEEN %(start)s AND %(as_of)s
                AND line.display_type IN ('product', 'cogs')
                AND line.product_id IS NOT NULL
                %(partners)s
            """,
            company=scope.company.id,
            start=scope.policy._window_start(scope.as_of),
            as_of=scope.as_of,
            partners=self._partner_filter(scope),
        )

    @api.model
    def _sold_cost_query(self, scope) -> SQL:
        """Return the unit cost frozen on the order lines behind invoice lines.

        Per unit of the invoice line, in the currency of the company. An order line
        without cost says nothing.
        """
        OrderLine = self.env.get("sale.order.line")
        if OrderLine is None or "purchase_price" not in OrderLine._fields:
            return SQL(
                "SELECT NULL::int AS line_id, NULL::numeric AS unit_cost WHERE FALSE"
            )
        return SQL(
            """
            SELECT
                lines.line_id,
                AVG(
                    order_line.purchase_price::numeric
                    / COALESCE(NULLIF(sale_order.currency_rate, 0), 1)::numeric
                    * COALESCE(
                        line_uom.factor / NULLIF(order_uom.factor, 0), 1
                    )::numeric
                ) AS unit_cost
            FROM lines
            JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = lines.line_id
            JOIN sale_order_line order_line ON order_line.id = rel.order_line_id
            JOIN sale_order ON sale_order.id = order_line.order_id
            LEFT JOIN uom_uom order_uom ON order_uom.id = order_line.product_uom_id
            LEFT JOIN uom_uom line_uom ON line_uom.id = lines.product_uom_id
            WHERE order_line.purchase_price <> 0
            GROUP BY lines.line_id
            """
        )

    @api.model
    def _partner_filter(self, scope) -> SQL:
        """Return the condition that a row of ``move`` belongs to the scope.

        ``partner`` is whom the document was booked for. Naming these partners lets
        the database find the documents by index.
        """
        if scope.partner_ids is None:
            return SQL()
        return SQL(
            "AND move.commercial_partner_id = ANY(%s)"
            " AND partner.commercial_partner_id = ANY(%s)",
            self._document_partner_ids(scope),
            list(scope.partner_ids),
        )

    @api.model
    def _document_partner_ids(self, scope):
        """Return the partners whose documents belong to customers of the scope."""
        if "document_partner_ids" not in scope.notes:
            rows = self.env.execute_query(
                SQL(
                    "SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s)",
                    list(scope.partner_ids),
                )
            )
            scope.notes["document_partner_ids"] = [row[0] for row in rows]
        return scope.notes["document_partner_ids"]
