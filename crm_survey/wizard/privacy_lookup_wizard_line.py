from odoo import models

ANONYMISED = ("survey.user_input", "crm.survey.score", "crm.survey.invitation")


class PrivacyLookupWizardLine(models.TransientModel):
    """Erasing a person makes survey answers anonymous instead of deleting scores."""

    _inherit = "privacy.lookup.wizard.line"

    def action_unlink(self):
        # EXTENDS 'privacy_lookup'
        self.ensure_one()
        if self.is_unlinked or self.res_model not in ANONYMISED:
            return super().action_unlink()
        # sudo: as in the method extended, the lookup is for administrators only
        record = self.env[self.res_model].sudo().browse(self.res_id).exists()
        if record._name == "survey.user_input" and not record.crm_program_id:
            return super().action_unlink()
        record._crm_anonymise()
        self.execution_details = self.env._(
            "Made anonymous: %(model)s #%(id)s",
            model=self.res_model_id.name,
            id=self.res_id,
        )
        self.is_unlinked = True
        return None
