from odoo import api, fields, models


class SurveySurvey(models.Model):
    """A satisfaction survey keeps its answers away from survey users.

    Core shows the answers of its own four types only, so answers and their
    tokens of type ``satisfaction`` are read through scores alone.
    """

    _inherit = "survey.survey"

    survey_type = fields.Selection(
        selection_add=[("satisfaction", "Customer satisfaction")],
        ondelete={"satisfaction": "set default"},
    )

    @api.depends("survey_type")
    @api.depends_context("uid")
    def _compute_allowed_survey_types(self):
        # EXTENDS 'survey'
        super()._compute_allowed_survey_types()
        if self.env.user.has_group("crm_survey.group_manager"):
            self.allowed_survey_types = [
                *(self.allowed_survey_types or []),
                "satisfaction",
            ]
