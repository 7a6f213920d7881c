from odoo import api, models
from odoo.tools import SQL

from .crm_customer_refresh_cuts import BASIS
from .crm_value_segment import GRID


class CrmCustomer(models.Model):
    """Classes and scores that depend on everyone, by the cuts between them.

    A class is what lies between two cuts. So a refresh of some customers writes their
    rows by the cuts all others follow. Then it moves the cuts to where they belong now,
    and whoever lies between an old and a new cut changes, and nobody else.
    """

    _inherit = "crm.customer"

    @api.model
    def _class_columns(self):
        """Return the columns of a customer that depend on all customers."""
        return ["abc_class", *self._rfm_columns()]

    @api.model
    def _class_places(self, scope, cuts):
        """Return where the classes by value end, the best first."""
        shares = (scope.policy.abc_a_share, scope.policy.abc_b_share)
        return [cuts["value"].place_of(share) for share in shares]

    @api.model
    def _with_classes(self, scope, customers) -> SQL:
        """Return the query ``customers`` with the columns of classes added."""
        cuts, bins = scope.notes["cuts"], scope.policy.rfm_bins
        places = self._class_places(scope, cuts)
        columns = {
            "abc_class": _class_sql(zip(places, "ab", strict=True), "c"),
            **self._rfm_sql(cuts),
        }
        return SQL(
            """
            SELECT scored.*, cell.segment_id AS rfm_segment_id
            FROM (SELECT customer.*, %(columns)s FROM (%(customers)s) customer) scored
            LEFT JOIN crm_value_segment_cell cell
                ON cell.recency = CEIL(%(grid)s * scored.rfm_recency / %(bins)s)
                AND cell.frequency = CEIL(%(grid)s * scored.rfm_frequency / %(bins)s)
                AND cell.monetary = CEIL(%(grid)s * scored.rfm_monetary / %(bins)s)
            """,
            columns=SQL(", ").join(
                SQL("%s AS %s", expression, SQL.identifier(name))
                for name, expression in columns.items()
            ),
            customers=customers,
            grid=SQL("%s::numeric", GRID),
            bins=bins,
        )

    @api.model
    def _refresh_classes(self, scope):
        """Write the classes of the customers whom others have moved."""
        if scope.partner_ids is None:
            return
        waiting = []
        scope.run(lambda: self._follow_cuts(scope, waiting))
        for rows in batched(waiting, scope.batch_size):
            scope.run(lambda rows=rows: self._write_classes(rows))
        if waiting:
            scope.run(lambda: self._keep_cuts(scope, scope.notes["cuts"]))

    @api.model
    def _follow_cuts(self, scope, waiting):
        """Move the cuts, and with them the customers passed; many go to ``waiting``.

        Until those are written, rows follow no cuts anybody could rely on.
        """
        kept = scope.notes["kept_cuts"] and self._kept_cuts(scope)
        if kept:
            scope.notes["cuts"] = self._moved_cuts(scope, kept)
        else:
            scope.notes["cuts"] = self._fetch_cuts(scope)
        changes = self._fetch_class_changes(scope, [scope.notes["kept_cuts"], kept])
        waiting.clear()
        if scope.batch_size and len(changes) > scope.batch_size:
            waiting.extend(changes)
            self._keep_cuts(scope, None)
            return
        if changes:
            self._write_classes(changes)
        self._keep_cuts(scope, scope.notes["cuts"])

    @api.model
    def _fetch_class_changes(self, scope, followed):
        """Return the id and the classes of the customers that must change.

        :param followed: the cuts that the rows may follow so far
        """
        names = self._class_columns()
        moved = self._moved_sql(scope, followed)
        if not moved:
            return []
        stored = SQL(
            "SELECT id, %s, %s FROM crm_customer WHERE company_id = %s AND (%s)",
            SQL(", ").join(map(SQL.identifier, BASIS)),
            SQL(", ").join(
                SQL("%s AS %s", SQL.identifier(name), SQL.identifier(f"stored_{name}"))
                for name in names
            ),
            scope.company.id,
            moved,
        )
        return self.env.execute_query(
            SQL(
                """
                SELECT id, %(new)s
                FROM (%(judged)s) judged
                WHERE (%(new)s) IS DISTINCT FROM (%(stored)s)
                ORDER BY id
                """,
                judged=self._with_classes(scope, stored),
                new=SQL(", ").join(map(SQL.identifier, names)),
                stored=SQL(", ").join(SQL.identifier(f"stored_{n}") for n in names),
            )
        )

    @api.model
    def _moved_sql(self, scope, followed) -> SQL:
        """Return the condition that a customer lies between an old and a new cut.

        No cut is one that nobody reaches. Where the old cuts are not known, every
        customer may have moved; where none has moved, the condition is empty.
        """
        if not all(followed):
            return SQL("TRUE")
        every = [*followed, scope.notes["cuts"]]
        conditions = [
            _between_sql(SQL("value_amount"), [place and place.value for place in ends])
            for ends in zip(
                *(self._class_places(scope, cuts) for cuts in every), strict=True
            )
            if len(set(ends)) > 1
        ]
        for name, expression in self._rfm_expressions().items():
            conditions += [
                SQL("purchase_count_window > 0 AND %s", _between_sql(expression, ends))
                for ends in zip(*(cuts[name].cuts for cuts in every), strict=True)
                if len(set(ends)) > 1
            ]
        return SQL(" OR ").join(SQL("(%s)", condition) for condition in conditions)

    @api.model
    def _write_classes(self, rows):
        names = self._class_columns()
        columns = [list(column) for column in zip(*rows, strict=True)]
        types = ["int", *(self._fields[name].column_type[1] for name in names)]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_customer customer
                SET (%(names)s) = ROW(%(new)s)
                FROM unnest(%(arrays)s) AS new (id, %(names)s)
                WHERE customer.id = new.id
                """,
                names=SQL(", ").join(map(SQL.identifier, names)),
                new=SQL(", ").join(SQL.identifier("new", name) for name in names),
                arrays=SQL(", ").join(
                    SQL("%s::%s[]", column, SQL(kind))
                    for column, kind in zip(columns, types, strict=True)
                ),
            )
        )


def batched(rows, size):
    """Yield ``rows`` in pieces of ``size``, all at once without one."""
    size = size or len(rows) or 1
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _between_sql(expression, ends) -> SQL:
    """Return the condition that an expression is at or between several ends.

    ``None`` is above everything.
    """
    known = sorted(end for end in ends if end is not None)
    if len(known) < len(ends):
        return SQL("%s >= %s", expression, known[0])
    return SQL("%s BETWEEN %s AND %s", expression, known[0], known[-1])


def _class_sql(places_and_classes, otherwise) -> SQL:
    """Return the class of the first cut a customer is at or above."""
    branches = [
        SQL(
            "WHEN value_amount > %(value)s"
            " OR value_amount = %(value)s AND partner_id <= %(partner)s"
            " THEN %(result)s",
            value=place.value,
            partner=place.customer,
            result=result,
        )
        for place, result in places_and_classes
        if place
    ]
    if not branches:
        return SQL("%s::varchar", otherwise)
    return SQL("CASE %s ELSE %s END::varchar", SQL(" ").join(branches), otherwise)
