from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_value.fields import OptionalMonetary

#: From this share of the limit on, a customer is said to be near it.
NEAR_LIMIT_SHARE = 0.8


class CrmCustomer(models.Model):
    """Credit on the customer row: live figures to read, daily ones to search by."""

    _inherit = "crm.customer"

    credit_panel = fields.Json(string="Credit Position", compute="_compute_credit")
    credit_exposure = fields.Monetary(
        string="Credit Used",
        compute="_compute_credit",
        help="What the customer owes or will owe, as of now.",
    )
    credit_available = OptionalMonetary(
        compute="_compute_credit",
        help="What is left of the limit, as of now; empty without a limit.",
    )
    credit_overdue = fields.Monetary(
        string="Overdue", compute="_compute_credit", help="Past due, as of now."
    )
    credit_standing = fields.Selection(
        [
            ("free", "No Limit"),
            ("within", "Within Limit"),
            ("near", "Near Limit"),
            ("over", "Over Limit"),
        ],
        readonly=True,
        index=True,
        help="Where the customer stood at the last refresh. Near: 80 % of the limit "
        "or more is used.",
    )
    measured_exposure = fields.Monetary(
        string="Credit Used (last refresh)", readonly=True
    )
    measured_overdue = fields.Monetary(string="Overdue (last refresh)", readonly=True)
    measured_overdue_days = fields.Integer(
        string="Days Overdue (last refresh)", readonly=True
    )

    @api.depends_context("uid")
    @api.depends("partner_id", "company_id")
    def _compute_credit(self):
        for company, customers in self.grouped("company_id").items():
            positions = self.env["crm.customer"]._credit_panels(
                customers.partner_id, company
            )
            for customer in customers:
                panel = positions.get(customer.partner_id.id)
                customer.credit_panel = panel or False
                customer.credit_exposure = panel["exposure"] if panel else 0.0
                customer.credit_available = panel["available"] if panel else False
                customer.credit_overdue = panel["overdue"] if panel else 0.0

    @api.model
    def _refresh_steps(self):
        # EXTENDS 'crm_value'
        return [*super()._refresh_steps(), self._refresh_credit]

    @api.model
    def _refresh_credit(self, scope):
        """Write the credit columns of every customer of the scope.

        Branches have no figures of their own: those of the root hold for all.
        """
        if scope.company.parent_id:
            return
        asked = SQL(
            "SELECT partner_id FROM crm_customer WHERE company_id = %s AND %s",
            scope.company.id,
            SQL("TRUE")
            if scope.partner_ids is None
            else SQL("partner_id = ANY(%s)", list(scope.partner_ids)),
        )
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_customer AS customer
                   SET measured_exposure = measure.exposure,
                       measured_overdue = measure.overdue,
                       measured_overdue_days = measure.overdue_days,
                       credit_standing = measure.standing
                  FROM (%(measures)s) AS measure
                 WHERE customer.partner_id = measure.partner_id
                   AND customer.company_id = %(company_id)s
                   AND (customer.measured_exposure, customer.measured_overdue,
                        customer.measured_overdue_days, customer.credit_standing)
                       IS DISTINCT FROM
                       (measure.exposure, measure.overdue, measure.overdue_days,
                        measure.standing)
             RETURNING customer.id
                """,
                measures=self._credit_measures_sql(scope, asked),
                company_id=scope.company.id,
            )
        )

    @api.model
    def _credit_measures_sql(self, scope, asked):
        currency = scope.company.currency_id
        return SQL(
            """
            SELECT partner_id,
                   ROUND(exposure::numeric, %(digits)s) AS exposure,
                   ROUND(overdue::numeric, %(digits)s) AS overdue,
                   COALESCE(%(today)s - oldest_due, 0) AS overdue_days,
                   CASE
                       WHEN effective_limit IS NULL THEN 'free'
                       WHEN exposure > effective_limit + %(tolerance)s THEN 'over'
                       WHEN exposure > 0
                        AND exposure >= effective_limit * %(near)s THEN 'near'
                       ELSE 'within'
                   END AS standing
              FROM (%(positions)s) AS position_row
            """,
            positions=self._credit_position_query(scope.company, asked, scope.as_of),
            today=scope.as_of,
            digits=currency.decimal_places,
            tolerance=currency.rounding / 2,
            near=NEAR_LIMIT_SHARE,
        )

    def action_change_credit_limit(self):
        """Open a new request for the limit of this customer."""
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        return partner.action_change_credit_limit()
