from odoo import api, fields, models
from odoo.tools import format_amount

from odoo.addons.crm_value.fields import OptionalFloat, OptionalMonetary


class CrmCreditHold(models.Model):
    """A document stopped by the credit rules, with every reason and the decision.

    Written by the checks; people only decide, through ``action_release`` and
    ``action_reject``.
    """

    _name = "crm.credit.hold"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Credit Hold"
    _order = "id desc"
    _rec_name = "document_name"
    _mail_post_access = "read"

    res_model = fields.Char(
        string="Document Model", required=True, readonly=True, index=True
    )
    res_id = fields.Many2oneReference(
        string="Document ID",
        model_field="res_model",
        required=True,
        readonly=True,
        index=True,
    )
    document_name = fields.Char(string="Document", required=True, readonly=True)
    checkpoint = fields.Selection(
        [("invoice", "Posting an invoice")], required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    salesperson_id = fields.Many2one(
        "res.users", readonly=True, index="btree_not_null", ondelete="set null"
    )
    requester_id = fields.Many2one(
        "res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who tried to confirm or post the document; may not release it.",
    )
    amount = fields.Monetary(
        string="Document Total", readonly=True, help="Tax included."
    )
    exposure = fields.Monetary(
        readonly=True, help="What the customer used when it was stopped, without it."
    )
    has_limit = fields.Boolean(readonly=True)
    limit = OptionalMonetary(readonly=True, aggregator=None)
    state = fields.Selection(
        [
            ("open", "To Decide"),
            ("released", "Released"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        tracking=True,
        group_expand=True,
    )
    is_forced = fields.Boolean(
        string="Stopped by Decision",
        readonly=True,
        help="Only a person can release it, whatever is paid.",
    )
    reason_ids = fields.One2many(
        "crm.credit.hold.reason", "hold_id", string="Reasons", readonly=True
    )
    main_kind = fields.Char(readonly=True)
    main_reason = fields.Char(readonly=True, index=True)
    reason_summary = fields.Text(string="Why", readonly=True)
    held_at = fields.Datetime(
        string="On Hold Since", readonly=True, default=fields.Datetime.now
    )
    decided_at = fields.Datetime(readonly=True)
    decider_id = fields.Many2one(
        "res.users",
        string="Decided by",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    is_automatic = fields.Boolean(string="Released by Itself", readonly=True)
    decision_reason = fields.Text(readonly=True)
    decision_hours = OptionalFloat(
        string="Hours to Decide",
        compute="_compute_decision_hours",
        store=True,
        aggregator="avg",
    )
    released_amount = fields.Monetary(
        readonly=True, help="The release covers the document up to this total."
    )
    released_until = fields.Date(
        readonly=True, help="Last day on which the release can be used."
    )
    is_expired = fields.Boolean(
        readonly=True, help="The release was not used while it was valid."
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _one_open = models.UniqueIndex(
        "(res_model, res_id) WHERE state = 'open'",
        "This document is already on hold.",
    )

    # Compute

    @api.depends("held_at", "decided_at")
    def _compute_decision_hours(self):
        for hold in self:
            hold.decision_hours = (
                (hold.decided_at - hold.held_at).total_seconds() / 3600
                if hold.decided_at
                else False
            )

    @api.depends("state", "requester_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        is_manager = self.env.user.has_group("crm_credit.group_manager")
        for hold in self:
            hold.can_decide = (
                is_manager
                and hold.state == "open"
                and hold.requester_id != self.env.user
            )

    # Actions

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def action_open_customer(self):
        self.ensure_one()
        customer = self.env["crm.customer"]._for_partner(
            self.partner_id, self.company_id
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.customer",
            "res_id": customer.id,
            "view_mode": "form",
        }

    def action_ask_release(self):
        return self._decision_action("release", self.env._("Release the Document"))

    def action_ask_reject(self):
        return self._decision_action("reject", self.env._("Reject the Document"))

    def _decision_action(self, decision, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crm.credit.hold.decide",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_hold_ids": self.ids,
                "default_decision": decision,
            },
        }

    # Business

    def _document(self):
        """Return the document on hold, empty if it is gone."""
        self.ensure_one()
        if self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists()

    def _documents(self):
        """Return the documents of holds that all stop the same kind of document."""
        return self._browse_documents().exists()

    def _browse_documents(self):
        ids = [hold.res_id for hold in self]
        return self.env[self[:1].res_model].browse(ids)

    @api.model
    def _open_for(self, documents):
        """Return the open holds of documents of one model."""
        # sudo: whether a document is on hold is no secret to who may see it
        return self.sudo().search(
            [
                ("res_model", "=", documents._name),
                ("res_id", "in", documents.ids),
                ("state", "=", "open"),
            ]
        )

    @api.model
    def _describe(self, failure, currency):
        """Return a failure in one plain sentence."""
        values = {
            "figure": self._format_figure(failure.figure, failure.unit, currency),
            "threshold": self._format_figure(failure.threshold, failure.unit, currency),
            "note": failure.note,
            "rule": failure.rule.name if failure.rule else "",
        }
        return self._sentences().get(failure.kind, "%(rule)s") % values

    @api.model
    def _format_figure(self, value, unit, currency):
        if unit == "money":
            return format_amount(self.env, value, currency)
        if unit == "percent":
            return self.env._("%(number)s %%", number=f"{value:g}")
        return self.env._("%(number)s days", number=f"{value:g}")

    @api.model
    def _sentences(self):
        """Return what to say of each kind of failure. Extend the dict."""
        return {
            "over_limit": self.env._(
                "With this document the customer would use %(figure)s; "
                "the limit is %(threshold)s."
            ),
            "limit_expired": self.env._("The credit limit expired on %(note)s."),
            "document_size": self.env._(
                "The document totals %(figure)s; at most %(threshold)s is allowed."
            ),
            "overdue_amount": self.env._(
                "%(figure)s is overdue; at most %(threshold)s is allowed."
            ),
            "overdue_share": self.env._(
                "%(figure)s of the limit is overdue; at most %(threshold)s is allowed."
            ),
            "overdue_days": self.env._(
                "The oldest invoice is overdue by %(figure)s; at most %(threshold)s is "
                "allowed."
            ),
            "laxer_terms": self.env._(
                "The payment term is longer than agreed by %(figure)s; at most "
                "%(threshold)s is allowed."
            ),
            "forced": self.env._("The credit team stopped this customer: %(rule)s."),
            "by_hand": self.env._("The credit team stopped this document: %(note)s"),
            "order_held": self.env._("The order %(note)s is on hold."),
        }
