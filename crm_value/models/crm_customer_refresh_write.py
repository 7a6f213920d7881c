from odoo import api, models
from odoo.tools import SQL

# Three such pieces at most are in use at a time, for 200,000 customers.
WORK_MEM = "128MB"


def columns_sql(alias, names) -> SQL:
    """Return the columns ``names`` of a table alias, separated by commas."""
    return SQL(", ").join(SQL.identifier(alias, name) for name in names)


class CrmCustomer(models.Model):
    """Writing what a refresh found: only rows that differ, piece by piece."""

    _inherit = "crm.customer"

    @api.model
    def _allow_memory(self):
        """Let this transaction sort and group all customers without a file on disk."""
        self.env.cr.execute(
            SQL(
                """
                SELECT set_config('work_mem', %(enough)s, TRUE)
                WHERE pg_size_bytes(current_setting('work_mem'))
                    < pg_size_bytes(%(enough)s)
                """,
                enough=WORK_MEM,
            )
        )

    @api.model
    def _batches(self, scope):
        """Return (first, last) partner ids of the pieces to write."""
        if not scope.batch_size:
            return [(0, 2**31 - 1)]
        return self.env.execute_query(
            SQL(
                """
                SELECT MIN(partner_id), MAX(partner_id)
                FROM (
                    SELECT
                        partner_id,
                        (row_number() OVER (ORDER BY partner_id) - 1) / %s AS piece
                    FROM crm_value_new
                ) numbered
                GROUP BY piece
                ORDER BY piece
                """,
                scope.batch_size,
            )
        )

    @api.model
    def _write_measures(self, scope, first, last):
        """Insert missing rows and update those that differ, from ``first`` to ``last``.

        Never an upsert: that would lock rows which do not change.
        """
        if scope.notes["kept_cuts"]:
            self._move_sums(scope, first, last)
        self._insert_rows(scope, first, last)
        columns = self._measure_columns()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_customer customer
                SET (%(names)s) = ROW(%(computed)s)
                FROM crm_value_new new
                WHERE customer.company_id = %(company)s
                    AND customer.partner_id = new.partner_id
                    AND new.partner_id BETWEEN %(first)s AND %(last)s
                    AND (%(stored)s) IS DISTINCT FROM (%(computed)s)
                """,
                names=SQL(", ").join(map(SQL.identifier, columns)),
                stored=columns_sql("customer", columns),
                computed=columns_sql("new", columns),
                company=scope.company.id,
                first=first,
                last=last,
            )
        )

    @api.model
    def _insert_rows(self, scope, first, last):
        """Insert the rows of new customers, with the defaults of the model."""
        columns = self._measure_columns()
        given = {*columns, "partner_id", "company_id", "currency_id"}
        defaults = self._row_defaults(given)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_customer (
                    partner_id, company_id, currency_id,
                    create_uid, create_date, write_uid, write_date,
                    %(names)s
                )
                SELECT
                    new.partner_id, %(company)s, %(currency)s,
                    %(uid)s, now() AT TIME ZONE 'UTC',
                    %(uid)s, now() AT TIME ZONE 'UTC',
                    %(values)s
                FROM crm_value_new new
                JOIN res_partner partner ON partner.id = new.partner_id
                WHERE new.customer_id IS NULL
                    AND new.partner_id BETWEEN %(first)s AND %(last)s
                ON CONFLICT (partner_id, company_id) DO NOTHING
                """,
                names=SQL(", ").join(map(SQL.identifier, [*columns, *defaults])),
                values=SQL(", ").join(
                    [
                        columns_sql("new", columns),
                        *(SQL("%s", value) for value in defaults.values()),
                    ]
                ),
                company=scope.company.id,
                currency=scope.company.currency_id.id,
                uid=self.env.uid,
                first=first,
                last=last,
            )
        )

    @api.model
    def _row_defaults(self, given):
        """Return the default values of the other columns, as the ORM would set them."""
        names = [
            name
            for name, field in self._fields.items()
            if field.store and field.column_type and field.default and name not in given
        ]
        return {
            name: self._fields[name].convert_to_column_insert(value, self)
            for name, value in self.default_get(names).items()
        }
