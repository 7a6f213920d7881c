from odoo import api, fields, models
from odoo.exceptions import UserError

from ..submission import Outcome
from .survey_user_input_submission import TOKEN


class CrmSurveyProgram(models.Model):
    """How a programme treats answers: correction, follow-up, consent, retention."""

    _inherit = "crm.survey.program"

    correction_minutes = fields.Integer(
        string="May Be Corrected For",
        default=30,
        help="Minutes during which a customer may correct the answer in the browser "
        "it was given in. 0 means an answer is final at once.",
    )
    follow_up_band = fields.Selection(
        [
            ("none", "Never"),
            ("low", "Low scores"),
            ("middle", "Low and middle scores"),
        ],
        string="Follow Up On",
        required=True,
        default="low",
        help="Low: NPS 0 to 6, satisfaction 1 and 2, ease 1 to 3. Middle: NPS 7 and "
        "8, satisfaction 3, ease 4. Anonymous answers are never followed up.",
    )
    follow_up_days = fields.Integer(
        string="Follow Up Within",
        default=2,
        help="Working days, Monday to Friday, until the follow-up is due.",
    )
    minimum_group = fields.Integer(
        string="Smallest Group Shown",
        default=5,
        help="Reports hide groups with fewer answers than this, and any other group "
        "that would give them away. Anonymous answers are shown when their month, "
        "quarter or year is over, and this size is then fixed.",
    )
    legal_basis = fields.Selection(
        [
            ("legitimate_interest", "Legitimate interest"),
            ("contract", "Part of the contract"),
            ("consent", "Consent of the person"),
        ],
        required=True,
        default="legitimate_interest",
        tracking=True,
        help="Why the answers of persons may be processed. With consent, the person "
        "must agree to the text below before the answer is accepted.",
    )
    consent_text = fields.Text(
        translate=True,
        help="What the person agrees to. Each change makes a new version; every "
        "answer keeps the version and the time of its consent.",
    )
    consent_version = fields.Integer(
        string="Version of the Text", default=1, readonly=True, copy=False
    )
    retention_months = fields.Integer(
        string="Keep Names For",
        default=24,
        help="Months after which answers lose the name, the comment and all other "
        "details. The score itself is kept.",
    )

    _correction_minutes_range = models.Constraint(
        "CHECK (correction_minutes BETWEEN 0 AND 1440)",
        "An answer may be corrected for 0 to 1440 minutes.",
    )
    _follow_up_days_range = models.Constraint(
        "CHECK (follow_up_days BETWEEN 0 AND 60)",
        "A follow-up is due within 0 to 60 working days.",
    )
    _minimum_group_range = models.Constraint(
        "CHECK (minimum_group >= 5)",
        "Groups of fewer than 5 answers are always hidden: choose 5 or more.",
    )
    _retention_months_positive = models.Constraint(
        "CHECK (retention_months > 0)",
        "Names are kept for at least one month.",
    )
    _consent_text_given = models.Constraint(
        "CHECK (legal_basis <> 'consent' OR consent_text IS NOT NULL)",
        "Write the text the person agrees to.",
    )

    @api.onchange("legal_basis")
    def _onchange_legal_basis(self):
        if self.legal_basis == "consent" and not self.consent_text:
            self.consent_text = self.env._(
                "I agree that my answers are stored with my name and used to improve "
                "the service. I can withdraw my consent at any time."
            )

    def write(self, vals):
        if "minimum_group" in vals:
            self._check_group_unanswered(vals["minimum_group"])
        if "consent_text" in vals:
            for program in self:
                if program.consent_text != vals["consent_text"]:
                    version = program.consent_version + 1
                    super(CrmSurveyProgram, program).write({"consent_version": version})
        return super().write(vals)

    def _check_group_unanswered(self, size):
        """Refuse to regroup anonymous answers: two groupings give small ones away."""
        changed = self.filtered(lambda p: p.is_anonymous and p.minimum_group != size)
        # sudo: nobody reads an anonymous answer, one of them locks the size
        found = (
            self.env["crm.survey.score"]
            .sudo()
            .search([("program_id", "in", changed.ids)], limit=1)
        )
        if found:
            raise UserError(
                self.env._(
                    "“%(program)s” is anonymous and has answers: its smallest group "
                    "cannot be changed any more, as two reports with different "
                    "groups would give single answers away. Duplicate the programme "
                    "instead.",
                    program=found.program_id.name,
                )
            )

    def _needs_consent(self):
        self.ensure_one()
        return self.legal_basis == "consent"

    @api.model
    def _find_by_link(self, token):
        """Return the programme an open link leads to, empty if it is closed."""
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            return self.sudo().browse()
        # sudo: an open link may be answered by anybody who has it
        program = self.sudo().search(
            [("link_token", "=", token), ("is_link_open", "=", True)], limit=1
        )
        is_open = program.state == "running" and program.survey_id.active
        return program if is_open else program.browse()

    def _submit_open_answer(self, form, lang):
        """Take an answer through the open link: it counts as not verified."""
        self.ensure_one()
        Answer = self.env["survey.user_input"]
        answers = Answer._crm_read_form(self.survey_id, form)
        errors = Answer._crm_validate(self.survey_id, answers)
        errors.update(self._missing_consent(form))
        if errors:
            return Outcome("invalid", errors)
        answer = Answer.create(
            {
                "survey_id": self.survey_id.id,
                "crm_program_id": self.id,
                "lang_id": self.env["res.lang"]._lang_get(lang).id,
            }
        )
        answer._crm_write_lines(answers)
        answer._crm_close(answer, None, True)
        return Outcome("saved")

    def _missing_consent(self, form):
        """Return the sentence to show when the box is not ticked."""
        if not self._needs_consent() or form.get("consent") == ["1"]:
            return {}
        return {
            "consent": self.env._(
                "Please agree before you send your answer, or close this page."
            )
        }
