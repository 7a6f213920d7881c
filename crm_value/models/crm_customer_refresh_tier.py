from odoo import api, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """The tier of each customer by its place in the order of value."""

    _inherit = "crm.customer"

    @api.model
    def _refresh_tiers(self, scope):
        """Write the tier of every customer whose tier changed."""
        changes = []
        scope.run(lambda: changes.extend(self._fetch_tier_changes(scope)))
        size = scope.batch_size or len(changes) or 1
        for start in range(0, len(changes), size):
            batch = changes[start : start + size]
            scope.run(lambda rows=batch: self._write_tier_ids(rows))

    @api.model
    def _fetch_tier_changes(self, scope):
        """Return (customer id, tier id) of the customers that must change."""
        policy = scope.policy
        fresh = policy.tier_ids.filtered("is_new")
        tiers = (policy.tier_ids - fresh).sorted()
        return self.env.execute_query(
            SQL(
                """
                SELECT id, new_tier
                FROM (
                    SELECT
                        id,
                        tier_id,
                        CASE
                            WHEN %(fresh)s::int IS NOT NULL
                                AND %(as_of)s - first_purchase_date < %(history)s
                            THEN %(fresh)s
                            WHEN value_amount > 0
                            THEN COALESCE((
                                SELECT tier.id
                                FROM unnest(%(tiers)s::int[], %(bounds)s::numeric[])
                                    WITH ORDINALITY AS tier (id, bound, place)
                                WHERE 100 * (running - value_amount)
                                    < tier.bound * total
                                ORDER BY place
                                LIMIT 1
                            ), %(last)s)
                            ELSE %(last)s
                        END AS new_tier
                    FROM (
                        SELECT
                            *,
                            SUM(value_amount) FILTER (WHERE value_amount > 0)
                                OVER () AS total,
                            SUM(value_amount) OVER (
                                ORDER BY value_amount DESC, partner_id
                                ROWS UNBOUNDED PRECEDING
                            ) AS running
                        FROM crm_customer
                        WHERE company_id = %(company)s
                    ) customer
                ) judged
                WHERE tier_id IS DISTINCT FROM new_tier
                ORDER BY id
                """,
                company=scope.company.id,
                as_of=scope.as_of,
                history=policy.minimum_history_days,
                fresh=fresh.id or None,
                tiers=tiers.ids,
                bounds=tiers.mapped("lower_bound"),
                last=tiers[-1:].id or None,
            )
        )

    @api.model
    def _write_tier_ids(self, rows):
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_customer customer
                SET tier_id = new.tier_id
                FROM unnest(%s::int[], %s::int[]) AS new (id, tier_id)
                WHERE customer.id = new.id
                """,
                [row[0] for row in rows],
                [row[1] for row in rows],
            )
        )
