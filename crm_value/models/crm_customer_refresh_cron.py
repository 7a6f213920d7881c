import logging
import random
import time

from psycopg2 import IntegrityError, OperationalError

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH_SIZE = 5000
MAX_TRIES = 5


class CrmCustomer(models.Model):
    """The scheduled refresh: everyone once a day, changed customers in between.

    It commits after each piece of work. Killed at any moment it leaves every row
    either as it was or as it must be, and the next run writes the rest.
    """

    _inherit = "crm.customer"

    @api.model
    def _cron_refresh(self):
        """Measure company after company; a company done today is not done again."""
        # The moment comes before the snapshot that reads the documents, so a
        # document committed in between is found by the next run.
        Cron = self.env["ir.cron"]
        # sudo: the scheduled action works for every company that has a policy
        policies = self.env["crm.value.policy"].sudo().search([("active", "=", True)])
        companies = policies.company_id.sorted()
        waiting, keys = self.env["crm.customer.pending"]._keys()
        moment = self._settled_moment()
        for done, company in enumerate(companies):
            left = Cron._commit_progress(
                1 if done else 0, remaining=len(companies) - done
            )
            if not left and done:
                return
            customers = self.with_company(company)
            customers._cron_refresh_company(company, keys, moment)
            if not customers._cron_take_snapshots(company):
                Cron._commit_progress(1, remaining=len(companies) - done)
                return
        self._in_own_transaction(
            lambda: self.env["crm.customer.pending"]._remove(waiting)
        )
        Cron._commit_progress(1, remaining=0)

    def _cron_refresh_company(self, company, keys, moment):
        summary = self.env["crm.value.summary"]._of(company)
        today = self._today(company)
        execution = {"run": self._in_own_transaction, "batch_size": BATCH_SIZE}
        if summary.completed_on != today or not summary.seen_until:
            self._refresh_company(company, None, today, **execution)
        else:
            changed = keys | self._changed_partner_ids(company, summary.seen_until)
            if changed:
                self._refresh_company(company, list(changed), today, **execution)
        self._in_own_transaction(
            lambda: (
                self.env["crm.value.summary"]._of(company).write({"seen_until": moment})
            )
        )

    def _cron_take_snapshots(self, company):
        """Write missing months while time is left; return whether none is missing."""
        Cron = self.env["ir.cron"]
        return self._take_snapshots(
            company,
            self._today(company),
            run=self._in_own_transaction,
            time_left=lambda: Cron._commit_progress() > 0,
        )

    @api.model
    def _settled_moment(self):
        """Return the start of the oldest running transaction, to the second.

        What is written later carries a later date, and what was written before is
        committed: documents changed since then are all a later run must look at.
        """
        [(moment,)] = self.env.execute_query(
            SQL(
                """
                SELECT date_trunc('second', MIN(xact_start) AT TIME ZONE 'UTC')
                FROM pg_stat_activity
                WHERE datname = current_database() AND xact_start IS NOT NULL
                """
            )
        )
        return moment

    @api.model
    def _changed_partner_ids(self, company, since):
        """Return the customers whose documents changed since a moment."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT commercial_partner_id
                FROM account_move
                WHERE company_id = %s
                    AND write_date >= %s
                    AND move_type IN ('out_invoice', 'out_refund')
                    AND commercial_partner_id IS NOT NULL
                """,
                company.id,
                since,
            )
        )
        return {row[0] for row in rows}

    @api.model
    def _in_own_transaction(self, work):
        """Do a piece of work and commit it, again if it lost against a user."""
        cr = self.env.cr
        for tries_left in reversed(range(MAX_TRIES)):
            try:
                work()
                self.env["ir.cron"]._commit_progress()
                return
            except (IntegrityError, OperationalError) as error:
                cr.rollback()
                self.env.transaction.reset()
                again = isinstance(
                    error, (IntegrityError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)
                )
                if not again or not tries_left:
                    raise
                _logger.info("Refresh of customer values waits for a user: %s", error)
                time.sleep(random.uniform(0.1, 0.5) * (MAX_TRIES - tries_left))
