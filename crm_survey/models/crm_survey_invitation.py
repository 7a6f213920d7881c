from odoo import api, fields, models


class CrmSurveyInvitation(models.Model):
    """One person asked, or not asked and why, on one occasion.

    Written by the programme and by what happens to the mail and the answer.
    The token of the answer lives in ``survey.user_input``, which nobody reads.
    """

    _name = "crm.survey.invitation"
    _inherit = ["mail.thread"]
    _description = "Survey Invitation"
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    program_id = fields.Many2one(
        "crm.survey.program",
        string="Programme",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Account",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    customer_id = fields.Many2one(
        "crm.customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    email_normalized = fields.Char(string="E-mail", readonly=True)
    occasion = fields.Char(
        readonly=True,
        help="What the person is asked about: a document, or a period.",
    )
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )
    state = fields.Selection(
        [
            ("sent", "Sent"),
            ("opened", "Opened"),
            ("started", "Started"),
            ("answered", "Answered"),
            ("expired", "Expired"),
            ("bounced", "Bounced"),
            ("skipped", "Skipped"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    skip_reason = fields.Selection(
        [
            ("wrong_company", "Contact of another company"),
            ("no_contact", "No active contact with this role"),
            ("no_email", "No valid e-mail address"),
            ("opted_out", "Opted out of surveys"),
            ("blacklisted", "Blacklisted address"),
            ("already_invited", "Already invited for this document or round"),
            ("duplicate", "Same person already in this list"),
            ("sampling", "Not drawn in the sample"),
            ("quarantine_program", "Asked by this programme recently"),
            ("quarantine_any", "Asked by another programme recently"),
            ("account_cap", "Account has been asked often enough"),
            ("small_list", "List too small to stay anonymous"),
        ],
        readonly=True,
    )
    sent_at = fields.Datetime(string="Sent On", readonly=True)
    opened_at = fields.Datetime(string="Opened On", readonly=True)
    started_at = fields.Datetime(string="Started On", readonly=True)
    answered_at = fields.Datetime(
        string="Answered On",
        readonly=True,
        help="Stays empty in an anonymous programme: the time would give the "
        "answer away.",
    )
    last_mail_at = fields.Datetime(
        string="Last Mail On",
        readonly=True,
        help="The invitation itself, or the last reminder.",
    )
    reminder_count = fields.Integer(string="Reminders Sent", readonly=True)
    failure_reason = fields.Char(string="Why It Bounced", readonly=True)
    expires_at = fields.Datetime(string="Expires On", readonly=True)
    user_input_id = fields.Many2one(
        "survey.user_input",
        string="Answer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
    )

    _program_occasion_idx = models.Index("(program_id, occasion, partner_id)")
    _program_document_idx = models.Index(
        "(program_id, res_model, res_id) WHERE res_id IS NOT NULL"
    )
    _email_sent_idx = models.Index(
        "(company_id, email_normalized, sent_at) WHERE sent_at IS NOT NULL"
    )
    _partner_sent_idx = models.Index(
        "(company_id, partner_id, sent_at) WHERE sent_at IS NOT NULL"
    )
    _account_sent_idx = models.Index(
        "(company_id, commercial_partner_id, sent_at) WHERE sent_at IS NOT NULL"
    )
    _open_idx = models.Index(
        "(program_id, expires_at) WHERE state IN ('sent', 'opened', 'started')"
    )
    _person_occasion_uniq = models.UniqueIndex(
        "(program_id, occasion, email_normalized) "
        "WHERE sent_at IS NOT NULL AND occasion <> '' AND email_normalized <> ''",
        "This person has already been invited on this occasion.",
    )
    _skip_reason_given = models.Constraint(
        "CHECK ((state = 'skipped') = (skip_reason IS NOT NULL))",
        "A skipped invitation states its reason, and only a skipped one has one.",
    )

    @api.depends("partner_id", "program_id")
    def _compute_display_name(self):
        for invitation in self:
            name = invitation.partner_id.name or self.env._("Erased contact")
            invitation.display_name = f"{name}, {invitation.program_id.name}"

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
