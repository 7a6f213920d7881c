from odoo import fields, models
from odoo.tools import SQL

BUCKETS = 20


class CrmValuePareto(models.Model):
    """The Pareto curve: how much of the value each slice of the customers makes.

    Customers with any value, the most valuable first, in twenty slices of equal
    number per company.
    """

    _name = "crm.value.pareto"
    _description = "Pareto Curve"
    _auto = False
    _rec_name = "slice"
    _order = "company_id, slice"

    slice = fields.Char(
        string="Customers up to",
        readonly=True,
        help="Share of the customers, the most valuable first, up to and with this "
        "slice.",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    value_amount = fields.Monetary(string="Value", readonly=True)
    value_share_pct = fields.Float(
        string="Share of Value (%)", readonly=True, digits=(16, 2)
    )

    @property
    def _table_query(self):
        """Return one row per company and slice; ranking everyone is not for the ORM."""
        self.env["crm.customer"].flush_model()
        return SQL(
            """
            WITH ranked AS (
                SELECT
                    company_id,
                    currency_id,
                    value_amount,
                    ntile(%(buckets)s) OVER (
                        PARTITION BY company_id
                        ORDER BY value_amount DESC, partner_id
                    ) AS bucket,
                    SUM(value_amount) OVER (PARTITION BY company_id) AS total
                FROM crm_customer
                WHERE value_amount > 0
            )
            SELECT
                (company_id * 100 + bucket)::int AS id,
                LPAD((bucket * 100 / %(buckets)s)::text, 3, ' ') || ' %%' AS slice,
                company_id,
                currency_id,
                COUNT(*)::int AS customer_count,
                SUM(value_amount) AS value_amount,
                100 * SUM(value_amount) / MAX(total) AS value_share_pct
            FROM ranked
            GROUP BY company_id, currency_id, bucket
            """,
            buckets=BUCKETS,
        )
