from odoo import api, fields, models

from ..fields import OptionalFloat


class CrmCustomer(models.Model):
    """What is left of a customer's revenue after what the customer costs."""

    _inherit = "crm.customer"

    goods_cost = fields.Monetary(
        string="Cost of Goods",
        readonly=True,
        default=0,
        help="What the goods invoiced in the window have cost, less goods returned.",
    )
    service_cost = fields.Monetary(
        string="Cost to Serve",
        readonly=True,
        default=0,
        help="Activities, meetings, deliveries, invoices, e-mails and the like in the "
        "window, at the rates of the company.",
    )
    capital_cost = fields.Monetary(
        string="Cost of Capital",
        readonly=True,
        default=0,
        help="What the money costs that the customer owed during the window.",
    )
    contribution_window = fields.Monetary(
        string="Contribution",
        readonly=True,
        default=0,
        help="Revenue in the window less cost of goods, cost to serve and cost of "
        "capital.",
    )
    contribution_is_estimated = fields.Boolean(
        string="Estimated",
        readonly=True,
        default=False,
        help="Some goods had no cost recorded when they were invoiced; today's cost "
        "of the product was taken instead.",
    )
    contribution_pct = OptionalFloat(
        string="Contribution (%)",
        compute="_compute_contribution_pct",
        digits=(16, 1),
        help="Contribution in percent of revenue.",
    )

    @api.depends("contribution_window", "revenue_window")
    def _compute_contribution_pct(self):
        for customer in self:
            revenue = customer.revenue_window
            customer.contribution_pct = (
                100 * customer.contribution_window / revenue if revenue > 0 else False
            )
