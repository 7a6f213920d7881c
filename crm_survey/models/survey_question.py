from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: the lowest and highest answer each metric is defined on
METRIC_SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "index": (1, 10)}


class SurveyQuestion(models.Model):
    """A scale question may state which satisfaction metric it measures."""

    _inherit = "survey.question"

    metric = fields.Selection(
        [
            ("nps", "Recommendation (NPS, 0 to 10)"),
            ("csat", "Satisfaction (CSAT, 1 to 5)"),
            ("ces", "Ease (CES, 1 to 7)"),
            ("index", "Satisfaction index item (1 to 10)"),
        ],
        string="Measures",
        index="btree_not_null",
        help="What this scale measures. The scale then has the limits the metric "
        "is defined on, and each answer becomes a score.",
    )

    @api.onchange("metric")
    def _onchange_metric(self):
        for question in self.filtered("metric"):
            question.question_type = "scale"
            question.scale_min, question.scale_max = METRIC_SCALES[question.metric]

    @api.constrains("metric", "question_type", "scale_min", "scale_max")
    def _check_metric(self):
        for question in self.filtered("metric"):
            low, high = METRIC_SCALES[question.metric]
            limits = (question.scale_min, question.scale_max)
            if question.question_type == "scale" and limits == (low, high):
                continue
            metric = dict(self._fields["metric"]._description_selection(self.env))
            raise ValidationError(
                self.env._(
                    "“%(question)s” measures “%(metric)s”: make it a scale "
                    "question from %(low)s to %(high)s.",
                    question=question.title,
                    metric=metric[question.metric],
                    low=low,
                    high=high,
                )
            )
