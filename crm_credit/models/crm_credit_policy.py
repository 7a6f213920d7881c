from dateutil.relativedelta import relativedelta

from odoo import api, fields, models, tools

CHECK_MODES = [
    ("off", "Off"),
    ("warn", "Warn"),
    ("hold", "Hold"),
    ("block", "Block"),
]


class CrmCreditPolicy(models.Model):
    """How strictly one legal entity applies its credit rules, and where."""

    _name = "crm.credit.policy"
    _inherit = ["mail.thread"]
    _description = "Credit Policy"
    _order = "company_id"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        index=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    invoice_mode = fields.Selection(
        CHECK_MODES,
        string="Posting an Invoice",
        required=True,
        default="hold",
        tracking=True,
        help="Off: no check. Warn: the invoice is posted and marked. Hold: it stays in "
        "draft until the credit team decides. Block: posting is refused.",
    )
    release_days = fields.Integer(
        string="A Release is Valid for (days)",
        required=True,
        default=14,
        tracking=True,
        help="After this many days a document that was released but not confirmed or "
        "posted is checked again.",
    )
    release_tolerance_pct = fields.Float(
        string="Tolerance of a Release (%)",
        required=True,
        default=0.0,
        digits=(16, 2),
        tracking=True,
        help="A released document may grow by this much before it is checked again.",
    )
    payments_count_from = fields.Selection(
        [
            ("posted", "When they are registered"),
            ("matched", "When the bank has confirmed them"),
        ],
        string="Payments Free Credit",
        required=True,
        default="posted",
        tracking=True,
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Credit Controller",
        tracking=True,
        domain="[('share', '=', False)]",
        help="Gets an activity for each held document. Empty: the first credit manager "
        "of the company.",
    )

    _company_uniq = models.UniqueIndex(
        "(company_id)", "This company already has a credit policy."
    )
    _release_days_positive = models.Constraint(
        "CHECK (release_days >= 0)", "A release cannot end before it begins."
    )
    _tolerance_positive = models.Constraint(
        "CHECK (release_tolerance_pct >= 0)", "The tolerance cannot be negative."
    )

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if "company_id" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # Business

    @api.model
    def _for_company(self, company):
        """Return the policy of the legal entity of ``company``, made if missing."""
        # sudo: every document obeys the policy, whoever confirms it
        Policy = self.sudo()
        policy = Policy.browse(Policy._find_id(company.root_id.id))
        return policy or Policy.create({"company_id": company.root_id.id})

    @tools.ormcache("company_id")
    def _find_id(self, company_id):
        return self.search([("company_id", "=", company_id)], limit=1).id

    @api.model
    def _ensure_all(self):
        """Give every legal entity a policy, so that it can be configured."""
        Company = self.env["res.company"].sudo().with_context(active_test=False)
        for company in Company.search([("parent_id", "=", False)]):
            self._for_company(company)

    def _spoken(self, records):
        """Return records that write in the language of the company, if nobody asks.

        What scheduled actions write is read by people.
        """
        if self.env.lang:
            return records
        return records.with_context(lang=self.company_id.partner_id.lang)

    def _mode(self, checkpoint):
        """Return the mode of a checkpoint: off, warn, hold or block."""
        self.ensure_one()
        return self[f"{checkpoint}_mode"]

    def _release_end(self, today):
        """Return the last day of a release given ``today``."""
        self.ensure_one()
        return today + relativedelta(days=self.release_days)

    def _released_up_to(self, amount):
        """Return the largest total a release of ``amount`` still covers."""
        self.ensure_one()
        return self.currency_id.round(amount * (1 + self.release_tolerance_pct / 100))

    def _credit_team(self):
        """Return the users who decide on the holds of this company, first first."""
        self.ensure_one()
        if self.responsible_id:
            return self.responsible_id
        managers = self.env.ref("crm_credit.group_manager").all_user_ids
        return managers.filtered(
            lambda user: (
                user.active
                and not user.share
                and user != self.env.ref("base.user_root")
                and self.company_id in user.company_ids
            )
        ).sorted("id")
