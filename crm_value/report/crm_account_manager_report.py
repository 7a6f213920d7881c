from odoo import fields, models
from odoo.tools import SQL

from ..fields import OptionalFloat


class CrmAccountManagerReport(models.Model):
    """How the customers of each account manager do: one row a manager and company."""

    _name = "crm.account.manager.report"
    _description = "Account Manager Scorecard"
    _auto = False
    _rec_name = "account_manager_id"
    _order = "revenue_window desc, id"

    account_manager_id = fields.Many2one("res.users", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    revenue_window = fields.Monetary(string="Revenue", readonly=True)
    contribution_window = fields.Monetary(string="Contribution", readonly=True)
    cadence_count = fields.Integer(
        string="To Keep in Touch with",
        readonly=True,
        help="Customers whose tier asks for regular contact.",
    )
    due_count = fields.Integer(string="Customers Due", readonly=True)
    kept_share = OptionalFloat(
        string="Contacts Kept",
        readonly=True,
        aggregator="avg",
        help="Share of the customers to keep in touch with who are not overdue.",
    )
    up_count = fields.Integer(
        string="Moves Up",
        readonly=True,
        help="Moves to a better tier or stage in the last 365 days.",
    )
    down_count = fields.Integer(
        string="Moves Down",
        readonly=True,
        help="Moves to a worse tier or stage in the last 365 days.",
    )
    downgrade_count = fields.Integer(string="Downgrades Announced", readonly=True)

    def _more_columns(self):
        """Return by field the aggregate of ``customer`` that fills it.

        The addons that know more about a customer extend it.
        """
        return {}

    @property
    def _table_query(self):
        self.env["crm.customer"].flush_model()
        self.env["crm.customer.event"].flush_model()
        return SQL(
            """
            SELECT MIN(customer.id) AS id,
                   customer.account_manager_id,
                   customer.company_id,
                   customer.currency_id,
                   COUNT(*) AS customer_count,
                   SUM(customer.revenue_window) AS revenue_window,
                   SUM(customer.contribution_window) AS contribution_window,
                   COUNT(customer.next_contact_date) AS cadence_count,
                   COUNT(*) FILTER (WHERE customer.next_contact_date < CURRENT_DATE)
                       AS due_count,
                   AVG((customer.next_contact_date >= CURRENT_DATE)::int)
                       AS kept_share,
                   COALESCE(SUM(move.up_count), 0) AS up_count,
                   COALESCE(SUM(move.down_count), 0) AS down_count,
                   COUNT(customer.tier_downgrade_on) AS downgrade_count
                   %(more)s
              FROM crm_customer customer
              LEFT JOIN (
                    SELECT customer_id,
                           COUNT(*) FILTER (WHERE direction = 'up') AS up_count,
                           COUNT(*) FILTER (WHERE direction = 'down') AS down_count
                      FROM crm_customer_event
                     WHERE kind IN ('tier', 'stage')
                       AND direction IN ('up', 'down')
                       AND occurred_at > CURRENT_DATE - 365
                     GROUP BY customer_id
                   ) move
                ON move.customer_id = customer.id
             GROUP BY customer.account_manager_id,
                      customer.company_id,
                      customer.currency_id
            """,
            more=SQL("").join(
                SQL(", %s AS %s", aggregate, SQL.identifier(name))
                for name, aggregate in self._more_columns().items()
            ),
        )

    def action_open_customers(self):
        """Show the customers behind a row."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_value.crm_customer_action"
        )
        action["domain"] = [
            ("account_manager_id", "=", self.account_manager_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        return action
