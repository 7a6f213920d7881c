from contextlib import suppress
from hashlib import blake2b

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.sql_db import Cursor
from odoo.tools import SQL

_HOOK = "crm_credit_ticket"
_CONFLICTS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
)


def _advisory_key(partner_id, company_id):
    """Return the lock number of a customer, apart from those of other addons."""
    name = f"crm_credit_ticket:{company_id}:{partner_id}".encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), signed=True)


def _lock_before_snapshot(cr, keys):
    """Start the transaction of ``cr`` anew, its snapshot taken behind the locks.

    Nothing of the present transaction may be worth keeping. The locks are taken
    for the session first, because waiting for a transaction's lock is a statement
    that already fixes the snapshot; they are handed over to the new transaction,
    so no way out of it can leave one behind.
    """
    held = []
    cr.execute("ROLLBACK AND CHAIN")
    try:
        for key in sorted(keys):
            cr.execute("SELECT pg_advisory_lock(%s)", [key], log_exceptions=False)
            held.append(key)
        cr.execute("ROLLBACK AND CHAIN")
        cr.execute("SELECT pg_advisory_xact_lock(key) FROM UNNEST(%s) AS key", [held])
    except psycopg2.Error:
        cr.execute("ROLLBACK AND CHAIN")
        raise
    finally:
        if held:
            cr.execute("SELECT pg_advisory_unlock(key) FROM UNNEST(%s) AS key", [held])


class CrmCreditTicket(models.Model):
    """One row per customer and legal entity, updated by whoever uses its credit.

    Two transactions that raise the exposure of one customer at the same time both
    have to update its row. The second one waits, and then works on a snapshot that
    contains the first: it starts anew if it has not written anything yet, else it
    is rolled back and replayed by Odoo. So no document is judged by figures that
    miss another one. Customers without a limit have no row and never wait.
    """

    _name = "crm.credit.ticket"
    _description = "Credit Ticket"
    _log_access = False
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    number = fields.Integer(required=True, readonly=True, default=0)

    _partner_company_uniq = models.UniqueIndex("(partner_id, company_id)")

    @api.model
    def _take(self, partners, company, force=False):
        """Queue up for the credit of ``partners``; return those with a limit.

        Call it before computing a position that decides. Customers who share a
        limit queue up together.

        :param force: queue up for customers without a limit too
        """
        return self._queue_up(partners, company, force)[0]

    @api.model
    def _queue_up(self, partners, company, force=False):
        """Take the tickets; return who has a limit, and whether one is shared."""
        root = company.root_id
        commercial = partners.commercial_partner_id
        if not commercial:
            return commercial, False
        self.env.flush_all()
        rows = self._fetch_queue_rows(commercial, root)
        partner_ids = {partner_id for row in rows for partner_id in row if partner_id}
        if force:
            partner_ids.update(commercial.ids)
        if partner_ids:
            self._queue(sorted(partner_ids), root.id)
        limited = commercial.browse(partner_id for partner_id, _first in rows)
        return limited, any(first for _partner_id, first in rows)

    @api.model
    def _fetch_queue_rows(self, commercial, root):
        """Return each customer with a limit, and whom it shares its limit with.

        Of a group that is the first member, for which all members queue up.
        """
        Customer = self.env["crm.customer"].sudo()
        today = fields.Date.context_today(self)
        return self.env.execute_query(
            SQL(
                """
                  WITH %(scope)s,
                       allowed AS (%(allowed)s)
                SELECT partner_id,
                       (
                           SELECT MIN(mate.partner_id)
                             FROM crm_credit_group_member AS mate
                            WHERE mate.group_id = allowed.group_id
                       )
                  FROM allowed
                 WHERE partner_id IN %(ids)s
                   AND (own_limit IS NOT NULL OR group_limit IS NOT NULL)
                """,
                scope=Customer._credit_scope_sql(root, tuple(commercial.ids)),
                allowed=Customer._credit_allowed_sql(root, today),
                ids=tuple(commercial.ids),
            )
        )

    @api.model
    def _queue(self, partner_ids, company_id):
        keys = [_advisory_key(partner_id, company_id) for partner_id in partner_ids]
        cr = self.env.cr
        if not isinstance(cr, Cursor):
            return self._bump(partner_ids, company_id)
        if self._can_start_anew():
            return self._queue_afresh(keys, partner_ids, company_id)
        queue = self._prepare_replay(keys)
        try:
            cr.execute(
                "SELECT pg_advisory_xact_lock(key) FROM UNNEST(%s) AS key",
                [sorted(keys)],
                log_exceptions=False,
            )
            self._bump(partner_ids, company_id)
        except _CONFLICTS:
            queue["lost"] = True
            raise

    @api.model
    def _bump(self, partner_ids, company_id):
        """Update the rows for real: a lock alone would not stop a stale snapshot."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_credit_ticket AS ticket (partner_id, company_id, number)
                     SELECT partner_id, %(company_id)s, 1
                       FROM UNNEST(%(partner_ids)s) AS partner_id
                ON CONFLICT (partner_id, company_id)
                  DO UPDATE SET number = ticket.number + 1
                """,
                company_id=company_id,
                partner_ids=partner_ids,
            ),
            log_exceptions=False,
        )

    # Starting anew, when nothing was written yet

    @api.model
    def _can_start_anew(self):
        """Tell whether the transaction has nothing to lose but what it has read."""
        cr = self.env.cr
        if cr.precommit:
            return False
        cr.execute("SELECT pg_current_xact_id_if_assigned() IS NULL")
        return cr.fetchone()[0]

    @api.model
    def _queue_afresh(self, keys, partner_ids, company_id):
        cr = self.env.cr
        savepoint = cr.savepoint(flush=False)
        # lost, if somebody was faster since the snapshot
        with suppress(psycopg2.errors.SerializationFailure):
            cr.execute(
                "SELECT BOOL_AND(pg_try_advisory_xact_lock(key))"
                "  FROM UNNEST(%s) AS key",
                [sorted(keys)],
            )
            if cr.fetchone()[0]:
                self._bump(partner_ids, company_id)
                return savepoint.close(rollback=False)
        savepoint.close(rollback=True)
        self._leave_no_savepoint(keys)
        _lock_before_snapshot(cr, keys)
        self.env.invalidate_all(flush=False)
        self._bump(partner_ids, company_id)

    @api.model
    def _leave_no_savepoint(self, keys):
        """Let the request be replayed when a caller has a savepoint open.

        Starting anew would pull it away. PostgreSQL does not tell whether there is
        one, except by refusing to export a snapshot.
        """
        queue = self._prepare_replay(keys)
        try:
            self.env.cr.execute("SELECT pg_export_snapshot()", log_exceptions=False)
        except psycopg2.errors.ActiveSqlTransaction as error:
            queue["lost"] = True
            raise ConcurrencyError(
                self.env._(
                    "Somebody else is using the credit of this customer right now. "
                    "Please try again."
                )
            ) from error

    # Being replayed, when something was written already

    @api.model
    def _prepare_replay(self, keys):
        """See to it that a replay of this transaction starts behind the locks.

        Without that a request that loses against several others could lose at
        each of its few tries.
        """
        cr = self.env.cr
        hooks = cr.postrollback.data
        if _HOOK not in hooks:
            queue = hooks[_HOOK] = {"keys": set(), "lost": False}

            @cr.postrollback.add
            def lock_for_replay():
                # a cursor about to be closed has no psycopg2 cursor any more
                if queue["lost"] and "_obj" in vars(cr):
                    # after a conflict the replay queues up like everybody else
                    with suppress(*_CONFLICTS):
                        _lock_before_snapshot(cr, queue["keys"])

        hooks[_HOOK]["keys"].update(keys)
        return hooks[_HOOK]

    @api.model
    def _replayed(self, func):
        """Return ``func()``, called again after a conflict as requests are.

        For scheduled actions, which nobody replays. What they committed stays.
        """
        for tries_left in reversed(range(5)):
            try:
                result = func()
                self.env.flush_all()
                return result
            except (*_CONFLICTS, ConcurrencyError):
                if not tries_left:
                    raise
                self.env.cr.rollback()
                self.env.transaction.reset()
