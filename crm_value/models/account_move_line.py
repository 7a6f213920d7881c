from odoo import fields, models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    crm_value_unit_cost = fields.Float(
        string="Cost at Posting",
        digits=0,
        readonly=True,
        copy=False,
        aggregator=None,
        groups="base.group_user",
        help="What one unit had cost when the invoice was posted, in the currency of "
        "the company. A later change of the product's cost does not change it.",
    )

    def _crm_value_freeze_cost(self):
        """Keep today's cost of the products on these lines, whatever it will become."""
        self.flush_recordset(["product_id", "product_uom_id", "company_id"])
        self.env["product.product"].flush_model(["standard_price"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_move_line line
                SET crm_value_unit_cost = COALESCE(
                    (product.standard_price->>(line.company_id::text))::numeric, 0
                ) * COALESCE(
                    line_uom.factor / NULLIF(product_uom.factor, 0), 1
                )::numeric
                FROM product_product product
                JOIN product_template template ON template.id = product.product_tmpl_id
                JOIN uom_uom product_uom ON product_uom.id = template.uom_id,
                account_move_line self
                LEFT JOIN uom_uom line_uom ON line_uom.id = self.product_uom_id
                WHERE line.id = ANY(%s)
                    AND self.id = line.id
                    AND product.id = line.product_id
                """,
                self.ids,
            )
        )
        self.invalidate_recordset(["crm_value_unit_cost"], flush=False)
