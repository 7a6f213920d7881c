from odoo import models
from odoo.tools import SQL

from ..analytics.tier_review import NEW_TIER, review_customers
from ..analytics.tiering import NO_TIER


class CrmCustomer(models.Model):
    """Tier decisions by rule for any number of customers.

    Standing of everyone by SQL, decision by :mod:`analytics.tier_review`, and
    only what changes is written.
    """

    _inherit = "crm.customer"

    def _refresh_tier_decisions(self, scope):
        """Review the tiers of the customers of ``scope``, and of whom they pass."""
        scope.run(lambda: self._decide_tiers(self._tier_scope(scope)))

    def _decide_tiers(self, scope, from_scratch=False):
        self._expire_overrides(scope)
        verdicts = self._review_tiers(scope, from_scratch)
        self._keep_tier_cuts(scope)
        if not verdicts:
            return
        verdicts = self._with_exact_standings(scope, verdicts)
        moves = self._write_tiers(scope, verdicts)
        self._log_tier_moves(scope, moves, verdicts)
        self._announce_downgrades(scope, verdicts)

    def _review_tiers(self, scope, from_scratch=False):
        """Return what changes for the customers of ``scope``, nothing written."""
        policy = scope.policy
        if not policy._rated_tiers():
            return []
        return review_customers(
            self._fetch_tier_rows(scope, from_scratch),
            policy._tier_rules(),
            policy._review_calendar(),
            scope.as_of,
        )

    def _fetch_tier_rows(self, scope, from_scratch=False):
        """Return the rows ``review_customers`` takes, of all who may change.

        What was decided after the day looked at does not count: the day is judged
        from scratch, as it is for customers whose tier belongs to another policy.
        """
        policy = scope.policy
        tiers = policy._rated_tiers()
        new = policy._new_tier()
        self.flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT customer.id,
                       customer.standing,
                       known.is_judged,
                       known.tier,
                       customer.first_purchase_date,
                       CASE WHEN known.valid THEN customer.tier_review_on END,
                       CASE WHEN known.valid THEN customer.tier_downgrade_on END,
                       CASE WHEN known.valid THEN customer.tier_changed_on END
                  FROM (%(standings)s) customer
                 CROSS JOIN LATERAL (
                        SELECT NOT %(scratch)s
                               AND COALESCE(customer.tier_since <= %(as_of)s, TRUE)
                                   AS valid
                       ) trusted
                 CROSS JOIN LATERAL (
                        SELECT trusted.valid,
                               %(judged)s AS is_judged,
                               CASE WHEN NOT trusted.valid THEN %(none)s
                                    WHEN customer.computed_tier_id = %(new)s
                                    THEN %(is_new)s
                                    ELSE COALESCE(array_position(
                                             %(tiers)s::int[], customer.computed_tier_id
                                         ) - 1, %(none)s)
                               END AS tier
                       ) known
                 WHERE NOT (%(quiet)s)
                """,
                standings=self._standings_query(scope),
                judged=self._is_judged_sql(scope),
                none=NO_TIER,
                is_new=NEW_TIER,
                new=new.id or 0,
                tiers=tiers.ids,
                scratch=from_scratch,
                as_of=scope.as_of,
                quiet=self._is_quiet_sql(scope, tiers),
            )
        )

    def _is_quiet_sql(self, scope, tiers):
        """Whether a customer keeps tier and dates: most do, on most days.

        Nobody moves down without a review, so without one only who reaches the
        tier above moves.
        """
        return SQL(
            """
            known.valid
            AND customer.tier_downgrade_on IS NULL
            AND CASE WHEN known.is_judged
                     THEN known.tier >= 0
                          AND COALESCE(customer.tier_review_on > %(as_of)s, FALSE)
                          AND COALESCE(NOT customer.standing %(reaches)s
                                  (%(entry)s::float[])[known.tier], TRUE)
                     ELSE known.tier = %(is_new)s AND customer.tier_review_on IS NULL
                END
            """,
            as_of=scope.as_of,
            reaches=SQL(">=") if scope.policy._higher_is_better() else SQL("<"),
            entry=tiers.mapped("lower_bound"),
            is_new=NEW_TIER,
        )

    def _is_judged_sql(self, scope):
        """Whether the history of a customer is long enough for a tier."""
        if not scope.policy._new_tier():
            return SQL("TRUE")
        return SQL(
            "COALESCE(%s - customer.first_purchase_date >= %s, FALSE)",
            scope.as_of,
            scope.policy.minimum_history_days,
        )

    def _tier_of(self, policy, index):
        if index == NEW_TIER:
            return policy._new_tier()
        return policy._rated_tiers()[index]

    def _write_tiers(self, scope, verdicts):
        """Write the verdicts; return the moves in force as {customer id: old tier}."""
        policy = scope.policy
        tier_ids = {NEW_TIER: policy._new_tier().id or None}
        tier_ids.update(enumerate(policy._rated_tiers().ids))
        rows = self.env.execute_query(
            SQL(
                """
                WITH verdict AS (
                    SELECT *
                      FROM unnest(
                           %(ids)s::int[], %(tiers)s::int[], %(reviews)s::date[],
                           %(downgrades)s::date[], %(moved)s::bool[],
                           %(graded)s::bool[]
                      ) AS verdict (
                           id, tier_id, review_on, downgrade_on, is_moved, is_graded
                      )
                ), before AS (
                    SELECT id, tier_id FROM crm_customer WHERE id = ANY(%(ids)s)
                )
                UPDATE crm_customer customer
                   SET computed_tier_id = verdict.tier_id,
                       tier_id = COALESCE(customer.override_tier_id, verdict.tier_id),
                       tier_review_on = verdict.review_on,
                       tier_downgrade_on = verdict.downgrade_on,
                       tier_since = CASE WHEN verdict.is_moved THEN %(as_of)s
                                         ELSE customer.tier_since END,
                       tier_changed_on = CASE WHEN verdict.is_graded THEN %(as_of)s
                                              WHEN verdict.is_moved THEN NULL
                                              ELSE customer.tier_changed_on END
                  FROM verdict, before
                 WHERE customer.id = verdict.id
                   AND before.id = verdict.id
                RETURNING customer.id, before.tier_id, customer.tier_id
                """,
                ids=[verdict.customer_id for verdict in verdicts],
                tiers=[tier_ids[verdict.tier] for verdict in verdicts],
                reviews=[verdict.review_day for verdict in verdicts],
                downgrades=[verdict.downgrade_day for verdict in verdicts],
                moved=[v.tier != v.old_tier for v in verdicts],
                graded=[
                    v.tier != v.old_tier and v.tier >= 0 and v.old_tier >= 0
                    for v in verdicts
                ],
                as_of=scope.as_of,
            )
        )
        self.invalidate_model()
        return {row[0]: row[1:] for row in rows if row[1] != row[2]}

    def _log_tier_moves(self, scope, moves, verdicts):
        tiers = self.env["crm.value.tier"].sudo()
        known = tiers.browse({tier for move in moves.values() for tier in move if tier})
        name = {tier.id: tier.name for tier in known}
        rank = {tier.id: tier._rank() for tier in known}
        policy = scope.policy
        words = policy._verdict_words()
        moment = self._moment(scope.as_of)
        self.env["crm.customer.event"]._log(
            [
                {
                    "customer_id": verdict.customer_id,
                    "company_id": scope.company.id,
                    "occurred_at": moment,
                    "kind": "tier",
                    "direction": self._direction(rank.get(old), rank.get(new)),
                    "old_value": name.get(old, False),
                    "new_value": name.get(new, False),
                    "reason": words(verdict),
                    "rule_name": policy.name,
                    "policy_id": policy.id,
                }
                for verdict in verdicts
                if verdict.customer_id in moves
                for old, new in [moves[verdict.customer_id]]
            ]
        )

    def _announce_downgrades(self, scope, verdicts):
        """Give the account managers the grace period to do something."""
        announced = {
            verdict.customer_id: verdict
            for verdict in verdicts
            if verdict.is_announced and verdict.downgrade_day > scope.as_of
        }
        if not announced:
            return
        policy = scope.policy
        tiers = policy._rated_tiers()
        todo = self.env.ref("mail.mail_activity_data_todo")
        customers = self.sudo().browse(announced)
        customers.fetch(["account_manager_id", "override_tier_id", "value_amount"])
        self._schedule_activities(
            [
                {
                    "activity_type_id": todo.id,
                    "summary": self.env._(
                        "Below the keep bound of %(tier)s: moves down on %(day)s",
                        tier=tiers[announced[customer.id].tier].name,
                        day=announced[customer.id].downgrade_day,
                    ),
                    "note": policy._verdict_words()(announced[customer.id]),
                    "date_deadline": announced[customer.id].downgrade_day,
                    "user_id": customer.account_manager_id.id,
                    "res_id": customer.id,
                }
                for customer in customers
                if customer.account_manager_id and not customer.override_tier_id
            ]
        )

    def _expire_overrides(self, scope):
        customers = self.sudo().search(
            [
                ("company_id", "=", scope.company.id),
                ("override_tier_id", "!=", False),
                ("override_until", "<", scope.as_of),
            ]
        )
        customers._end_overrides(
            self.env._("The tier set by hand has run out."), scope.as_of
        )
        if customers:
            self.env.flush_all()
