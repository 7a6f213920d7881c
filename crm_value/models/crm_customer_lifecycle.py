from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class CrmCustomer(models.Model):
    """Where the relationship with a customer stands, and moves by hand."""

    _inherit = "crm.customer"
    # whoever may see a customer may note a contact with it
    _mail_post_access = "read"

    stage_id = fields.Many2one(
        "crm.lifecycle.stage",
        string="Lifecycle Stage",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        group_expand="_group_expand_stage_id",
        tracking=False,
    )
    stage_kind = fields.Selection(related="stage_id.kind", string="Phase")
    stage_entered_on = fields.Date(
        string="In Stage since", readonly=True, aggregator=None
    )
    days_in_stage = fields.Integer(
        compute="_compute_days_in_stage",
        search="_search_days_in_stage",
        aggregator="avg",
        help="Days from the entry into the current stage to the day the measures "
        "look at.",
    )
    stage_candidate_id = fields.Many2one(
        "crm.lifecycle.stage",
        string="Next Stage by Rule",
        readonly=True,
        ondelete="set null",
        help="The rule of this stage is met; the customer moves there when it has "
        "been met for the hold days of the stage.",
    )
    stage_candidate_since = fields.Date(string="Rule Met since", readonly=True)
    stage_pinned_until = fields.Date(
        string="Kept by Hand until",
        readonly=True,
        help="Until this day no rule moves the customer to another stage.",
    )
    stage_history_ids = fields.One2many(
        "crm.customer.stage.history", "customer_id", string="Stages", readonly=True
    )

    @api.depends("stage_entered_on")
    def _compute_days_in_stage(self):
        today = fields.Date.context_today(self)
        for customer in self:
            entered_on = customer.stage_entered_on
            seen_on = customer.measured_on or today
            customer.days_in_stage = (
                max((seen_on - entered_on).days, 0) if entered_on else 0
            )

    @api.model
    def _search_days_in_stage(self, operator, value):
        return self._domain_on_expression("days_in_stage", operator, value)

    def _expression_sql(self, alias, fname, query):
        if fname == "days_in_stage":
            return SQL(
                "(COALESCE(%s, CURRENT_DATE) - %s)",
                self._expression_sql(alias, "measured_on", query),
                self._field_to_sql(alias, "stage_entered_on", query),
            )
        return super()._expression_sql(alias, fname, query)

    @api.model
    def _group_expand_stage_id(self, stages, domain):
        return stages.search([("company_id", "in", [*self.env.companies.ids, False])])

    def write(self, vals):
        if not self.env.su and "stage_id" in vals:
            raise UserError(
                self.env._(
                    "A move to another stage needs a reason: use the button "
                    "“Move to Stage” or drag the card in the kanban view."
                )
            )
        return super().write(vals)

    def _close_stay(self, day):
        """End the stay of these customers in their stage, without a next one."""
        stays = self.env["crm.customer.stage.history"].search(
            [("customer_id", "in", self.ids), ("left_on", "=", False)]
        )
        for stay in stays:
            stay.write({"left_on": day, "days": max((day - stay.entered_on).days, 0)})

    def _check_may_decide(self):
        """Raise unless the user may decide about these customers.

        Administrators decide about every customer, account managers about their
        own. Record rules have their say first.
        """
        self.check_access("read")
        if self.env.su or self.env.user.has_group("crm_value.group_manager"):
            return
        if others := self.filtered(lambda c: c.account_manager_id != self.env.user):
            raise AccessError(
                self.env._(
                    "%(customer)s is looked after by %(manager)s: ask them or a value "
                    "administrator to decide.",
                    customer=others[0].display_name,
                    manager=others[0].account_manager_id.name
                    or self.env._("nobody yet"),
                )
            )

    def action_open_stage_move(self):
        """Ask where to move these customers, why, and for how long."""
        self._check_may_decide()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move to Stage"),
            "res_model": "crm.customer.stage.move",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_customer_ids": self.ids,
                "default_stage_id": self.env.context.get("default_stage_id"),
                "dialog_size": "medium",
            },
        }

    def _move_stage_by_hand(
        self, stage, reason, pinned_until=None, seen_stage=None, today=None
    ):
        """Move these customers to ``stage`` because a person says so.

        :param seen_stage: the stage the person saw them in; the move is refused
            for a customer someone else has moved since
        """
        self._check_may_decide()
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say why the customer moves: a reason is needed.")
            )
        today = today or fields.Date.context_today(self)
        if pinned_until and pinned_until < today:
            raise UserError(
                self.env._("The day until which the stage is kept must not be past.")
            )
        for customer in self:
            customer._check_stage_move(stage, seen_stage)
        moving = self.filtered(lambda customer: customer.stage_id != stage)
        # sudo: the rights of the person have just been checked
        moving.sudo()._apply_stage_move(stage, reason.strip(), pinned_until, today)

    def _check_stage_move(self, stage, seen_stage):
        self.ensure_one()
        if stage.company_id and stage.company_id != self.company_id:
            raise UserError(
                self.env._(
                    "Stage “%(stage)s” belongs to %(company)s.",
                    stage=stage.name,
                    company=stage.company_id.name,
                )
            )
        if seen_stage is not None and seen_stage != self.stage_id:
            last = self.env["crm.customer.event"].search(
                [("customer_id", "=", self.id), ("kind", "=", "stage")], limit=1
            )
            raise UserError(
                self.env._(
                    "%(customer)s was moved to “%(stage)s” by %(person)s in the "
                    "meantime. Reload the page and look again.",
                    customer=self.display_name,
                    stage=self.stage_id.name or self.env._("no stage"),
                    person=last.user_id.name or self.env._("a rule"),
                )
            )
        if stage != self.stage_id:
            stage._check_manual_entry(self.stage_id)

    def _apply_stage_move(self, stage, reason, pinned_until, today: date):
        self.env.flush_all()
        moves = [
            {
                "customer_id": customer.id,
                "company_id": customer.company_id.id,
                "old_stage_id": customer.stage_id.id,
                "stage_id": stage.id,
                "reason": reason,
            }
            for customer in self
        ]
        self._move_stages(moves, today, user=self.env.user)
        self.write({"stage_pinned_until": pinned_until})
        for company in self.company_id:
            self._run_stage_entries(company, today, tuple(self.partner_id.ids))
