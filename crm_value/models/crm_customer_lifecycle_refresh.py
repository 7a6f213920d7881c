from odoo import api, models
from odoo.tools import SQL

# what a move of a set of customers does, statement by statement
MOVE_STATEMENTS = (
    """
    DELETE FROM crm_customer_stage_history stay
     USING (%(moved)s) moved
     WHERE stay.customer_id = moved.id
       AND stay.entered_on > %(as_of)s
    RETURNING stay.id
    """,
    """
    UPDATE crm_customer_stage_history stay
       SET left_on = %(as_of)s,
           days = %(as_of)s - stay.entered_on
      FROM (%(moved)s) moved
     WHERE stay.customer_id = moved.id
       AND stay.left_on IS NULL
    RETURNING stay.id
    """,
    """
    INSERT INTO crm_customer_stage_history (
                customer_id, company_id, stage_id, from_stage_id,
                entered_on, days, entry_done_at
           )
    SELECT customer.id,
           customer.company_id,
           moved.stage_id,
           customer.stage_id,
           %(as_of)s,
           0,
           CASE WHEN moved.stage_id NOT IN %(acting)s
                THEN NOW() AT TIME ZONE 'UTC'
           END
      FROM (%(moved)s) moved
      JOIN crm_customer customer ON customer.id = moved.id
    RETURNING id
    """,
    """
    UPDATE crm_customer customer
       SET stage_id = moved.stage_id,
           stage_entered_on = %(as_of)s,
           stage_candidate_id = NULL,
           stage_candidate_since = NULL,
           stage_pinned_until = NULL
      FROM (%(moved)s) moved
     WHERE customer.id = moved.id
    RETURNING customer.id
    """,
)


class CrmCustomer(models.Model):
    """Moves of customers between stages by rule, for any number of customers."""

    _inherit = "crm.customer"

    def _refresh_stages(self, scope):
        """Move the customers of ``scope`` whose rule has held long enough."""
        scope.run(lambda: self._decide_stages(scope))

    def _decide_stages(self, scope):
        stages = self.env["crm.lifecycle.stage"]._for_company(scope.company)
        rules = stages.filtered("is_automatic")
        if rules:
            self.flush_model()
            due = {
                row[0]: row
                for row in reversed(
                    self._write_stage_candidates(scope, rules)
                    + self._fetch_due_candidates(scope)
                )
            }
            moves = self._stage_moves(scope, rules, due.values())
            self._move_stages(moves, scope.as_of)
        self._run_stage_entries(scope.company, scope.as_of, scope.partner_ids)
        self._alert_long_stays(scope)

    def _write_stage_candidates(self, scope, rules):
        """Note for each customer the stage its measures now lead to, and since when.

        All rules are judged in one pass over the customers; the first that fits in
        the order of evaluation wins. A stage entered after the day looked at counts
        as not entered: the day is judged from scratch. Who need not wait for the stage
        is returned instead, as ``_stage_moves`` takes them.
        """
        changes = self.env.execute_query(self._stage_candidates_query(scope, rules))
        waiting = [row[:2] for row in changes if not row[3]]
        if waiting:
            ids, stage_ids = zip(*waiting, strict=True)
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE crm_customer customer
                       SET stage_candidate_id = wanted.stage_id,
                           stage_candidate_since = CASE
                               WHEN wanted.stage_id IS NOT NULL THEN %(as_of)s::date
                           END
                      FROM unnest(%(ids)s::int[], %(stages)s::int[])
                           AS wanted (id, stage_id)
                     WHERE customer.id = wanted.id
                    """,
                    as_of=scope.as_of,
                    ids=list(ids),
                    stages=list(stage_ids),
                )
            )
            self.invalidate_model(["stage_candidate_id", "stage_candidate_since"])
        return [
            (customer_id, old_id, stage_id, scope.as_of)
            for customer_id, stage_id, old_id, is_due in changes
            if is_due
        ]

    def _stage_candidates_query(self, scope, rules):
        """Return the query of the customers whose candidate changes.

        As (id, candidate, stage, whether it need not wait).
        """
        return SQL(
            """
            SELECT customer.id,
                   customer.wanted_id,
                   customer.stage_id,
                   target.id IS NOT NULL AND (%(is_due)s)
              FROM (
                    SELECT crm_customer.id,
                           stage_id,
                           stage_entered_on,
                           stage_pinned_until,
                           stage_candidate_id,
                           stage_candidate_since,
                           NULLIF(CASE %(cases)s END, current_id) AS wanted_id
                      FROM crm_customer
                     CROSS JOIN LATERAL (
                            SELECT CASE WHEN stage_entered_on <= %(as_of)s
                                        THEN stage_id
                                   END AS current_id
                           ) entered
                     WHERE %(condition)s
                   ) customer
              LEFT JOIN crm_lifecycle_stage target ON target.id = customer.wanted_id
              LEFT JOIN crm_lifecycle_stage old ON old.id = customer.stage_id
             WHERE customer.stage_candidate_id IS DISTINCT FROM customer.wanted_id
                OR customer.stage_candidate_since > %(as_of)s
            """,
            as_of=scope.as_of,
            condition=self._scope_condition(scope, "crm_customer"),
            cases=SQL(" ").join(self._stage_case(scope, rule) for rule in rules),
            is_due=self._is_due_sql(scope, scope.as_of),
        )

    def _is_due_sql(self, scope, since):
        """Return the condition that ``customer`` moves from ``old`` to ``target``.

        Who has no stage yet moves at once.
        """
        return SQL(
            """
            old.id IS NULL
            OR customer.stage_entered_on > %(as_of)s
            OR (
                %(as_of)s - %(since)s >= target.hold_days
                AND %(as_of)s - customer.stage_entered_on >= old.hold_days
                AND (
                     customer.stage_pinned_until IS NULL
                     OR customer.stage_pinned_until < %(as_of)s
                    )
               )
            """,
            as_of=scope.as_of,
            since=since,
        )

    def _stage_case(self, scope, rule):
        allowed = SQL("TRUE")
        if rule.from_stage_ids:
            allowed = SQL("current_id IN %s", (rule.id, *rule.from_stage_ids.ids))
        return SQL(
            "WHEN %s AND (%s) THEN %s",
            allowed,
            self._condition_sql(
                rule.domain, scope.company, scope.as_of, scope.partner_ids
            ),
            rule.id,
        )

    def _fetch_due_candidates(self, scope):
        """Return (id, stage, candidate, since when) of those who waited long enough."""
        return self.env.execute_query(
            SQL(
                """
                SELECT customer.id,
                       customer.stage_id,
                       customer.stage_candidate_id,
                       customer.stage_candidate_since
                  FROM crm_customer customer
                  JOIN crm_lifecycle_stage target
                    ON target.id = customer.stage_candidate_id
                  LEFT JOIN crm_lifecycle_stage old ON old.id = customer.stage_id
                 WHERE %(condition)s
                   AND (%(is_due)s)
                """,
                condition=self._scope_condition(scope),
                is_due=self._is_due_sql(scope, SQL("customer.stage_candidate_since")),
            )
        )

    def _stage_moves(self, scope, rules, due):
        """Return the moves of (id, stage, candidate, since when) as dicts."""
        reasons = {rule.id: self._stage_rule_reason(rule) for rule in rules}
        first_reasons = {rule.id: self._stage_first_reason(rule) for rule in rules}
        names = {rule.id: rule.name for rule in rules}
        return [
            {
                "customer_id": customer_id,
                "company_id": scope.company.id,
                "old_stage_id": old_id,
                "stage_id": stage_id,
                "reason": (reasons if old_id else first_reasons)[stage_id]
                % {"since": since.isoformat(), "days": (scope.as_of - since).days},
                "rule_name": names[stage_id],
            }
            for customer_id, old_id, stage_id, since in due
            if stage_id in reasons
        ]

    def _stage_rule_reason(self, rule):
        if rule.hold_days:
            return self.env._(
                "The rule of stage “%(stage)s” has been met since %(since)s "
                "(%(days)s days, %(hold)s needed).",
                stage=rule.name.replace("%", "%%"),
                since="%(since)s",
                days="%(days)s",
                hold=rule.hold_days,
            )
        return self._stage_first_reason(rule)

    def _stage_first_reason(self, rule):
        """A customer without a stage enters the first that fits, without waiting."""
        return self.env._(
            "The rule of stage “%(stage)s” is met.", stage=rule.name.replace("%", "%%")
        )

    @api.model
    def _move_stages(self, moves, as_of, user=None):
        """Carry out ``moves`` on ``as_of``: rows, history and events."""
        if not moves:
            return
        self._write_stage_moves(moves, as_of)
        stages = self.env["crm.lifecycle.stage"].sudo().with_context(active_test=False)
        names = {stage.id: stage.name for stage in stages.search([])}
        ranks = {stage.id: stage._rank() for stage in stages.search([])}
        self.env["crm.customer.event"]._log(
            [
                {
                    "customer_id": move["customer_id"],
                    "company_id": move["company_id"],
                    "occurred_at": self._moment(as_of),
                    "kind": "stage",
                    "direction": self._direction(
                        ranks.get(move["old_stage_id"]), ranks[move["stage_id"]]
                    ),
                    "old_value": names.get(move["old_stage_id"], False),
                    "new_value": names[move["stage_id"]],
                    "reason": move["reason"],
                    "rule_name": move.get("rule_name", False),
                    "user_id": user.id if user else False,
                }
                for move in moves
            ]
        )

    def _write_stage_moves(self, moves, as_of):
        """Close the open stays, open the new ones and move the rows, set by set."""
        acting = tuple(
            stage.id
            for stage in self.env["crm.lifecycle.stage"].sudo().search([])
            if stage._has_entry_actions()
        )
        moved = SQL(
            "SELECT * FROM unnest(%s::int[], %s::int[]) AS moved (id, stage_id)",
            [move["customer_id"] for move in moves],
            [move["stage_id"] for move in moves],
        )
        for statement in MOVE_STATEMENTS:
            self.env.execute_query(
                SQL(statement, moved=moved, as_of=as_of, acting=acting or (0,))
            )
        self.invalidate_model()
        self.env["crm.customer.stage.history"].invalidate_model()
