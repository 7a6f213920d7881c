from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.crm_value.fields import OptionalFloat, OptionalInteger

#: fewer votes or answers than this say more about persons than about the service
MINIMUM_ANSWERS = 5


class CrmAccountManagerReport(models.Model):
    """What the customers of an account manager say."""

    _inherit = "crm.account.manager.report"

    nps_year = OptionalInteger(
        string="NPS (12 months)",
        readonly=True,
        aggregator="avg",
        help="Share of promoters minus share of detractors, one vote a customer. "
        "Hidden below five customers.",
    )
    nps_count = fields.Integer(
        string="Customers with NPS (12 months)",
        readonly=True,
        help="Customers of whom somebody answered the NPS question.",
    )
    csat_year = OptionalFloat(
        string="Satisfied (12 months, %)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Average share of satisfied answers of the customers. Hidden below five "
        "answers.",
    )
    satisfaction_count = fields.Integer(string="Answers (12 months)", readonly=True)

    def _more_columns(self):
        # EXTENDS 'crm_value'
        return {
            **super()._more_columns(),
            "nps_count": SQL("COUNT(customer.nps_band_year)"),
            "nps_year": SQL(
                """
                CASE WHEN COUNT(customer.nps_band_year) >= %s
                     THEN ROUND(
                         100.0 * (
                             COUNT(*) FILTER (WHERE customer.nps_band_year = 'high')
                             - COUNT(*) FILTER (WHERE customer.nps_band_year = 'low')
                         ) / COUNT(customer.nps_band_year)
                     )::int
                END
                """,
                MINIMUM_ANSWERS,
            ),
            "satisfaction_count": SQL("COALESCE(SUM(customer.satisfaction_count), 0)"),
            "csat_year": SQL(
                """
                CASE WHEN SUM(customer.satisfaction_count) >= %s
                     THEN AVG(customer.csat_year)
                END
                """,
                MINIMUM_ANSWERS,
            ),
        }
