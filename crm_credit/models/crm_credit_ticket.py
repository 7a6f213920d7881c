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
        commercial = partners.commercial_partner_id
        terms = self._queue_up(commercial, company, force)
        return commercial.browse(
            filter(lambda pid: self._is_limited(terms[pid]), terms)
        )

    @api.model
    def _is_limited(self, term):
        return term["own_limit"] is not None or term["group_limit"] is not None

    @api.model
    def _queue_up(self, commercial, company, force=False):
        """Take the tickets; return what these commercial partners are allowed, by id.

        Waiting may have started the transaction anew. What was allowed before may not
        be so any more then, and somebody else may have to queue up too.
        """
        if not commercial:
            return {}
        self.env.flush_all()
        root = company.root_id
        today = fields.Date.context_today(self)
        Customer = self.env["crm.customer"].sudo()
        taken = set(commercial._ids) if force else set()
        wanted = None
        while True:
            terms = Customer._fetch_credit_terms(commercial, root, today)
            queue = taken.union(*(self._queue_of(term) for term in terms.values()))
            if not queue or queue == wanted:
                return terms
            wanted = queue
            if not self._queue(sorted(queue), root.id):
                return terms

    @api.model
    def _queue_of(self, term):
        """Return for whom a customer queues up: itself, and the first of its group."""
        if not self._is_limited(term):
            return ()
        return filter(None, (term["partner_id"], term["first_mate_id"]))

    @api.model
    def _queue(self, partner_ids, company_id):
        """Take the tickets of customers; tell whether the snapshot is a new one."""
        keys = {_advisory_key(pid, company_id): pid for pid in partner_ids}
        cr = self.env.cr
        if not isinstance(cr, Cursor):
            self._bump(keys, company_id)
            return False
        if self._can_start_anew():
            return self._queue_afresh(keys, company_id)
        queue = self._prepare_replay(keys)
        try:
            self._bump(keys, company_id, wait=True)
        except _CONFLICTS:
            queue["lost"] = True
            raise
        return False

    @api.model
    def _bump(self, keys, company_id, wait=False):
        """Update the rows for real: a lock alone would not stop a stale snapshot.

        :param keys: the customers by the number of their lock
        :param wait: take each lock too, one after the other in the order of the keys
        """
        self.env.cr.execute(
            SQL(
                """
                  WITH queue AS MATERIALIZED (
                           SELECT partner_id, %(lock)s
                             FROM UNNEST(%(partner_ids)s, %(keys)s)
                                  AS queue(partner_id, key)
                       )
                INSERT INTO crm_credit_ticket AS ticket (partner_id, company_id, number)
                     SELECT partner_id, %(company_id)s, 1
                       FROM queue
                ON CONFLICT (partner_id, company_id)
                  DO UPDATE SET number = ticket.number + 1
                """,
                lock=SQL("pg_advisory_xact_lock(key)") if wait else SQL("key"),
                company_id=company_id,
                keys=sorted(keys),
                partner_ids=[keys[key] for key in sorted(keys)],
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
    def _queue_afresh(self, keys, company_id):
        """Take the tickets at once, or wait for them and start anew behind them."""
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
                self._bump(keys, company_id)
                savepoint.close(rollback=False)
                return False
        savepoint.close(rollback=True)
        self._leave_no_savepoint(keys)
        _lock_before_snapshot(cr, keys)
        self.env.invalidate_all(flush=False)
        self._bump(keys, company_id)
        return True

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
