from odoo import fields, models


class SurveyQuestion(models.Model):
    """An item of the satisfaction index counts by its weight."""

    _inherit = "survey.question"

    index_weight = fields.Float(
        string="Weight in the Index",
        default=1.0,
        help="How much this item counts in the satisfaction index, compared with "
        "the other items. Equal weights give a plain average.",
    )

    _index_weight_positive = models.Constraint(
        "CHECK (index_weight > 0)", "The weight of an index item must be positive."
    )
