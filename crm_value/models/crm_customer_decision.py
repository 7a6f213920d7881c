from datetime import datetime, time

from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """What decisions about customers share: their moment and their direction."""

    _inherit = "crm.customer"

    target_member_ids = fields.One2many(
        "crm.target.list.member", "customer_id", string="Target Lists", readonly=True
    )

    @api.model
    def _refresh_steps(self):
        """Decide after measuring: tiers, managers, stages, treatment, contacts.

        Stages may look at tiers, treatment follows tiers, and who must contact
        whom follows from the tier and its account manager.
        """
        return super()._refresh_steps() + self._decision_steps()

    @api.model
    def _decision_steps(self):
        """Return the steps that decide, in their order; the first judges tiers."""
        return [
            self._refresh_tier_decisions,
            self._refresh_account_managers,
            self._refresh_stages,
            self._refresh_treatment,
            self._refresh_contacts,
            self._refresh_target_lists,
        ]

    def _refresh_target_lists(self, scope):
        """Count the live lists, once a day."""
        if scope.partner_ids is None:
            scope.run(lambda: self.env["crm.target.list"]._count_lists(scope))

    @api.model
    def _moment(self, as_of):
        """Return when a decision of day ``as_of`` is said to have happened."""
        if as_of == fields.Date.today():
            return fields.Datetime.now()
        return datetime.combine(as_of, time(hour=12))

    @api.model
    def _direction(self, old_rank, new_rank):
        """Return the direction of a move between two ranks, the better one higher."""
        if old_rank is None or new_rank is None:
            return "start"
        if new_rank == old_rank:
            return "level"
        return "up" if new_rank > old_rank else "down"

    @api.model
    def _schedule_activities(self, vals_list):
        """Schedule one activity on a customer for each dict of ``vals_list``.

        The responsible person is not written an e-mail for each: hundreds may be
        made in one night.
        """
        model_id = self.env["ir.model"]._get_id("crm.customer")
        # sudo: the rule schedules, the responsible person may not write customers
        return (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True)
            .create(
                [
                    {"res_model_id": model_id, "automated": True, **vals}
                    for vals in vals_list
                ]
            )
        )

    @api.model
    def _scope_condition(self, scope, alias="customer"):
        """Return the SQL condition that selects the rows of ``scope``."""
        condition = SQL(
            "%s = %s", SQL.identifier(alias, "company_id"), scope.company.id
        )
        if scope.partner_ids is not None:
            condition = SQL(
                "%s AND %s IN %s",
                condition,
                SQL.identifier(alias, "partner_id"),
                scope.partner_ids or (0,),
            )
        return condition
