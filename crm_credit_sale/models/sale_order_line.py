from odoo import api, models

_SIZE_FIELDS = {
    "product_id",
    "product_uom_qty",
    "product_uom_id",
    "price_unit",
    "discount",
    "tax_ids",
    "is_downpayment",
}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        before = orders.exists()._credit_sizes()
        lines = super().create(vals_list)
        lines.order_id._credit_check_growth(before)
        return lines

    def write(self, vals):
        if not _SIZE_FIELDS & vals.keys():
            return super().write(vals)
        before = self.order_id._credit_sizes()
        done = super().write(vals)
        self.order_id._credit_check_growth(before)
        return done
