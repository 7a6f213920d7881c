from dataclasses import replace
from decimal import Decimal

from odoo import models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """Where customers stand for the bounds of the tiers.

    A standing by ABC, by quantile or by score is a place among all customers, so one
    customer may move others. With ABC these are the ones between the old and the new
    place of a bound, so the tiers of nobody else are looked at.
    """

    _inherit = "crm.customer"

    def _tier_scope(self, scope):
        """Return the scope of those whose tier may change with that of some."""
        if scope.partner_ids is None or scope.policy.method == "threshold":
            return scope
        if self._passed_bounds(scope) is None:
            return replace(scope, partner_ids=None)
        return scope

    def _is_near(self, scope):
        """Whether only customers near the bounds are looked at, besides the scope."""
        return scope.partner_ids is not None and scope.policy.method == "abc"

    def _passed_bounds(self, scope):
        """Return the values each bound passed since the tiers of all were decided.

        As (least, greatest); ``None`` if it cannot be told.
        """
        kept = self.env["crm.value.summary"]._of(scope.company).tier_cuts
        cuts = self._tier_cuts(scope)
        if not kept or not cuts or kept["basis"] != cuts["basis"]:
            return None
        passed = []
        for share, new in cuts["places"].items():
            old = kept["places"][share]
            if old != new:
                if not old or not new:
                    return None
                passed.append(sorted(Decimal(place[0]) for place in (old, new)))
        return passed

    def _tier_cuts(self, scope):
        """Return where the bounds of the tiers are, and the rules, as JSON."""
        policy, cuts = scope.policy, scope.notes.get("cuts")
        if policy.method != "abc" or not cuts:
            return None
        rules = policy._tier_rules()
        tiers = policy._rated_tiers() | policy._new_tier()
        basis = (tiers.ids, rules, policy._review_calendar())
        return {
            "basis": repr((*basis, policy.minimum_history_days)),
            "places": {
                str(bound): place and [str(place.value), place.customer]
                for bound, place in self._bound_places(scope)
            },
        }

    def _bound_places(self, scope):
        """Return each bound of the tiers with the place it is at, the best first."""
        rules, cuts = scope.policy._tier_rules(), scope.notes["cuts"]["value"]
        bounds = sorted({*rules.entry, *rules.keep})
        return [(bound, cuts.place_of(bound)) for bound in bounds]

    def _keep_tier_cuts(self, scope):
        """Keep where the bounds are by which the tiers of everyone are decided."""
        summary = self.env["crm.value.summary"]._of(scope.company)
        cuts = self._tier_cuts(scope)
        if (summary.tier_cuts or None) != cuts:
            summary.tier_cuts = cuts

    def _standings_query(self, scope):
        """Return the query of customers with their standing, as bounds speak of it.

        All of the company, or those of the scope and those a bound has passed. Equal
        values stand equal, but for ABC, where the customers before count.
        """
        condition = SQL("TRUE")
        if scope.partner_ids is not None:
            condition = SQL("partner_id IN %s", scope.partner_ids or (0,))
        if self._is_near(scope):
            standing = self._standing_near(scope)
            for passed in self._passed_bounds(scope):
                condition = SQL(
                    "%s OR value_amount BETWEEN %s AND %s", condition, *passed
                )
        else:
            standing = getattr(self, f"_standing_{scope.policy.method}")(scope.policy)
        return SQL(
            "SELECT *, (%s)::float AS standing FROM crm_customer"
            " WHERE company_id = %s AND (%s)",
            standing,
            scope.company.id,
            condition,
        )

    def _standing_near(self, scope):
        """Return a standing that reaches the bounds the real one reaches."""
        branches, reached = [SQL("WHEN value_amount IS NULL THEN 100")], 0.0
        for bound, place in self._bound_places(scope):
            if place:
                branches.append(
                    SQL(
                        "WHEN value_amount > %(value)s OR value_amount = %(value)s"
                        " AND partner_id <= %(customer)s THEN %(reached)s",
                        **place._asdict(),
                        reached=reached,
                    )
                )
            reached = bound
        return SQL("CASE %s ELSE %s END", SQL(" ").join(branches), reached)

    def _with_exact_standings(self, scope, verdicts):
        """Return the verdicts with the standing of each customer to the full.

        What lies between one of them and the next is added up once.
        """
        if not self._is_near(scope):
            return verdicts
        rows = self.env.execute_query(
            SQL(
                """
                WITH asked AS (
                    SELECT
                        id, partner_id, value_amount,
                        LAG(value_amount, 1, 'Infinity') OVER best_first AS last_value,
                        LAG(partner_id) OVER best_first AS last_id
                    FROM crm_customer
                    WHERE id = ANY(%(ids)s) AND value_amount > 0
                    WINDOW best_first AS (ORDER BY value_amount DESC, partner_id)
                )
                SELECT
                    asked.id,
                    100 * SUM(between_them.amount) OVER (
                        ORDER BY asked.value_amount DESC, asked.partner_id
                    ) / %(total)s
                FROM asked
                CROSS JOIN LATERAL (
                    SELECT COALESCE(SUM(value_amount), 0) AS amount
                    FROM crm_customer customer
                    WHERE company_id = %(company)s
                        AND value_amount
                            BETWEEN asked.value_amount AND asked.last_value
                        AND (
                            value_amount > asked.value_amount
                            OR partner_id < asked.partner_id
                        )
                        AND (
                            value_amount < asked.last_value
                            OR partner_id >= asked.last_id
                        )
                ) between_them
                """,
                ids=[verdict.customer_id for verdict in verdicts],
                total=scope.notes["cuts"]["value"].total,
                company=scope.company.id,
            )
        )
        standings = dict(rows)
        return [
            verdict._replace(standing=standings.get(verdict.customer_id, 100.0))
            for verdict in verdicts
        ]

    def _standing_abc(self, policy):
        return SQL(
            """
            CASE WHEN value_amount > 0
                 THEN 100 * COALESCE(SUM(GREATEST(value_amount, 0)) OVER (
                          ORDER BY value_amount DESC, partner_id
                          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                      ), 0) / SUM(GREATEST(value_amount, 0)) OVER ()
                 ELSE 100
            END
            """
        )

    def _standing_quantile(self, policy):
        return SQL(
            """
            100.0 * (RANK() OVER (
                PARTITION BY first_purchase_date IS NULL
                ORDER BY value_amount DESC NULLS LAST
            ) - 1) / COUNT(*) OVER (PARTITION BY first_purchase_date IS NULL)
            """
        )

    def _standing_threshold(self, policy):
        return SQL("COALESCE(value_amount, 0)")

    def _standing_score(self, policy):
        measures = policy._score_measures()
        parts = [
            SQL(
                "%s * PERCENT_RANK() OVER ("
                "PARTITION BY first_purchase_date IS NULL ORDER BY %s NULLS FIRST)",
                line.weight,
                SQL.identifier(measures[line.measure][1]),
            )
            for line in policy.weight_ids
            if line.measure in measures
        ]
        total = sum(policy.weight_ids.mapped("weight"))
        return SQL("100 * (%s) / %s", SQL(" + ").join(parts or [SQL("0")]), total)
