from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

BANDS = [("high", "High"), ("middle", "Middle"), ("low", "Low")]


class CrmSurveyScore(models.Model):
    """One score per answer and metric, with the circumstances of its time.

    Written by the public page alone; nobody changes or deletes one afterwards.
    """

    _name = "crm.survey.score"
    _description = "Satisfaction Score"
    _order = "scored_at desc, id desc"
    _rec_name = "metric"
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
    user_input_id = fields.Many2one(
        "survey.user_input",
        string="Answer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
    )
    question_id = fields.Many2one(
        "survey.question", readonly=True, index="btree_not_null", ondelete="set null"
    )
    metric = fields.Selection(
        [("nps", "NPS"), ("csat", "CSAT"), ("ces", "CES"), ("index", "Index")],
        required=True,
        readonly=True,
    )
    value = fields.Float(
        string="Answer Given",
        readonly=True,
        aggregator=None,
        digits=(16, 2),
        help="The number the customer chose. For the index: the weighted index of "
        "the items, 0 to 100.",
    )
    points = fields.Float(
        string="Score",
        readonly=True,
        aggregator="avg",
        help="What the answer adds to the score: the average of all answers is the "
        "NPS (-100 to 100), the percentage of satisfied customers (CSAT), the "
        "percentage who found it easy (CES) or the index (0 to 100).",
    )
    band = fields.Selection(
        BANDS,
        required=True,
        readonly=True,
        help="High: promoter, satisfied, easy. Middle: passive or neutral. Low: "
        "detractor, dissatisfied, hard.",
    )
    comment = fields.Text(readonly=True, help="What the customer wrote.")
    is_verified = fields.Boolean(
        string="Verified",
        readonly=True,
        help="The answer came through the personal link of an invitation. Answers "
        "through an open link or QR code are not verified and are shown apart.",
    )
    is_anonymous = fields.Boolean(
        string="Anonymous",
        readonly=True,
        help="Nobody can read such a score by itself, only groups of them.",
    )
    is_counted = fields.Boolean(
        string="Counts",
        default=True,
        readonly=True,
        help="Scores of tests never count.",
    )
    is_generated = fields.Boolean(
        string="Generated",
        readonly=True,
        help="A demonstration answer nobody gave.",
    )
    scored_at = fields.Datetime(string="Answered On", required=True, readonly=True)
    corrected_at = fields.Datetime(
        string="Corrected On",
        readonly=True,
        help="When the customer corrected the answer in the same session.",
    )
    customer_id = fields.Many2one(
        "crm.customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Account manager of the customer at the time of the answer.",
    )
    tier_id = fields.Many2one(
        "crm.value.tier",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Tier of the customer at the time of the answer.",
    )
    stage_id = fields.Many2one(
        "crm.lifecycle.stage",
        string="Lifecycle Stage",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Lifecycle stage of the customer at the time of the answer.",
    )
    country_id = fields.Many2one(
        "res.country", readonly=True, ondelete="set null", index="btree_not_null"
    )

    _one_per_answer = models.UniqueIndex(
        "(user_input_id, metric) WHERE user_input_id IS NOT NULL",
        "This answer already has a score of this metric.",
    )
    _report = models.Index("(company_id, program_id, metric, scored_at)")
    _by_customer = models.Index(
        "(customer_id, scored_at) WHERE customer_id IS NOT NULL AND is_verified"
    )
    _no_person_when_anonymous = models.Constraint(
        "CHECK (is_anonymous IS NOT TRUE"
        " OR (partner_id IS NULL AND customer_id IS NULL AND COALESCE(res_id, 0) = 0))",
        "An anonymous score cannot name a customer, a contact or a document.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Scores come from the answers of customers only.")
            )
        return super().create(vals_list)

    # Immutable: a change never reaches the ORM, except through _overwrite.
    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(
            self.env._(
                "A score cannot be changed: it is what the customer said. Ask the "
                "customer again if the score is in doubt."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(
            self.env._(
                "A score cannot be deleted. Erasing the person keeps the score "
                "without the name."
            )
        )

    def _overwrite(self, vals):
        """Change scores for the few reasons there are: correction and erasure."""
        # past the refusal of our own write
        return super().write(vals)  # pylint: disable=super-method-mismatch

    @api.depends("metric", "value", "scored_at")
    def _compute_display_name(self):
        labels = dict(self._fields["metric"]._description_selection(self.env))
        for score in self:
            score.display_name = self.env._(
                "%(metric)s %(value)g", metric=labels[score.metric], value=score.value
            )
