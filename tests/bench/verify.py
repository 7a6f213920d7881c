"""Let Odoo recompute what fill.sql wrote, on a sample, and compare; writes nothing."""

import sys
from collections import Counter

from suite.inside import boot

SAMPLE = 60
# stored fields that Odoo leaves as given once they are set, or dates them itself
LOG_FIELDS = {"write_date", "create_date"}


def main(database):
    boot.configure(database)
    with boot.environment(database) as env:
        differing = Counter()
        for records in _sample(env):
            differing += _compare(env, records)
        env.cr.rollback()
    for (model, field), count in sorted(differing.items()):
        print(f"{model}.{field}: {count} rows differ")
    print("OK" if not differing else f"{len(differing)} fields differ")
    return bool(differing)


def _sample(env):
    env.cr.execute(
        """
        SELECT id
        FROM (
            SELECT
                id,
                row_number() OVER (
                    PARTITION BY move_type, payment_state ORDER BY md5(id::text)
                ) AS n
            FROM account_move
        ) numbered
        WHERE n <= %s
        """,
        [SAMPLE],
    )
    moves = env["account.move"].browse(row[0] for row in env.cr.fetchall())
    partners = moves.partner_id | moves.commercial_partner_id
    return moves, moves.line_ids, partners


def _compare(env, records):
    """Count, by field, the rows in which Odoo computes another value."""
    differing = Counter()
    for field in records._fields.values():
        if not (field.store and field.compute and field.column_type and field.readonly):
            continue
        if field.name in LOG_FIELDS:
            continue
        before = {record.id: record[field.name] for record in records}
        env.add_to_compute(field, records)
        records._recompute_model([field.name])
        for record in records:
            if (record[field.name] or False) != (before[record.id] or False):
                differing[records._name, field.name] += 1
    return differing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
