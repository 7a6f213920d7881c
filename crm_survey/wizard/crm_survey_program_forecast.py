from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: how far a dry run looks ahead
FORECAST_DAYS = 30


class CrmSurveyProgramForecast(models.TransientModel):
    """One line of a dry run: who would be asked on which day, or why not."""

    _name = "crm.survey.program.forecast"
    _description = "Survey Programme Dry Run"
    _order = "due_on, id"
    _rec_name = "partner_id"

    program_id = fields.Many2one(
        "crm.survey.program", string="Programme", readonly=True
    )
    due_on = fields.Date(string="Day", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Account", readonly=True
    )
    outcome = fields.Selection(
        [("ask", "Would be asked"), ("skip", "Would be left alone")], readonly=True
    )
    skip_reason = fields.Selection(
        selection=lambda self: (
            self.env["crm.survey.invitation"]
            ._fields["skip_reason"]
            ._description_selection(self.env)
        ),
        string="Why Not",
        readonly=True,
    )
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )

    @api.model
    def _run(self, program, now=None):
        """Write the lines of a dry run of ``program`` in place of earlier ones."""
        now = now or fields.Datetime.now()
        self.search([("program_id", "=", program.id)]).unlink()
        # sudo: what the scheduled action would do does not depend on who looks
        rows = program.sudo()._forecast(now, now + timedelta(days=FORECAST_DAYS))
        self._insert(program, rows)

    def _insert(self, program, rows):
        """Insert one line per (due, reason); SQL, for lists of any length."""
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_survey_program_forecast (
                       program_id, create_uid, create_date, write_uid, write_date,
                       due_on, partner_id, commercial_partner_id, skip_reason,
                       outcome, res_model, res_id
                       )
                SELECT %(program)s, %(uid)s, %(now)s, %(uid)s, %(now)s,
                       line.due_on, line.contact, line.account, line.reason,
                       CASE WHEN line.reason IS NULL THEN 'ask' ELSE 'skip' END,
                       line.model, line.document
                  FROM unnest(
                           %(days)s::date[],
                           %(contacts)s::int[],
                           %(accounts)s::int[],
                           %(reasons)s::text[],
                           %(models)s::text[],
                           %(documents)s::int[]
                       ) AS line (due_on, contact, account, reason, model, document)
             RETURNING id
                """,
                program=program.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                days=[due.due_at.date() for due, _reason in rows],
                contacts=[due.contact for due, _reason in rows],
                accounts=[due.account for due, _reason in rows],
                reasons=[reason or None for _due, reason in rows],
                models=[due.res_model for due, _reason in rows],
                documents=[due.res_id for due, _reason in rows],
            )
        )

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
