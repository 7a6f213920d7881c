import logging
import random
import time
from datetime import timedelta
from functools import partial

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY
from odoo.tools import split_every

from .crm_survey_invitation_progress import OPEN_STATES
from .crm_survey_program_invite import QUIET

_logger = logging.getLogger(__name__)

#: people handled between two commits
BATCH_SIZE = 1000
#: times a batch is begun anew because somebody else asked the same people
MAX_REPLAYS = 20


class CrmSurveyProgram(models.Model):
    """The scheduled action: expire, remind and ask, batch by batch.

    Each batch is committed with its progress. Whatever is not done when the time
    is over, or when the process is killed, is still due the next time.
    """

    _inherit = "crm.survey.program"

    @api.model
    def _cron_run(self, now=None):
        """Do what is due for every running programme."""
        now = now or fields.Datetime.now()
        programs = self.search([("state", "=", "running")])
        self._run_batches(self._expire_batch, self._fetch_expired(now), now)
        for program in programs.filtered("reminder_max"):
            ids = program._fetch_to_remind(now)
            if not self._run_batches(program._remind_batch, ids, now):
                return
        for program in programs:
            if not program._run_due(now):
                return

    def _run_due(self, now):
        """Ask everybody due; return whether there was time for all of them."""
        due = self._due(now)
        size = self._list_size(now) if self.is_anonymous and due else 0
        return self._run_batches(partial(self._invite_batch, list_size=size), due, now)

    @api.model
    def _run_batches(self, method, items, now):
        """Do ``method`` by batches, each committed; return whether all were done."""
        Cron = self.env["ir.cron"]
        remaining = len(items)
        for batch in split_every(BATCH_SIZE, items):
            remaining -= len(batch)
            self._replaying(method, batch, now)
            if not Cron._commit_progress(len(batch), remaining=remaining) and remaining:
                return False
            self.env.invalidate_all()
        return True

    def _replaying(self, method, batch, now):
        """Call ``method`` until nobody else asked the same people meanwhile.

        Scheduled actions are not replayed by Odoo. Each batch begins in a fresh
        transaction, so rolling back loses nothing but the batch.
        """
        for attempt in range(1, MAX_REPLAYS + 1):
            try:
                method(batch, now)
                self.env.flush_all()
                return
            except psycopg2.OperationalError as error:
                is_race = error.pgcode in PG_CONCURRENCY_ERRORS_TO_RETRY
                if not is_race or attempt == MAX_REPLAYS:
                    raise
                self.env.cr.rollback()
                self.env.transaction.reset()
                _logger.info("Survey batch is begun anew, attempt %s.", attempt + 1)
                time.sleep(random.uniform(0, min(0.1 * 2**attempt, 2)))

    def _invite_batch(self, due, now, list_size=0):
        """Ask a batch of due people, leaving out whom another worker has handled."""
        handled = {
            (invitation.partner_id.id, invitation.occasion)
            for invitation in self.env["crm.survey.invitation"].search(
                [
                    ("program_id", "=", self.id),
                    ("occasion", "in", list({row.occasion for row in due})),
                    ("partner_id", "in", [row.contact for row in due]),
                ]
            )
        }
        due = [row for row in due if (row.contact, row.occasion) not in handled]
        if due:
            self._invite(due, now, list_size=list_size)

    def _fetch_expired(self, now):
        return (
            self.env["crm.survey.invitation"]
            .search([("state", "in", OPEN_STATES), ("expires_at", "<=", now)])
            .ids
        )

    def _expire_batch(self, ids, now):
        invitations = self.env["crm.survey.invitation"].browse(ids).exists()
        invitations.filtered(lambda i: i.state in OPEN_STATES)._expire()

    def _reminder_domain(self, now):
        return (
            Domain("program_id", "=", self.id)
            & Domain("state", "in", OPEN_STATES)
            & Domain("expires_at", ">", now)
            & Domain("reminder_count", "<", self.reminder_max)
            & Domain("last_mail_at", "<=", now - timedelta(days=self.reminder_days))
        )

    def _fetch_to_remind(self, now):
        domain = self._reminder_domain(now)
        return self.env["crm.survey.invitation"].search(domain, order="id").ids

    def _remind_batch(self, ids, now):
        """Remind those who have not said no since they were asked."""
        Invitation = self.env["crm.survey.invitation"].with_context(**QUIET)
        invitations = Invitation.search(
            self._reminder_domain(now) & Domain("id", "in", ids), order="id"
        )
        emails = set(invitations.mapped("email_normalized"))
        refusing = self.env["crm.survey.optout"]._opted_out(emails)
        refusing |= self._fetch_blacklisted(emails)
        reminded = invitations.filtered(lambda i: i.email_normalized not in refusing)
        for invitation in reminded:
            invitation.reminder_count += 1
        invitations.last_mail_at = now
        reminded._queue_mails(is_reminder=True)
