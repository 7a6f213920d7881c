from odoo import api, fields, models
from odoo.tools import SQL


class CrmTargetListCount(models.Model):
    """How many customers a live list had on a day, and what they are worth."""

    _name = "crm.target.list.count"
    _description = "Target List Count"
    _order = "day desc, id desc"
    _rec_name = "day"
    _log_access = False

    list_id = fields.Many2one(
        "crm.target.list", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="list_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    day = fields.Date(required=True, readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    value_amount = fields.Monetary(string="Value", readonly=True)

    _list_day_uniq = models.Constraint(
        "UNIQUE (list_id, day)", "A list is counted once a day."
    )

    @api.model
    def _record(self, target, day):
        """Count the customers of a list as of ``day``."""
        Customer = self.env["crm.customer"]
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_target_list_count AS entry (
                            list_id, company_id, day, customer_count, value_amount
                       )
                SELECT %(list)s,
                       %(company)s,
                       %(day)s,
                       COUNT(*),
                       COALESCE(SUM(value_amount), 0)
                  FROM crm_customer
                 WHERE id IN %(customers)s
                ON CONFLICT (list_id, day) DO UPDATE
                   SET customer_count = EXCLUDED.customer_count,
                       value_amount = EXCLUDED.value_amount
                RETURNING entry.id
                """,
                list=target.id,
                company=target.company_id.id,
                day=day,
                customers=Customer._customer_ids_sql(
                    target.domain, target.company_id, day
                ),
            )
        )
        target.invalidate_recordset(["count_ids"])
