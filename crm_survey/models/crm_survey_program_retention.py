from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

#: answers made anonymous between two commits
BATCH = 500


class CrmSurveyProgram(models.Model):
    """Names are kept as long as the programme says, then only the scores remain."""

    _inherit = "crm.survey.program"

    @api.model
    def _cron_anonymise(self, limit=BATCH):
        """Make answers and invitations anonymous whose time is over.

        Each batch is committed, so the work goes on where it was stopped.
        """
        # the few programmes there are, archived ones too: their time runs out as well
        everything = self.with_context(active_test=False)
        programs = everything.search([])  # pylint: disable=no-search-all
        for program in programs:
            program._anonymise_old(limit)

    def _anonymise_old(self, limit):
        """Make everything of this programme anonymous that is too old."""
        self.ensure_one()
        before = fields.Datetime.now() - relativedelta(months=self.retention_months)
        searches = (
            (
                "survey.user_input",
                [
                    ("crm_program_id", "=", self.id),
                    ("create_date", "<", before),
                    "|",
                    "|",
                    ("partner_id", "!=", False),
                    ("email", "!=", False),
                    ("crm_invitation_id", "!=", False),
                ],
            ),
            (
                "crm.survey.score",
                [
                    ("program_id", "=", self.id),
                    ("scored_at", "<", before),
                    ("is_anonymous", "=", False),
                ],
            ),
            (
                "crm.survey.invitation",
                [
                    ("program_id", "=", self.id),
                    ("create_date", "<", before),
                    "|",
                    ("partner_id", "!=", False),
                    ("email_normalized", "!=", False),
                ],
            ),
        )
        Cron = self.env["ir.cron"]
        for model, domain in searches:
            # sudo: the scheduled action acts for the company
            Model = self.env[model].sudo()
            while records := Model.search(domain, limit=limit, order="id"):
                records._crm_anonymise()
                self.env.flush_all()
                left = Model.search_count(domain)
                if not Cron._commit_progress(len(records), remaining=left):
                    return
