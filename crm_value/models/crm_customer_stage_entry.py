import logging
from datetime import timedelta

from odoo import models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class CrmCustomer(models.Model):
    """What happens when a customer enters a stage or stays too long."""

    _inherit = "crm.customer"

    def _run_stage_entries(self, company, as_of, partner_ids=None):
        """Do what each stage asks for on entry, once for each entry.

        A stay is marked before its actions run, so nothing happens twice; what
        fails is written to the history of the customer.
        """
        for stage, customers in self._claim_stage_entries(company, partner_ids).items():
            self._run_entry_action(stage, customers, as_of)

    def _claim_stage_entries(self, company, partner_ids):
        """Mark the entries that wait for their actions and return them by stage."""
        condition = SQL()
        if partner_ids is not None:
            condition = SQL("AND customer.partner_id IN %s", partner_ids or (0,))
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_customer_stage_history stay
                   SET entry_done_at = NOW() AT TIME ZONE 'UTC'
                  FROM crm_customer customer
                 WHERE customer.id = stay.customer_id
                   AND stay.company_id = %s
                   AND stay.entry_done_at IS NULL
                   %s
                RETURNING stay.stage_id, stay.customer_id, stay.left_on
                """,
                company.id,
                condition,
            )
        )
        self.env["crm.customer.stage.history"].invalidate_model(["entry_done_at"])
        found = {}
        for stage_id, customer_id, left_on in sorted(rows, key=lambda row: row[:2]):
            if not left_on:
                found.setdefault(stage_id, []).append(customer_id)
        Stage = self.env["crm.lifecycle.stage"].sudo()
        return {
            Stage.browse(stage_id): self.sudo().browse(ids)
            for stage_id, ids in found.items()
        }

    def _run_entry_action(self, stage, customers, as_of):
        done = []
        if stage.activity_type_id:
            done += customers._schedule_entry_activities(stage, as_of)
        if stage.mail_template_id:
            done += customers._send_entry_mails(stage)
        if stage.server_action_id:
            done += customers._run_entry_server_actions(stage)
        self.env["crm.customer.event"]._log(
            [
                {
                    "customer_id": customer.id,
                    "company_id": customer.company_id.id,
                    "occurred_at": self._moment(as_of),
                    "kind": "treatment",
                    "new_value": stage.name,
                    "reason": what,
                    "rule_name": stage.name,
                }
                for customer, what in done
            ]
        )

    def _entry_responsible(self, stage):
        """Return the person each customer's entry activity is for."""
        if stage.activity_responsible == "user":
            return dict.fromkeys(self, stage.activity_user_id)
        if stage.activity_responsible == "role":
            users = stage.activity_role_id.user_ids.sorted("id")
            return {
                customer: users[customer.id % len(users)] if users else users
                for customer in self
            }
        return {customer: customer.account_manager_id for customer in self}

    def _schedule_entry_activities(self, stage, as_of):
        responsible = self._entry_responsible(stage)
        served = [customer for customer in self if responsible[customer]]
        summary = stage.activity_summary or stage.activity_type_id.summary
        self._schedule_activities(
            [
                {
                    "activity_type_id": stage.activity_type_id.id,
                    "summary": summary or stage.activity_type_id.name,
                    "note": stage.activity_type_id.default_note,
                    "date_deadline": as_of + timedelta(days=stage.activity_days),
                    "user_id": responsible[customer].id,
                    "res_id": customer.id,
                }
                for customer in served
            ]
        )
        return [
            (
                customer,
                self.env._(
                    "Activity “%(activity)s” scheduled for %(person)s on entry.",
                    activity=summary or stage.activity_type_id.name,
                    person=responsible[customer].name,
                )
                if responsible[customer]
                else self.env._(
                    "Activity “%(activity)s” not scheduled: nobody is responsible.",
                    activity=summary or stage.activity_type_id.name,
                ),
            )
            for customer in self
        ]

    def _send_entry_mails(self, stage):
        reachable = self.filtered("partner_id.email")
        try:
            with self.env.cr.savepoint():
                stage.mail_template_id.send_mail_batch(reachable.ids)
        except Exception as error:  # a template is free text: its errors are data
            _logger.info("E-mail on entry of stage %s failed: %s", stage.id, error)
            return [(customer, self._entry_failure(error)) for customer in self]
        sent = self.env._("E-mail “%s” sent on entry.", stage.mail_template_id.name)
        unsent = self.env._(
            "E-mail “%s” not sent on entry: the contact has no e-mail address.",
            stage.mail_template_id.name,
        )
        return [(c, sent if c in reachable else unsent) for c in self]

    def _run_entry_server_actions(self, stage):
        action = stage.server_action_id
        done = self.env._("Server action “%s” run on entry.", action.name)
        outcome = []
        for customer in self:
            try:
                with self.env.cr.savepoint():
                    action.with_context(
                        active_model="crm.customer",
                        active_id=customer.id,
                        active_ids=customer.ids,
                    ).run()
                outcome.append((customer, done))
            except Exception as error:  # one customer must not stop the others
                _logger.info("Action on entry of stage %s failed: %s", stage.id, error)
                outcome.append((customer, self._entry_failure(error)))
        return outcome

    def _entry_failure(self, error):
        return self.env._("What should happen on entry failed: %s", error)

    def _alert_long_stays(self, scope):
        """Tell the account manager, once for each stay, who is in a stage too long."""
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_customer_stage_history stay
                   SET alerted_on = %(as_of)s
                  FROM crm_customer customer, crm_lifecycle_stage stage
                 WHERE customer.id = stay.customer_id
                   AND stage.id = stay.stage_id
                   AND stage.max_days > 0
                   AND stay.left_on IS NULL
                   AND stay.alerted_on IS NULL
                   AND %(as_of)s - stay.entered_on > stage.max_days
                   AND %(condition)s
                RETURNING stay.customer_id, stay.stage_id
                """,
                as_of=scope.as_of,
                condition=self._scope_condition(scope),
            )
        )
        if not rows:
            return
        todo = self.env.ref("mail.mail_activity_data_todo")
        Stage = self.env["crm.lifecycle.stage"].sudo()
        Customer = self.sudo()
        vals_list = []
        for customer_id, stage_id in rows:
            stage, manager = (
                Stage.browse(stage_id),
                Customer.browse(customer_id).account_manager_id,
            )
            if manager:
                vals_list.append(
                    {
                        "activity_type_id": todo.id,
                        "summary": self.env._(
                            "More than %(days)s days in stage %(stage)s",
                            days=stage.max_days,
                            stage=stage.name,
                        ),
                        "date_deadline": scope.as_of,
                        "user_id": manager.id,
                        "res_id": customer_id,
                    }
                )
        self._schedule_activities(vals_list)
