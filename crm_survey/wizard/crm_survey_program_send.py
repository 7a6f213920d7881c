from odoo import api, fields, models
from odoo.exceptions import UserError

from ..analytics import decide


class CrmSurveyProgramSend(models.TransientModel):
    """Asks chosen contacts at once, showing beforehand who would be left alone."""

    _name = "crm.survey.program.send"
    _description = "Send a Survey Now"

    program_id = fields.Many2one(
        "crm.survey.program",
        string="Programme",
        required=True,
        domain="[('state', '=', 'running'), ('is_anonymous', '=', False), "
        "('company_id', '=', company_id)]",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    account_id = fields.Many2one("res.partner", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Contacts",
        compute="_compute_partner_ids",
        store=True,
        readonly=False,
        domain="[('commercial_partner_id', '=', account_id)]",
    )
    line_ids = fields.One2many(
        "crm.survey.program.send.line",
        "send_id",
        string="What Would Happen",
        compute="_compute_line_ids",
        store=True,
    )
    asked_count = fields.Integer(compute="_compute_asked_count")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        model, res_id = self.env.context.get("active_model"), None
        if model in ("crm.customer", "account.move", "res.partner"):
            res_id = self.env.context.get("active_id")
        if not res_id:
            return values
        record = self.env[model].browse(res_id)
        company = "company_id" in record and record.company_id or self.env.company
        partner = record if model == "res.partner" else record.partner_id
        values.update(
            company_id=company.id, account_id=partner.commercial_partner_id.id
        )
        if model == "account.move":
            values.update(res_model=model, res_id=res_id)
        programs = self.env["crm.survey.program"].search(
            [
                ("state", "=", "running"),
                ("is_anonymous", "=", False),
                ("company_id", "=", company.id),
            ]
        )
        return {**values, "program_id": programs[:1].id}

    @api.depends("program_id", "account_id")
    def _compute_partner_ids(self):
        for send in self:
            if not (send.program_id and send.account_id):
                send.partner_ids = False
                continue
            if send.program_id.contact_role == "document" and send.res_id:
                send.partner_ids = (
                    self.env[send.res_model].browse(send.res_id).partner_id
                )
                continue
            # sudo: the role is resolved in SQL; contacts are checked on sending
            rows = send.program_id.sudo()._fetch_contact_rows_of(send.account_id)
            send.partner_ids = [contact for contact, _account, _found in rows]

    @api.depends("program_id", "partner_ids")
    def _compute_line_ids(self):
        for send in self:
            contacts = send.partner_ids._origin
            reasons = send._preview(contacts) if send.program_id and contacts else []
            send.line_ids = [fields.Command.clear()] + [
                fields.Command.create(
                    {"partner_id": contact.id, "skip_reason": reason or False}
                )
                for contact, reason in zip(contacts, reasons, strict=False)
            ]

    @api.depends("line_ids.skip_reason")
    def _compute_asked_count(self):
        for send in self:
            send.asked_count = len(
                send.line_ids.filtered(lambda line: not line.skip_reason)
            )

    def _record(self):
        return self.res_id and self.env[self.res_model].browse(self.res_id) or None

    def _preview(self, contacts):
        """Return the reason each contact would be left alone, writing nothing."""
        now = fields.Datetime.now()
        # sudo: the answer needs what was sent to customers of others, too
        program = self.program_id.sudo()
        due = program._due_for(contacts, self._record(), now)
        candidates = program._candidates(due)
        ledger = program._ledger(candidates, now)
        return decide(candidates, program._policy(is_sampled=False), ledger, now)

    def action_send(self):
        self.ensure_one()
        if self.program_id.state != "running":
            raise UserError(
                self.env._(
                    "“%s” is not running. Switch it on before sending.",
                    self.program_id.name,
                )
            )
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one contact to ask."))
        record = self._record()
        self.program_id._check_may_invite(self.partner_ids, record)
        # a person chose these people: no lot is drawn
        invitations = self.program_id._invite_contacts(
            self.partner_ids, record, is_sampled=False
        )
        return self._notification(invitations)

    def _notification(self, invitations):
        # sudo: only the number is told
        sent = invitations.sudo().filtered(lambda i: i.state == "sent")
        skipped = len(invitations) - len(sent)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if sent else "warning",
                "message": self.env._(
                    "People asked: %(sent)s. Left alone: %(skipped)s.",
                    sent=len(sent),
                    skipped=skipped,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class CrmSurveyProgramSendLine(models.TransientModel):
    """What sending now would mean for one contact."""

    _name = "crm.survey.program.send.line"
    _description = "Contact of a Survey Sent Now"

    send_id = fields.Many2one(
        "crm.survey.program.send", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    email = fields.Char(related="partner_id.email")
    skip_reason = fields.Selection(
        selection=lambda self: (
            self.env["crm.survey.invitation"]
            ._fields["skip_reason"]
            ._description_selection(self.env)
        ),
        string="Left Alone Because",
        readonly=True,
    )
