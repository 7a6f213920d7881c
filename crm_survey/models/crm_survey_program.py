import random

from odoo import api, fields, models
from odoo.exceptions import ValidationError


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
        help="Who answers replies and low scores when the customer has no account "
        "manager.",
    )
    is_link_open = fields.Boolean(
        string="Link and QR Code",
        tracking=True,
        help="Anyone with the link may answer, at a counter or with a delivery. "
        "Such answers are not verified and are always shown apart.",
    )
    expiry_days = fields.Integer(
        string="Expires After",
        default=30,
        help="Days after which an invitation can no longer be answered.",
    )
    sampling_pct = fields.Integer(
        string="Share Asked",
        default=100,
        help="Percentage of the people due who are asked, drawn by lot. The draw "
        "can be repeated: it depends on the seed, the person and the occasion only.",
    )
    sampling_seed = fields.Integer(
        readonly=True,
        copy=False,
        default=lambda self: random.SystemRandom().randrange(1, 2**31),
    )
    invitation_ids = fields.One2many(
        "crm.survey.invitation", "program_id", string="Invitations"
    )

    _expiry_days_positive = models.Constraint(
        "CHECK (expiry_days BETWEEN 1 AND 1095)",
        "An invitation expires after 1 to 1095 days.",
    )
    _sampling_pct_range = models.Constraint(
        "CHECK (sampling_pct BETWEEN 1 AND 100)",
        "The share asked is between 1 and 100 percent.",
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
