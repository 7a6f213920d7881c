import random
import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: fewest people an anonymous survey is sent to
SMALLEST_ANONYMOUS_LIST = 5


class CrmSurveyProgram(models.Model):
    """Whom a satisfaction survey asks, when, how often and who follows up.

    Managers write programmes; the scheduled action and ``invite`` read them.
    """

    _name = "crm.survey.program"
    _inherit = ["mail.thread"]
    _description = "Survey Programme"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        [
            ("draft", "Not switched on"),
            ("running", "Running"),
            ("stopped", "Stopped"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        help="Only a running programme asks customers by itself.",
    )
    started_at = fields.Datetime(string="Running Since", readonly=True, copy=False)
    survey_id = fields.Many2one(
        "survey.survey",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('survey_type', '=', 'satisfaction')]",
        tracking=True,
    )
    is_anonymous = fields.Boolean(
        string="Anonymous",
        tracking=True,
        help="Answers carry no customer and no contact. This cannot be changed "
        "any more once the first invitation is sent.",
    )
    follow_up_user_id = fields.Many2one(
        "res.users",
        string="Followed Up By",
        check_company=True,
        domain="[('share', '=', False)]",
        help="Who answers replies, and low scores when the customer has no account "
        "manager.",
    )
    expiry_days = fields.Integer(
        string="Expires After",
        default=30,
        help="Days after which an invitation can no longer be answered.",
    )
    reminder_max = fields.Integer(
        string="Reminders",
        default=1,
        help="How many times somebody who has not answered is reminded. Reminders "
        "never count as asking again.",
    )
    reminder_days = fields.Integer(
        string="Remind Every",
        default=7,
        help="Days between the invitation, and each reminder after it.",
    )
    sampling_pct = fields.Integer(
        string="Share Asked",
        default=100,
        help="Percentage of the people due who are asked, drawn by lot. The draw "
        "can be repeated: it depends on the seed, the person and the occasion only.",
    )
    sampling_seed = fields.Integer(
        string="Seed",
        readonly=True,
        copy=False,
        default=lambda self: random.SystemRandom().randrange(1, 2**31),
    )
    quarantine_days = fields.Integer(
        string="Quarantine of This Programme",
        default=90,
        help="Days a person is left alone after an invitation of this programme, "
        "counted to the second. 0 is no limit.",
    )
    quarantine_any_days = fields.Integer(
        string="Quarantine of All Programmes",
        default=30,
        help="Days a person is left alone after an invitation of any programme of "
        "the company, counted to the second. 0 is no limit.",
    )
    account_cap = fields.Integer(
        string="Invitations per Account",
        default=3,
        help="Most invitations all contacts of one account receive together from "
        "all programmes of the company. 0 is no limit.",
    )
    account_cap_days = fields.Integer(
        string="Account Window",
        default=90,
        help="Days over which the invitations of an account are counted.",
    )
    is_link_open = fields.Boolean(
        string="Link and QR Code",
        tracking=True,
        help="Anyone with the link may answer, at a counter or with a delivery. "
        "Such answers are not verified and are always shown apart.",
    )
    link_token = fields.Char(
        readonly=True, copy=False, default=lambda self: uuid.uuid4().hex
    )
    invitation_ids = fields.One2many(
        "crm.survey.invitation", "program_id", string="Invitations"
    )

    _link_token_uniq = models.UniqueIndex("(link_token)")
    _expiry_days_range = models.Constraint(
        "CHECK (expiry_days BETWEEN 1 AND 1095)",
        "An invitation expires after 1 to 1095 days.",
    )
    _sampling_pct_range = models.Constraint(
        "CHECK (sampling_pct BETWEEN 1 AND 100)",
        "The share asked is between 1 and 100 percent.",
    )
    _reminder_range = models.Constraint(
        "CHECK (reminder_max BETWEEN 0 AND 5 AND reminder_days BETWEEN 1 AND 365)",
        "Send up to 5 reminders, 1 to 365 days apart.",
    )
    _gaps_not_negative = models.Constraint(
        "CHECK (quarantine_days >= 0 AND quarantine_any_days >= 0 "
        "AND account_cap >= 0 AND account_cap_days >= 0)",
        "Quarantines and caps cannot be negative. Use 0 for no limit.",
    )
    _account_window_given = models.Constraint(
        "CHECK (account_cap = 0 OR account_cap_days > 0)",
        "Say over how many days the invitations of an account are counted.",
    )

    @api.constrains("survey_id")
    def _check_survey_id(self):
        for program in self:
            if program.survey_id.survey_type != "satisfaction":
                raise ValidationError(
                    self.env._(
                        "“%(survey)s” is not a customer satisfaction survey. Choose "
                        "a survey of that type, so that its answers stay private.",
                        survey=program.survey_id.title,
                    )
                )

    def write(self, vals):
        if {"is_anonymous", "survey_id", "company_id"} & set(vals):
            self._check_unsent(vals)
        return super().write(vals)

    def _check_unsent(self, vals):
        """Refuse to change what people were promised when they were asked."""
        locked = self.filtered(
            lambda program: any(
                name in vals
                and program._fields[name].convert_to_write(program[name], program)
                != (vals[name] or False)
                for name in ("is_anonymous", "survey_id", "company_id")
            )
        )
        # sudo: an invitation of any customer locks the programme
        sent = (
            self.env["crm.survey.invitation"]
            .sudo()
            .search(
                [("program_id", "in", locked.ids), ("sent_at", "!=", False)], limit=1
            )
        )
        if sent:
            raise UserError(
                self.env._(
                    "“%(program)s” has already asked people: its survey, its company "
                    "and whether it is anonymous cannot be changed any more. "
                    "Duplicate the programme instead.",
                    program=sent.program_id.name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: an invitation of any customer keeps the programme
        if self.sudo().invitation_ids:
            raise UserError(
                self.env._(
                    "A programme with invitations cannot be deleted. Archive it."
                )
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if default and "name" in default:
            return vals_list
        return [
            dict(vals, name=self.env._("%s (copy)", program.name))
            for program, vals in zip(self, vals_list, strict=True)
        ]

    def action_start(self):
        for program in self:
            program._check_can_start()
        return self.write({"state": "running", "started_at": fields.Datetime.now()})

    def action_stop(self):
        return self.write({"state": "stopped"})

    def action_archive(self):
        self.filtered(lambda program: program.state == "running").action_stop()
        return super().action_archive()

    def _check_can_start(self):
        """Raise one clear sentence if the programme could not ask anybody."""
        self.ensure_one()
        if not self._main_question():
            raise UserError(
                self.env._(
                    "The survey “%(survey)s” measures nothing yet. Say for at least "
                    "one of its scale questions what it measures.",
                    survey=self.survey_id.title,
                )
            )

    def _main_question(self):
        """Return the question whose scale is shown in the mail."""
        self.ensure_one()
        # sudo: questions of a satisfaction survey are sent to customers anyway
        return self.survey_id.sudo().question_ids.filtered("metric")[:1]
