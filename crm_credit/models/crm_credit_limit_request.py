from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .res_partner_credit_limit import CREDIT_MODES


class CrmCreditLimitRequest(models.Model):
    """A change of one customer's limit: asked, decided by another person, applied.

    Whoever has the authority applies it at once; otherwise it waits for someone
    else who has. The state and the decision are written by the actions only.
    """

    _name = "crm.credit.limit.request"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Credit Limit Request"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [("permanent", "Permanent"), ("temporary", "Temporary")],
        string="Change",
        required=True,
        default="permanent",
        tracking=True,
    )
    mode = fields.Selection(
        CREDIT_MODES, string="New Mode", required=True, default="limited", tracking=True
    )
    amount = fields.Monetary(string="New Limit", tracking=True)
    date_from = fields.Date(
        string="From", default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date(string="To", tracking=True)
    valid_until = fields.Date(
        tracking=True, help="After this day the limit has to be decided again."
    )
    reason = fields.Text(
        required=True, tracking=True, help="Why the limit should change."
    )
    is_reduction_confirmed = fields.Boolean(
        string="Lower it below what is used",
        help="The customer already uses more than the new limit. Nothing is taken "
        "back, but every new document will be stopped.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("waiting", "To Approve"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    requester_id = fields.Many2one(
        "res.users",
        string="Asked By",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    decider_id = fields.Many2one(
        "res.users", string="Decided By", readonly=True, copy=False, index=True
    )
    decided_at = fields.Datetime(string="Decided On", readonly=True, copy=False)
    decision_reason = fields.Char(copy=False, tracking=True)
    current_limit = fields.Char(compute="_compute_position", compute_sudo=False)
    exposure = fields.Monetary(string="Used Now", compute="_compute_position")
    overdue = fields.Monetary(string="Overdue Now", compute="_compute_position")
    is_below_exposure = fields.Boolean(compute="_compute_position")
    needs_approval = fields.Boolean(compute="_compute_needs_approval")
    may_decide = fields.Boolean(compute="_compute_needs_approval")

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "A credit limit cannot be negative."
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "A temporary limit must end after it starts.",
    )

    @api.depends("partner_id", "company_id", "mode", "amount", "kind")
    def _compute_position(self):
        self.update(
            {
                "current_limit": False,
                "exposure": 0.0,
                "overdue": 0.0,
                "is_below_exposure": False,
            }
        )
        for company, requests in (
            self.filtered("partner_id").grouped("company_id").items()
        ):
            positions = self.env["crm.customer"].credit_position(
                requests.partner_id._origin, company
            )
            for request in requests:
                position = positions[request.partner_id._origin.id]
                request.exposure = position["exposure"]
                request.overdue = position["overdue"]
                request.current_limit = request._describe_limit(position["limit"])
                granted = request._granted_amount()
                request.is_below_exposure = (
                    granted is not None
                    and company.currency_id.compare_amounts(
                        granted + position["guaranteed"], position["exposure"]
                    )
                    < 0
                )

    @api.depends("mode", "amount", "kind", "company_id", "requester_id", "state")
    @api.depends_context("uid")
    def _compute_needs_approval(self):
        Authority = self.env["crm.credit.authority"]
        for request in self:
            is_within = Authority._is_within(
                self.env.user, request.company_id, request._granted_amount()
            )
            request.needs_approval = not is_within
            request.may_decide = (
                is_within
                and request.state == "waiting"
                and request.requester_id != self.env.user
            )

    @api.constrains("kind", "mode", "date_from", "date_to", "company_id")
    def _check_terms(self):
        for request in self:
            if request.company_id.parent_id:
                raise ValidationError(
                    self.env._(
                        "Credit is kept for %(root)s as a whole: ask for it there.",
                        root=request.company_id.root_id.name,
                    )
                )
            if request.kind == "temporary" and not (
                request.date_from and request.date_to
            ):
                raise ValidationError(
                    self.env._("A temporary limit needs its first and its last day.")
                )

    # CRUD

    @api.model
    def _decision_fields(self):
        """Return the names of the fields that only the actions write."""
        return {"state", "requester_id", "decider_id", "decided_at"}

    @api.model_create_multi
    def create(self, vals_list):
        Partner = self.env["res.partner"]
        for vals in vals_list:
            if not self.env.su and self._decision_fields() & set(vals):
                self._refuse_decision_fields()
            if partner_id := vals.get("partner_id"):
                vals["partner_id"] = Partner.browse(partner_id).commercial_partner_id.id
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and set(vals) & self._fields.keys() - self._note_fields():
            if self._decision_fields() & set(vals):
                self._refuse_decision_fields()
            if any(request.state != "draft" for request in self):
                raise UserError(
                    self.env._(
                        "A request that was sent cannot be changed: cancel it and ask "
                        "again."
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(request.state != "draft" for request in self):
            raise UserError(
                self.env._("Only a draft request can be deleted: the rest is history.")
            )

    @api.model
    def _note_fields(self):
        """Return the fields that stay open after sending: chatter and decision note."""
        mixins = ("mail.thread", "mail.activity.mixin")
        return {"decision_reason"}.union(*(self.env[name]._fields for name in mixins))

    def _refuse_decision_fields(self):
        raise AccessError(
            self.env._(
                "The state of a credit limit request is decided with its buttons, not "
                "typed in."
            )
        )
