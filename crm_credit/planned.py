"""Statements about one customer that PostgreSQL plans once for each cursor.

Of what such a statement takes, four fifths are the planning of its joins. A program
that posts one document after the other asks the same again and again. A request that
posts one document does not: Odoo gives every request a connection that has forgotten
what was prepared, so the first time nothing is.
"""

import logging
from hashlib import blake2b
from weakref import WeakKeyDictionary

from psycopg2 import errors
from psycopg2.extensions import AsIs

from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: The names of the statements of each cursor, by their text. What Odoo keeps with a
#: cursor is emptied by a rollback, which does not undo preparing.
_names = WeakKeyDictionary()
#: What tells that the connection is not the one that was told.
_FORGOTTEN = (errors.InvalidSqlStatementName, errors.DuplicatePreparedStatement)
_state = {"is_used": True}


def fetch_planned(env, build, ids):
    """Return the rows of a statement on some customers.

    About one customer, it is prepared the second time. PostgreSQL soon keeps its plan
    then, because with one integer it looks the same whoever the customer is.

    A pooler between Odoo and PostgreSQL may give every transaction another
    connection, which does not know the statement. Then the transaction is replayed,
    and this process plans every time from then on.

    :param build: returns the statement, given a SELECT of the ids as ``partner_id``
    :raises ConcurrencyError: for the caller of the transaction to replay it
    """
    ids = list(ids)
    if len(ids) != 1 or not _state["is_used"]:
        query = build(SQL("SELECT UNNEST(%s::integer[]) AS partner_id", ids))
        return env.execute_query(query)
    place = AsIs("$1")
    query = build(SQL("SELECT %s AS partner_id", place))
    params = [ids[0] if param is place else param for param in query.params]
    try:
        _execute(env.cr, query, params, ids[0])
    except _FORGOTTEN as error:
        _state["is_used"] = False
        _logger.info("Prepared statements are not kept, planning each time: %s", error)
        raise ConcurrencyError(
            env._("The database has to start over. Please try again.")
        ) from error
    return env.cr.fetchall()


def _execute(cr, query, params, partner_id):
    # the cursor of psycopg2: the one of a test may be a mask of another
    names = _names.setdefault(cr._obj, {})
    text = cr.mogrify(query)
    if text not in names:
        names[text] = None
        return cr.execute(query.code, params)
    if names[text] is None:
        digest = blake2b(text, digest_size=12).hexdigest()
        name = SQL.identifier(f"crm_credit_{digest}")
        prepare = SQL("PREPARE %s (integer) AS %s", name, query)
        cr.execute(prepare, log_exceptions=False)
        names[text] = name
    execute = SQL("EXECUTE %s (%s)", names[text], partner_id)
    return cr.execute(execute, log_exceptions=False)
