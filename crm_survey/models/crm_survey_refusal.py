import logging
from datetime import timedelta

from odoo import api, fields, models

_logger = logging.getLogger(__name__)
#: how long a refused submission is remembered
KEPT_DAYS = 180


class CrmSurveyRefusal(models.Model):
    """A submission that was turned away: when and why, never what it said.

    Written by the public page; mail scanners that replay a form end up here.
    """

    _name = "crm.survey.refusal"
    _description = "Refused Survey Submission"
    _order = "id desc"
    _rec_name = "reason"
    _log_access = False

    program_id = fields.Many2one(
        "crm.survey.program",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    invitation_id = fields.Many2one(
        "crm.survey.invitation",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Empty in an anonymous programme.",
    )
    reason = fields.Selection(
        [
            ("answered", "Already answered from another session"),
            ("staff", "Sent by an employee"),
        ],
        required=True,
        readonly=True,
    )
    occurred_at = fields.Datetime(
        string="When", required=True, readonly=True, default=fields.Datetime.now
    )

    @api.model
    def _log(self, answer, reason):
        """Remember that a submission for ``answer`` was refused."""
        program = answer.crm_program_id
        _logger.info("Refused a submission to programme %s: %s", program.id, reason)
        # sudo: the public page writes this log, nobody else
        self.sudo().create(
            {
                "program_id": program.id,
                "company_id": program.company_id.id,
                "invitation_id": not program.is_anonymous
                and answer.crm_invitation_id.id,
                "reason": reason,
            }
        )

    @api.autovacuum
    def _gc_refusals(self):
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("occurred_at", "<", limit)]).unlink()
