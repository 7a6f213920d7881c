from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.date_utils import end_of


class CrmCustomerSnapshot(models.Model):
    """What a customer was at the end of a month. Written once, never rewritten.

    Taken by the scheduled refresh when the month is over; months before the first
    refresh are filled in from the documents posted by then.
    """

    _name = "crm.customer.snapshot"
    _description = "Customer Month"
    _order = "period_end desc, value_amount desc, id"
    _rec_name = "period_end"
    _log_access = False

    customer_id = fields.Many2one(
        "crm.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Partner")
    partner_key = fields.Integer(
        required=True,
        readonly=True,
        aggregator=None,
        help="Id the partner had then; it stays after partners are merged.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    period_end = fields.Date(string="Month", required=True, readonly=True)
    is_backfilled = fields.Boolean(
        string="Filled in Later",
        readonly=True,
        help="Computed later from the documents posted by the end of the month.",
    )
    cohort_month = fields.Date(
        string="First Purchase Month",
        readonly=True,
        help="Customers who bought first in the same month form a cohort.",
    )
    age_months = fields.Integer(
        string="Months since First Purchase", readonly=True, aggregator=None
    )
    revenue_month = fields.Monetary(string="Revenue of the Month", readonly=True)
    purchase_count_month = fields.Integer(
        string="Purchases of the Month", readonly=True
    )
    retention = fields.Float(
        readonly=True,
        digits=(5, 4),
        aggregator="avg",
        help="1 if the customer bought in the month, else 0: the average of a cohort "
        "is its retention.",
    )
    revenue_total = fields.Monetary(string="Revenue Ever", readonly=True)
    revenue_window = fields.Monetary(string="Revenue in Window", readonly=True)
    revenue_previous = fields.Monetary(string="Revenue in Window Before", readonly=True)
    purchase_count = fields.Integer(string="Purchases", readonly=True)
    contribution_window = fields.Monetary(string="Contribution", readonly=True)
    value_amount = fields.Monetary(string="Value", readonly=True)
    clv = fields.Monetary(string="Lifetime Value", readonly=True)
    p_alive = fields.Float(
        string="Probability Alive", readonly=True, digits=(5, 4), aggregator="avg"
    )
    abc_class = fields.Selection(
        [("a", "A"), ("b", "B"), ("c", "C")], string="ABC Class", readonly=True
    )
    rfm_segment_id = fields.Many2one(
        "crm.value.segment",
        string="Segment",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    tier_id = fields.Many2one(
        "crm.value.tier", readonly=True, ondelete="set null", index="btree_not_null"
    )
    previous_tier_id = fields.Many2one(
        "crm.value.tier",
        string="Tier a Month before",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    _month_uniq = models.UniqueIndex(
        "(company_id, period_end, partner_key)",
        "This month of the customer is already written.",
    )

    # Append-only: a change never reaches the ORM.
    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The past months of a customer cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(self.env._("The past months of a customer cannot be deleted."))

    @api.model
    def _months_missing(self, company, since, until):
        """Return the month ends from ``since`` to ``until`` without a snapshot."""
        months = []
        month_end = end_of(since, "month")
        while month_end <= until:
            months.append(month_end)
            month_end = end_of(month_end + timedelta(days=1), "month")
        taken = self.env.execute_query(
            SQL(
                """
                SELECT month
                FROM unnest(%s::date[]) month
                WHERE EXISTS (
                    SELECT FROM crm_customer_snapshot snapshot
                    WHERE snapshot.company_id = %s AND snapshot.period_end = month
                )
                """,
                months,
                company.id,
            )
        )
        return sorted(set(months) - {row[0] for row in taken})
