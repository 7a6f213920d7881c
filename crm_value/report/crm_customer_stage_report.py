from odoo import fields, models
from odoo.tools import SQL


class CrmCustomerStageReport(models.Model):
    """Every stay of every customer in a stage, with where it came from and went.

    One row a stay: counts by entry month are the funnel, from and stage the flow,
    from and next stage with the share that left the conversion, days summed over
    the stays of a customer the cumulative time.
    """

    _name = "crm.customer.stage.report"
    _description = "Stage Analysis"
    _auto = False
    _rec_name = "customer_id"
    _order = "entered_on desc, id desc"

    customer_id = fields.Many2one("crm.customer", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    account_manager_id = fields.Many2one("res.users", readonly=True)
    tier_id = fields.Many2one("crm.value.tier", string="Tier Now", readonly=True)
    from_stage_id = fields.Many2one("crm.lifecycle.stage", readonly=True)
    stage_id = fields.Many2one("crm.lifecycle.stage", readonly=True)
    next_stage_id = fields.Many2one("crm.lifecycle.stage", readonly=True)
    entered_on = fields.Date(string="Entered", readonly=True)
    left_on = fields.Date(string="Left", readonly=True)
    is_current = fields.Boolean(string="Still There", readonly=True)
    visit = fields.Integer(
        readonly=True,
        aggregator=None,
        help="The how manieth stay of the customer in this stage it is.",
    )
    days = fields.Integer(readonly=True, help="Days in the stage, up to today.")
    days_average = fields.Float(
        string="Average Days", readonly=True, aggregator="avg", digits=(16, 1)
    )
    left_share = fields.Float(
        string="Moved On (share)",
        readonly=True,
        aggregator="avg",
        help="Share of the stays that ended: with the next stage as a column, the "
        "conversion from stage to stage.",
    )
    revenue_window = fields.Monetary(string="Revenue Now", readonly=True)

    @property
    def _table_query(self):
        self.env["crm.customer"].flush_model()
        self.env["crm.customer.stage.history"].flush_model()
        return SQL(
            """
            SELECT stay.id,
                   stay.customer_id,
                   customer.partner_id,
                   stay.company_id,
                   customer.currency_id,
                   customer.account_manager_id,
                   customer.tier_id,
                   stay.from_stage_id,
                   stay.stage_id,
                   LEAD(stay.stage_id) OVER visits AS next_stage_id,
                   stay.entered_on,
                   stay.left_on,
                   stay.left_on IS NULL AS is_current,
                   ROW_NUMBER() OVER (
                       PARTITION BY stay.customer_id, stay.stage_id
                           ORDER BY stay.entered_on, stay.id
                   ) AS visit,
                   COALESCE(stay.left_on, CURRENT_DATE) - stay.entered_on AS days,
                   COALESCE(stay.left_on, CURRENT_DATE) - stay.entered_on
                       AS days_average,
                   CASE WHEN stay.left_on IS NULL THEN 0 ELSE 1 END AS left_share,
                   customer.revenue_window
              FROM crm_customer_stage_history stay
              JOIN crm_customer customer ON customer.id = stay.customer_id
            WINDOW visits AS (
                       PARTITION BY stay.customer_id ORDER BY stay.entered_on, stay.id
                   )
            """
        )
