from odoo import models

from .survey_question_validation import as_integer


class SurveyUserInput(models.Model):
    """What the page of a customer shows."""

    _inherit = "survey.user_input"

    def _crm_lang(self):
        """Return the language of the person asked."""
        return self.crm_invitation_id.partner_id.lang

    def _crm_prefill(self, score):
        """Return the form as it is shown first: the old answers, or the score given.

        :param score: what stands in the address; a preselection, never an answer
        """
        self.ensure_one()
        if self.state == "done":
            return self._crm_holder(is_first=False)._crm_as_form()
        question = self.crm_program_id._main_question()
        value = as_integer(score)
        if not question or value is None:
            return {}
        if not question.scale_min <= value <= question.scale_max:
            return {}
        return {f"q{question.id}": [str(value)]}

    def _crm_as_form(self):
        """Return the saved answers under the names of the form."""
        form = {"consent": ["1"]} if self.crm_consent_at else {}
        for line in self.user_input_line_ids.filtered(lambda line: not line.skipped):
            question = line.question_id
            is_choice = question.question_type in ("simple_choice", "multiple_choice")
            if is_choice and line.answer_type == "char_box":
                form[f"c{question.id}"] = [line.value_char_box]
                continue
            name = f"q{question.id}"
            if line.matrix_row_id:
                name = f"{name}_{line.matrix_row_id.id}"
            form.setdefault(name, []).append(line._crm_as_text())
        return form
