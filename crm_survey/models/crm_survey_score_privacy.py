from odoo import models
from odoo.tools import SQL


class CrmSurveyScore(models.Model):
    """A score outlives the name it was given under."""

    _inherit = "crm.survey.score"

    def _crm_anonymise(self):
        """Make these scores anonymous: nobody reads them by themselves any more."""
        if not self:
            return
        customers = self.sudo().customer_id
        self.sudo()._overwrite(
            {
                "is_anonymous": True,
                "customer_id": False,
                "partner_id": False,
                "res_model": False,
                "res_id": False,
                "comment": False,
                "corrected_at": False,
            }
        )
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_survey_score
                   SET scored_at = date_trunc('month', scored_at),
                       create_date = date_trunc('month', create_date),
                       write_date = date_trunc('month', write_date)
                 WHERE id IN %s
             RETURNING id
                """,
                tuple(self.ids),
            )
        )
        self.invalidate_recordset()
        customers._refresh_satisfaction_now()
