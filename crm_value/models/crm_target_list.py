from datetime import timedelta
from secrets import randbelow

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..analytics.response import compare_response, draw_holdout


class CrmTargetList(models.Model):
    """Customers to do something with, and whether it made a difference.

    A live list follows its conditions; a frozen one keeps its customers, of whom
    some are held out at random.
    """

    _name = "crm.target.list"
    _inherit = ["mail.thread"]
    _description = "Target List"
    _order = "create_date desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        tracking=True,
    )
    domain = fields.Char(string="Customers Who", default="[]", required=True)
    state = fields.Selection(
        [("live", "Live"), ("frozen", "Frozen")],
        default="live",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    frozen_on = fields.Date(readonly=True, copy=False)
    holdout_pct = fields.Float(
        string="Held Out (%)",
        compute="_compute_holdout_pct",
        store=True,
        readonly=False,
        help="This share of the customers is left alone, drawn at random when the list "
        "is frozen, so that the others can be compared with it.",
    )
    seed = fields.Integer(
        readonly=True,
        copy=False,
        help="The number the random draw started from: the same customers and number "
        "give the same draw.",
    )
    member_ids = fields.One2many("crm.target.list.member", "list_id", readonly=True)
    count_ids = fields.One2many("crm.target.list.count", "list_id", readonly=True)
    customer_count = fields.Integer(
        string="Customers", compute="_compute_customer_count"
    )
    contacted_on = fields.Date(
        copy=False,
        tracking=True,
        help="The day the customers were contacted; purchases are counted from then.",
    )
    response_days = fields.Integer(
        string="Count Purchases for (days)", default=30, required=True
    )
    contacted_count = fields.Integer(
        string="Contacted", compute="_compute_response", compute_sudo=True
    )
    contacted_rate = fields.Float(
        string="Contacted Who Bought", compute="_compute_response", compute_sudo=True
    )
    holdout_count = fields.Integer(
        string="Held Out", compute="_compute_response", compute_sudo=True
    )
    holdout_rate = fields.Float(
        string="Held Out Who Bought", compute="_compute_response", compute_sudo=True
    )
    response_text = fields.Char(
        string="Difference", compute="_compute_response", compute_sudo=True
    )

    _holdout_pct_range = models.Constraint(
        "CHECK (holdout_pct >= 0 AND holdout_pct < 100)",
        "The held-out share must be from 0 to less than 100 %.",
    )
    _response_days_positive = models.Constraint(
        "CHECK (response_days > 0)", "Count purchases for at least one day."
    )

    @api.depends("company_id")
    def _compute_holdout_pct(self):
        for target in self:
            # sudo: whoever makes a list need not read the whole policy
            policy = self.env["crm.value.policy"].sudo()._for_company(target.company_id)
            target.holdout_pct = policy.holdout_pct

    @api.depends("domain", "state", "member_ids")
    def _compute_customer_count(self):
        for target in self:
            target.customer_count = self.env["crm.customer"].search_count(
                target._customer_domain()
            )

    @api.depends("contacted_on", "response_days", "member_ids")
    def _compute_response(self):
        for target in self:
            groups = target._fetch_response()
            contacted, buyers = groups.get(False, (0, 0))
            holdout, holdout_buyers = groups.get(True, (0, 0))
            target.contacted_count = contacted
            target.holdout_count = holdout
            target.contacted_rate = buyers / contacted if contacted else 0.0
            target.holdout_rate = holdout_buyers / holdout if holdout else 0.0
            target.response_text = target._say_response(
                compare_response(contacted, buyers, holdout, holdout_buyers)
            )

    @api.constrains("domain")
    def _check_domain(self):
        for target in self:
            try:
                with self.env.cr.savepoint():
                    self.env["crm.customer"].search(target._rule_domain(), limit=1)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The conditions of list “%(list)s” cannot be evaluated: "
                        "%(error)s. Choose them again.",
                        list=target.name,
                        error=str(error).strip().rstrip("."),
                    )
                ) from error

    def _rule_domain(self):
        """Return the customers the conditions describe today."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        return self.env["crm.customer"]._eval_domain(self.domain, today) & (
            fields.Domain("company_id", "=", self.company_id.id)
        )

    def _customer_domain(self, contacted_only=False):
        """Return the customers of the list."""
        self.ensure_one()
        if self.state == "live":
            return self._rule_domain()
        members = fields.Domain("list_id", "=", self.id)
        if contacted_only:
            members &= fields.Domain("is_holdout", "=", False)
        return fields.Domain("target_member_ids", "any", members)

    def _customers(self, contacted_only=False):
        return self.env["crm.customer"].search(self._customer_domain(contacted_only))

    def action_freeze(self):
        """Keep today's customers, and draw those who are left alone."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "frozen":
            raise UserError(self.env._("List “%s” is already frozen.", self.name))
        customers = self._customers()
        if not customers:
            raise UserError(
                self.env._("No customer meets the conditions of list “%s”.", self.name)
            )
        seed = randbelow(2**31 - 1) + 1
        holdout = draw_holdout(customers.ids, self.holdout_pct / 100, seed)
        # sudo: members are written by the draw only
        self.env["crm.target.list.member"].sudo()._insert(self, customers.ids, holdout)
        self.write(
            {
                "state": "frozen",
                "frozen_on": fields.Date.context_today(self),
                "seed": seed,
            }
        )

    def action_mark_contacted(self):
        """Note that the customers are contacted today."""
        self.check_access("write")
        self._check_frozen()
        self.contacted_on = fields.Date.context_today(self)

    def _check_frozen(self):
        if self.filtered(lambda target: target.state == "live"):
            raise UserError(
                self.env._("Freeze the list first: only then is it clear who is on it.")
            )

    def action_open_customers(self):
        """Show the customers, from where they can be exported."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_value.crm_customer_action"
        )
        action["name"] = self.name
        action["domain"] = list(self._customer_domain())
        action["context"] = {}
        return action

    def action_schedule_plan(self):
        """Launch an activity plan for the customers who are contacted."""
        self.ensure_one()
        customers = self._customers(contacted_only=True)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add to Activity Plan"),
            "res_model": "mail.activity.schedule",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": "crm.customer",
                "default_res_model": "crm.customer",
                "default_res_ids": str(customers.ids),
                "plan_mode": True,
            },
        }

    def _fetch_response(self):
        """Return {is held out: (customers, those who bought in time)}."""
        self.ensure_one()
        if not self.id or self.state == "live":
            return {}
        self.env.flush_all()
        start = self.contacted_on or fields.Date.to_date("9999-01-01")
        return {
            is_holdout: (customers, buyers)
            for is_holdout, customers, buyers in self.env.execute_query(
                SQL(
                    """
                    SELECT member.is_holdout,
                           COUNT(*),
                           COUNT(*) FILTER (WHERE EXISTS (
                               SELECT 1
                                 FROM account_move move
                                WHERE move.commercial_partner_id = customer.partner_id
                                  AND move.company_id = customer.company_id
                                  AND move.move_type = 'out_invoice'
                                  AND move.state = 'posted'
                                  AND move.invoice_date > %(start)s
                                  AND move.invoice_date - %(start)s <= %(days)s
                           ))
                      FROM crm_target_list_member member
                      JOIN crm_customer customer ON customer.id = member.customer_id
                     WHERE member.list_id = %(list)s
                     GROUP BY member.is_holdout
                    """,
                    list=self.id,
                    start=start,
                    days=self.response_days,
                )
            )
        }

    def _say_response(self, response):
        if not self.contacted_on:
            return self.env._("Not contacted yet.")
        if response is None:
            return self.env._("Nobody was held out: there is nothing to compare with.")
        words = self.env._(
            "%(difference)+.1f points (95 %% between %(low)+.1f and %(high)+.1f)",
            difference=100 * response.difference,
            low=100 * response.low,
            high=100 * response.high,
        )
        verdict = (
            self.env._("the difference is proven")
            if response.is_proven
            else self.env._("no difference is proven")
        )
        until = self.contacted_on + timedelta(days=self.response_days)
        if until > fields.Date.context_today(self):
            verdict = self.env._("still counting until %s", until)
        return self.env._("%(words)s: %(verdict)s.", words=words, verdict=verdict)

    @api.model
    def _count_lists(self, scope):
        """Note how many customers each live list has today."""
        lists = self.sudo().search(
            [("company_id", "=", scope.company.id), ("state", "=", "live")]
        )
        for target in lists:
            self.env["crm.target.list.count"].sudo()._record(target, scope.as_of)
