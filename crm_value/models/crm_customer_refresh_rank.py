from odoo import api, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """Classes that depend on everyone: a customer moves when others change."""

    _inherit = "crm.customer"

    @api.model
    def _refresh_tiers(self, scope):
        """Write ABC class and tier of every customer whose class changed."""
        changes = []
        scope.run(lambda: changes.extend(self._fetch_class_changes(scope)))
        size = scope.batch_size or len(changes) or 1
        for start in range(0, len(changes), size):
            batch = changes[start : start + size]
            scope.run(lambda rows=batch: self._write_classes(rows))

    @api.model
    def _fetch_class_changes(self, scope):
        """Return (customer id, class, tier id) of the customers that must change."""
        policy = scope.policy
        tiers = policy.tier_ids.filtered(lambda tier: not tier.is_new).sorted()
        bounds = [policy.abc_a_share, policy.abc_b_share]
        cuts = self._fetch_value_cuts(scope, [*bounds, *tiers.mapped("lower_bound")])
        return self.env.execute_query(
            SQL(
                """
                SELECT id, new_class, new_tier
                FROM (
                    SELECT
                        id, abc_class, tier_id,
                        %(new_class)s AS new_class,
                        %(new_tier)s AS new_tier
                    FROM crm_customer
                    WHERE company_id = %(company)s
                ) judged
                WHERE (abc_class, tier_id) IS DISTINCT FROM (new_class, new_tier)
                ORDER BY id
                """,
                company=scope.company.id,
                new_class=_case(zip(cuts, ["a", "b"], strict=False), "c"),
                new_tier=self._tier_expression(scope, tiers, cuts[2:]),
            )
        )

    @api.model
    def _tier_expression(self, scope, tiers, cuts) -> SQL:
        """Return the tier of a customer row: new, or the first one it reaches."""
        policy = scope.policy
        tier = _case(zip(cuts, tiers.ids, strict=True), tiers[-1:].id or None)
        fresh = policy.tier_ids.filtered("is_new")
        if not fresh:
            return tier
        return SQL(
            "CASE WHEN %s - first_purchase_date < %s THEN %s ELSE %s END",
            scope.as_of,
            policy.minimum_history_days,
            fresh.id,
            tier,
        )

    @api.model
    def _write_classes(self, rows):
        ids, classes, tiers = (list(column) for column in zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_customer customer
                SET abc_class = new.abc_class, tier_id = new.tier_id
                FROM unnest(%s::int[], %s::varchar[], %s::int[])
                    AS new (id, abc_class, tier_id)
                WHERE customer.id = new.id
                """,
                ids,
                classes,
                tiers,
            )
        )


def _case(cuts_and_results, otherwise) -> SQL:
    """Return the result of the first cut a customer row is at or above."""
    branches = [
        SQL(
            "WHEN value_amount > %(value)s"
            " OR value_amount = %(value)s AND partner_id <= %(partner)s"
            " THEN %(result)s",
            value=cut[0],
            partner=cut[1],
            result=result,
        )
        for cut, result in cuts_and_results
        if cut
    ]
    if not branches:
        return SQL("%s", otherwise)
    return SQL("CASE %s ELSE %s END", SQL(" ").join(branches), otherwise)
