from odoo import fields, models

from .. import analytics


class SurveyUserInput(models.Model):
    """A finished answer of a programme becomes one score per metric."""

    _inherit = "survey.user_input"

    def _crm_score(self, asked):
        """Create, or after a correction update, the scores of a finished answer.

        :param asked: the answer the invitation led to, which differs from this one
            in an anonymous programme
        """
        self.ensure_one()
        # sudo: the public page writes scores, nobody else
        Score = self.env["crm.survey.score"].sudo()
        old = {
            score.metric: score
            for score in Score.search([("user_input_id", "=", self.id)])
        }
        measured = self._crm_measures()
        context = None if old else self._prepare_crm_score_vals(asked)
        scores = Score.browse()
        for metric, vals in measured.items():
            if metric in old:
                old[metric]._overwrite({**vals, "corrected_at": fields.Datetime.now()})
                scores |= old[metric]
                continue
            context = context or self._prepare_crm_score_vals(asked)
            scores |= Score.create({**context, **vals, "metric": metric})
        dropped = [score for metric, score in old.items() if metric not in measured]
        for score in dropped:
            score._overwrite(
                {"is_counted": False, "corrected_at": fields.Datetime.now()}
            )
        return scores

    def _crm_measures(self):
        """Return value, points and band of every metric this answer holds."""
        lines = self.user_input_line_ids.filtered(
            lambda line: (
                not line.skipped
                and line.answer_type == "scale"
                and line.question_id.metric
            )
        ).sorted(lambda line: (line.question_id.sequence, line.id))
        measures, items = {}, []
        for line in lines:
            question = line.question_id
            if question.metric == "index":
                items.append((question, line.value_scale))
            elif question.metric not in measures:
                measures[question.metric] = self._crm_measure(
                    question, line.value_scale
                )
        if items:
            index = analytics.satisfaction_index(
                [value for _question, value in items],
                [question.index_weight for question, _value in items],
            )
            measures["index"] = {
                "question_id": items[0][0].id,
                "value": index,
                "points": index,
                "band": analytics.band("index", 1 + index * 9 / 100),
                "is_counted": True,
            }
        return measures

    def _crm_measure(self, question, value):
        band = analytics.band(question.metric, value)
        return {
            "question_id": question.id,
            "value": value,
            "points": analytics.points(question.metric, value),
            "band": band,
            "is_counted": True,
        }

    def _prepare_crm_score_vals(self, asked):
        """Return what all scores of this answer share."""
        program = self.crm_program_id
        invitation = asked.crm_invitation_id
        is_anonymous = program.is_anonymous
        vals = {
            "user_input_id": self.id,
            "program_id": program.id,
            "company_id": program.company_id.id,
            "is_verified": bool(invitation),
            "is_anonymous": is_anonymous,
            "scored_at": self.end_datetime or fields.Datetime.now(),
            "comment": self._crm_comment(),
        }
        customer = invitation.customer_id
        # tier, stage and country name nobody: the report hides small groups
        vals.update(
            user_id=customer.account_manager_id.id,
            tier_id=customer.tier_id.id,
            stage_id=customer.stage_id.id,
            country_id=customer.partner_id.country_id.id,
        )
        if is_anonymous:
            vals["scored_at"] = fields.Datetime.now().replace(
                day=1, hour=0, minute=0, second=0, microsecond=0
            )
        else:
            vals.update(
                customer_id=customer.id,
                partner_id=invitation.partner_id.id,
                res_model=invitation.res_model,
                res_id=invitation.res_id,
            )
        return vals

    def _crm_comment(self):
        """Return what the customer wrote, one paragraph per question."""
        texts = []
        for line in self.user_input_line_ids.filtered(lambda line: not line.skipped):
            text = line.value_text_box or line.value_char_box
            asks_person = (
                line.question_id.save_as_email or line.question_id.save_as_nickname
            )
            if text and not asks_person:
                texts.append(text.strip())
        return "\n\n".join(texts) or False
