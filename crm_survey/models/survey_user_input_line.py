from odoo import models


class SurveyUserInputLine(models.Model):
    """One value a customer gave."""

    _inherit = "survey.user_input.line"

    def _crm_as_text(self):
        self.ensure_one()
        if self.answer_type == "suggestion":
            return str(self.suggested_answer_id.id)
        value = self[f"value_{self.answer_type}"]
        if self.answer_type == "datetime":
            return value.strftime("%Y-%m-%dT%H:%M")
        return f"{value:g}" if isinstance(value, float) else str(value)
