from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# the phases of a relationship, the weakest first: moves are up or down this list
PHASES = (
    "lost",
    "decline",
    "prospect",
    "exploration",
    "won_back",
    "formation",
    "stable",
)


class CrmLifecycleStage(models.Model):
    """A stage of the relationship with a customer and the rule that leads there.

    Stages move both ways: the rule of each is a domain on customers, evaluated
    every night for all customers and, when they buy, for those.
    """

    _name = "crm.lifecycle.stage"
    _description = "Lifecycle Stage"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10, help="Order of the columns, left to right.")
    kind = fields.Selection(
        [
            ("prospect", "Prospect"),
            ("exploration", "Exploration"),
            ("formation", "Formation"),
            ("stable", "Stable"),
            ("decline", "Decline"),
            ("lost", "Lost"),
            ("won_back", "Won Back"),
        ],
        required=True,
        default="stable",
        help="What the stage means in reports, whatever its name.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: the stage is used by every company."
    )
    description = fields.Text(translate=True, help="Shown to those who move customers.")
    fold = fields.Boolean(string="Folded in Kanban")
    color = fields.Integer()
    is_automatic = fields.Boolean(
        string="Moves by Rule",
        default=True,
        help="Customers that meet the rule are moved here by themselves.",
    )
    is_manual_allowed = fields.Boolean(
        string="Moves by Hand",
        default=True,
        help="People may move customers here, giving a reason.",
    )
    domain = fields.Char(
        string="Rule",
        default="[]",
        help="The customers that belong in this stage.",
    )
    evaluation_order = fields.Integer(
        required=True,
        default=10,
        help="When a customer meets the rules of several stages, the lowest number "
        "wins.",
    )
    hold_days = fields.Integer(
        string="Hold (days)",
        required=True,
        default=0,
        help="The rule must hold this many days before a customer moves here, and who "
        "has moved here stays at least as long. Stops customers from going to and fro.",
    )
    from_stage_ids = fields.Many2many(
        "crm.lifecycle.stage",
        "crm_lifecycle_stage_from_rel",
        "stage_id",
        "from_stage_id",
        string="Only from Stages",
        help="Customers enter this stage from these stages only. Empty: from any.",
        check_company=True,
    )
    max_days = fields.Integer(
        string="Longest Stay (days)",
        required=True,
        default=0,
        help="After this many days in the stage the account manager gets an activity. "
        "0: no alert.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Activity on Entry",
        domain="[('res_model', 'in', [False, 'crm.customer'])]",
        ondelete="restrict",
    )
    activity_summary = fields.Char(translate=True)
    activity_days = fields.Integer(
        string="Activity Due in (days)", required=True, default=0
    )
    activity_responsible = fields.Selection(
        [
            ("account_manager", "Account Manager"),
            ("user", "A Person"),
            ("role", "A Role"),
        ],
        default="account_manager",
        required=True,
    )
    activity_user_id = fields.Many2one("res.users", ondelete="restrict")
    activity_role_id = fields.Many2one(
        "res.role",
        ondelete="restrict",
        help="The activities are shared out among the people who have this role.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail on Entry",
        domain="[('model', '=', 'crm.customer')]",
        ondelete="restrict",
    )
    server_action_id = fields.Many2one(
        "ir.actions.server",
        string="Server Action on Entry",
        domain="[('model_name', '=', 'crm.customer')]",
        ondelete="restrict",
    )
    customer_count = fields.Integer(compute="_compute_customer_count")

    _hold_days_positive = models.Constraint(
        "CHECK (hold_days >= 0)", "The hold days of a stage cannot be negative."
    )
    _max_days_positive = models.Constraint(
        "CHECK (max_days >= 0)", "The longest stay of a stage cannot be negative."
    )
    _activity_days_positive = models.Constraint(
        "CHECK (activity_days >= 0)", "An activity cannot be due before the entry."
    )

    def _compute_customer_count(self):
        counts = dict(
            self.env["crm.customer"]._read_group(
                [("stage_id", "in", self.ids)], ["stage_id"], ["__count"]
            )
        )
        for stage in self:
            stage.customer_count = counts.get(stage, 0)

    @api.constrains("domain", "is_automatic")
    def _check_domain(self):
        Customer = self.env["crm.customer"]
        for stage in self:
            try:
                # sudo: the rule looks at every customer, as the nightly run does
                with self.env.cr.savepoint():
                    Customer.sudo().search(
                        stage._rule_domain(fields.Date.today()), limit=1
                    )
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The rule of stage “%(stage)s” cannot be evaluated: %(error)s. "
                        "Choose its conditions again in the rule editor.",
                        stage=stage.name,
                        error=str(error).strip().rstrip("."),
                    )
                ) from error

    @api.constrains("from_stage_ids", "active")
    def _check_reachable(self):
        # sudo: every active stage counts, whoever saves
        stages = self.sudo().search([("active", "=", True)])
        reached = stages.filtered(lambda stage: not stage.from_stage_ids)
        while new := (stages - reached).filtered(
            lambda stage, reached=reached: stage.from_stage_ids & reached
        ):
            reached |= new
        if cut_off := stages - reached:
            raise ValidationError(
                self.env._(
                    "No customer can ever reach stage “%(stage)s”: it is entered only "
                    "from %(from)s, which cannot be reached without it. Allow another "
                    "stage to lead there.",
                    **{
                        "stage": cut_off[0].name,
                        "from": ", ".join(cut_off[0].from_stage_ids.mapped("name")),
                    },
                )
            )

    @api.constrains(
        "activity_type_id",
        "activity_responsible",
        "activity_user_id",
        "activity_role_id",
    )
    def _check_activity_responsible(self):
        for stage in self.filtered("activity_type_id"):
            responsible = stage.activity_responsible
            if (
                responsible != "account_manager"
                and not (stage[f"activity_{responsible}_id"])
            ):
                raise ValidationError(
                    self.env._(
                        "Stage “%(stage)s” schedules an activity for nobody: choose "
                        "the person or role, or leave it to the account manager.",
                        stage=stage.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for stage in self:
            # sudo: customers of other companies count as well
            if stage.sudo().customer_count:
                raise UserError(
                    self.env._(
                        "Customers are in stage “%(stage)s”: archive it or move them "
                        "first.",
                        stage=stage.name,
                    )
                )

    @api.model
    def _for_company(self, company):
        """Return the stages of ``company`` in their order of evaluation."""
        domain = [("company_id", "in", (company.id, False))]
        return self.sudo().search(domain, order="evaluation_order, sequence, id")

    def _rank(self):
        """Return the place of the stage among the phases, the higher the better."""
        self.ensure_one()
        return PHASES.index(self.kind)

    def _rule_domain(self, as_of):
        """Return the customers the rule describes, as seen on ``as_of``."""
        self.ensure_one()
        return self.env["crm.customer"]._eval_domain(self.domain, as_of)

    def _has_entry_actions(self):
        self.ensure_one()
        return bool(
            self.activity_type_id or self.mail_template_id or self.server_action_id
        )

    def _check_manual_entry(self, old_stage):
        """Raise unless a person may move a customer from ``old_stage`` here."""
        self.ensure_one()
        if not self.is_manual_allowed:
            raise UserError(
                self.env._(
                    "Customers come to stage “%(stage)s” by rule only, nobody can "
                    "move them there by hand.",
                    stage=self.name,
                )
            )
        if self.from_stage_ids and old_stage not in self.from_stage_ids:
            raise UserError(
                self.env._(
                    "Customers come to stage “%(stage)s” only from %(allowed)s, not "
                    "from %(old)s.",
                    stage=self.name,
                    allowed=", ".join(self.from_stage_ids.mapped("name")),
                    old=old_stage.name or self.env._("no stage"),
                )
            )
