from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from .crm_value_segment import GRID

BASIS = (
    "partner_id",
    "value_amount",
    "last_purchase_date",
    "purchase_count_window",
    "revenue_window",
)


class CrmCustomer(models.Model):
    """Classes and scores that depend on everyone, by the cuts between them.

    A class is what lies between two cuts. So a refresh of some customers finds the
    cuts, and of all other customers only those between an old and a new cut change.
    """

    _inherit = "crm.customer"

    @api.model
    def _class_columns(self):
        """Return the columns of a customer that depend on all customers."""
        return ["abc_class", *self._rfm_columns()]

    @api.model
    def _standing_query(self, scope) -> SQL:
        """Return what classes go by, of every customer, as it is after the refresh."""
        basis = SQL(", ").join(map(SQL.identifier, BASIS))
        if scope.partner_ids is None:
            return SQL("SELECT %s FROM crm_value_raw", basis)
        return SQL(
            """
            SELECT %(basis)s FROM crm_value_raw
            UNION ALL
            SELECT %(basis)s
            FROM crm_customer
            WHERE company_id = %(company)s AND NOT EXISTS (
                SELECT FROM crm_value_raw raw
                WHERE raw.partner_id = crm_customer.partner_id
            )
            """,
            basis=basis,
            company=scope.company.id,
        )

    @api.model
    def _fetch_cuts(self, scope):
        """Return the cuts of ABC class and of each score, as things stand now."""
        policy = scope.policy
        bounds = [policy.abc_a_share, policy.abc_b_share]
        return {
            "value": self._fetch_value_cuts(scope, bounds),
            **self._fetch_rfm_cuts(scope),
        }

    @api.model
    def _with_classes(self, scope, customers) -> SQL:
        """Return the query ``customers`` with the columns of classes added."""
        cuts, bins = scope.notes["cuts"], scope.policy.rfm_bins
        columns = {
            "abc_class": _class_sql(zip(cuts["value"], "ab", strict=True), "c"),
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
        """Write the classes of customers outside the scope that others have moved."""
        if scope.partner_ids is None:
            return
        changes = []
        scope.run(lambda: changes.extend(self._fetch_class_changes(scope)))
        size = scope.batch_size or len(changes) or 1
        for start in range(0, len(changes), size):
            batch = changes[start : start + size]
            scope.run(lambda rows=batch: self._write_classes(rows))

    @api.model
    def _fetch_class_changes(self, scope):
        """Return the id and the classes of the customers that must change."""
        names = self._class_columns()
        summary = self.env["crm.value.summary"]._of(scope.company)
        moved = self._moved_sql(summary.cuts, self._cuts_as_json(scope))
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
    def _cuts_as_json(self, scope):
        """Return the cuts of a refresh as the summary keeps them."""
        cuts = dict(scope.notes["cuts"])
        cuts["value"] = [cut and [str(cut[0]), cut[1]] for cut in cuts["value"]]
        for name in self._rfm_expressions():
            cuts[name] = [cut and [str(cut)] for cut in cuts[name]]
        return cuts

    @api.model
    def _moved_sql(self, old, new) -> SQL:
        """Return the condition that a customer lies between an old and a new cut.

        No cut is one that nobody reaches. Where the cuts cannot be compared, every
        customer may have moved; where none has moved, the condition is empty.
        """
        expressions = {"value": SQL("value_amount"), **self._rfm_expressions()}
        if not old or any(len(old[name]) != len(new[name]) for name in expressions):
            return SQL("TRUE")
        conditions = []
        for name, expression in expressions.items():
            for before, after in zip(old[name], new[name], strict=True):
                if before == after:
                    continue
                bounds = sorted(Decimal(cut[0]) for cut in (before, after) if cut)
                conditions.append(SQL("%s >= %s", expression, bounds[0]))
                if len(bounds) == 2:
                    conditions[-1] = SQL(
                        "%s AND %s <= %s", conditions[-1], expression, bounds[1]
                    )
        return SQL(" OR ").join(conditions)

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

    @api.model
    def _fetch_value_cuts(self, scope, bounds):
        """Return where the cumulative share of value reaches each of ``bounds``.

        For each bound in percent, the (value, partner id) of the last customer that
        has less than the bound before it, ``None`` if there is none. Customers go by
        value, then id; only values above zero count. Amounts are exact decimals.
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH running AS (
                    SELECT
                        partner_id,
                        value_amount,
                        SUM(value_amount) OVER upto - value_amount AS before,
                        SUM(value_amount) OVER () AS total
                    FROM (%(standing)s) standing
                    WHERE value_amount > 0
                    WINDOW upto AS (
                        ORDER BY value_amount DESC, partner_id
                        ROWS UNBOUNDED PRECEDING
                    )
                )
                SELECT bound.place, cut.value_amount, cut.partner_id
                FROM unnest(%(bounds)s::numeric[]) WITH ORDINALITY bound (share, place)
                CROSS JOIN LATERAL (
                    SELECT value_amount, partner_id
                    FROM running
                    WHERE 100 * before < bound.share * total
                    ORDER BY value_amount, partner_id DESC
                    LIMIT 1
                ) cut
                """,
                standing=self._standing_query(scope),
                bounds=[Decimal(str(round(bound, 4))) for bound in bounds],
            )
        )
        cuts = {place: (value, partner) for place, value, partner in rows}
        return [cuts.get(place + 1) for place in range(len(bounds))]


def _class_sql(cuts_and_classes, otherwise) -> SQL:
    """Return the class of the first cut a customer is at or above."""
    branches = [
        SQL(
            "WHEN value_amount > %(value)s"
            " OR value_amount = %(value)s AND partner_id <= %(partner)s"
            " THEN %(result)s",
            value=cut[0],
            partner=cut[1],
            result=result,
        )
        for cut, result in cuts_and_classes
        if cut
    ]
    if not branches:
        return SQL("%s::varchar", otherwise)
    return SQL("CASE %s ELSE %s END::varchar", SQL(" ").join(branches), otherwise)
