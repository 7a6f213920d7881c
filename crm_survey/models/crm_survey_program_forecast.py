from odoo import models
from odoo.tools import groupby

from ..analytics import decide


class CrmSurveyProgram(models.Model):
    """The dry run of a programme: the same decisions, and nothing written."""

    _inherit = "crm.survey.program"

    def action_forecast(self):
        self.ensure_one()
        self.check_access("write")
        self._check_can_start()
        Forecast = self.env["crm.survey.program.forecast"]
        Forecast._run(self)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_survey.crm_survey_program_forecast_action"
            ),
            "domain": [("program_id", "=", self.id)],
        }

    def _forecast(self, now, until):
        """Return (due, reason) of everybody due up to ``until``, day by day.

        Each day is decided with what the days before it would have sent.
        """
        self.ensure_one()
        due = self._due(now, until)
        candidates = dict(zip(due, self._candidates(due), strict=True))
        ledger = self._ledger(list(candidates.values()), now)
        size = self._list_size(now) if self.is_anonymous else 0
        rows = []
        for due_at, same_time in groupby(due, key=lambda row: row.due_at):
            group = list(same_time)
            reasons = decide(
                [candidates[row] for row in group],
                self._policy(),
                ledger,
                due_at,
                size,
            )
            rows += zip(group, reasons, strict=True)
        return rows
