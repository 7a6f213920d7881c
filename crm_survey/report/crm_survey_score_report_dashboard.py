from collections import defaultdict
from datetime import date
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount

from .. import analytics
from .crm_survey_score_report import DIMENSIONS

METRICS = ("nps", "csat", "ces", "index")
#: comments shown on the dashboard
COMMENT_LIMIT = 8
SUMS = (
    "answers:sum",
    "high_count:sum",
    "low_count:sum",
    "points_sum:sum",
    "points_squares:sum",
)


class Span(NamedTuple):
    """What the dashboard looks at: companies, a programme or 0, first and last day."""

    companies: tuple[int, ...]
    program_id: int
    start: date
    as_of: date


class CrmSurveyScoreReport(models.Model):
    """What the score dashboard shows: everything under the rights of the user."""

    _inherit = "crm.survey.score.report"

    @api.model
    def dashboard(self, months=12, program_id=False, as_of=None):
        """Return the figures of the score dashboard.

        :param months: length of the window, compared with the one before it
        :param program_id: one programme, all of them when empty
        :param as_of: last day of the window, today when empty
        """
        months = min(max(int(months), 1), 60)
        as_of = fields.Date.to_date(as_of) or fields.Date.context_today(self)
        start = as_of + relativedelta(months=-months, days=1)
        mine = Domain("company_id", "in", self.env.companies.ids)
        if program_id:
            mine &= Domain("program_id", "=", int(program_id))
        window = mine & Domain("period", ">=", start) & Domain("period", "<=", as_of)
        before = (
            mine
            & Domain("period", ">=", start - relativedelta(months=months))
            & Domain("period", "<", start)
        )
        span = Span(tuple(self.env.companies.ids), int(program_id or 0), start, as_of)
        return {
            "metrics": self._dashboard_metrics(window, before, span),
            "programs": self._dashboard_programs(),
            "funnel": self._dashboard_funnel(program_id, start, as_of),
            "comments": self._dashboard_comments(program_id, start, as_of),
            "anonymous_comments": self._dashboard_anonymous_comments(window),
            "coverage": self._dashboard_coverage(as_of),
            "is_manager": self._default_dimension() == "total",
            "has_unverified": bool(
                self.search_count(window & Domain("is_verified", "=", False), limit=1)
            ),
        }

    # -------------------------------------------------------------------------
    # Scores
    # -------------------------------------------------------------------------

    @api.model
    def _dashboard_metrics(self, window, before, span):
        least = self._smallest_group(span)
        scores = self._scores_by_metric(window, least)
        old = self._scores_by_metric(before, least)
        labels = dict(self._fields["metric"]._description_selection(self.env))
        return [
            {
                "metric": metric,
                "label": labels[metric],
                "unit": "" if metric in ("nps", "index") else "%",
                "least": -100 if metric == "nps" else 0,
                **self._score_values(scores[metric]),
                "change": self._change_sentence(old.get(metric), scores[metric]),
                "votes": self._dashboard_votes(metric, scores[metric], window, span),
                "drivers": self._dashboard_drivers(metric, span),
                "trend": self._dashboard_trend(window, metric),
                "breakdowns": self._dashboard_breakdowns(window, metric, least),
            }
            for metric in METRICS
            if metric in scores
        ]

    @api.model
    def _scores_by_metric(self, domain, least):
        return {
            metric: self._score_of_sums(metric, *sums)
            for metric, sums in self._dashboard_sums(domain, "metric").items()
            if sums[0] >= least
        }

    @api.model
    def _score_of_sums(self, metric, answers, high, low, total, squares):
        if metric == "nps":
            return analytics.nps(high, answers - high - low, low)
        if metric == "index":
            return analytics.mean_score_of_sums(answers, total, squares)
        return analytics.share_score(high, answers)

    @api.model
    def _score_values(self, score):
        return {
            "answers": score.n,
            "score": score.score,
            "low": score.low,
            "high": score.high,
        }

    @api.model
    def _change_sentence(self, old, new):
        """Say in words whether the score moved, and whether chance explains it."""
        if old is None or old.score is None:
            return {"text": self.env._("Nothing to compare with yet"), "way": "none"}
        change = analytics.difference(old, new)
        if not change.proven:
            return {
                "text": self.env._(
                    "No proven change (%(change)+.1f, within chance)",
                    change=change.change,
                ),
                "way": "flat",
            }
        if change.change > 0:
            text = self.env._("Proven rise of %(change).1f", change=change.change)
            return {"text": text, "way": "up"}
        text = self.env._("Proven fall of %(change).1f", change=-change.change)
        return {"text": text, "way": "down"}

    @api.model
    def _dashboard_trend(self, window, metric):
        groups = self._dashboard_periods(window & Domain("metric", "=", metric))
        grains = dict(self._fields["grain"]._description_selection(self.env))
        # what is left of a year has no place between its months
        finer = [group for group in groups if group[1] != "year"]
        trend = []
        for period, grain, *sums in finer or groups:
            trend.append(
                {
                    "label": self._period_label(period, grain),
                    "grain": grains[grain],
                    **self._score_values(self._score_of_sums(metric, *sums)),
                }
            )
        return trend

    @api.model
    def _period_label(self, period, grain):
        if grain == "quarter":
            return f"{period.year}-Q{(period.month + 2) // 3}"
        return period.strftime("%Y-%m" if grain == "month" else "%Y")

    @api.model
    def _dashboard_breakdowns(self, window, metric, least):
        """Return the scores by programme, tier, stage, salesperson and country."""
        scope = window & Domain("metric", "=", metric)
        columns = {"total": "program_id"}
        if self._default_dimension() == "total":
            columns |= DIMENSIONS
        breakdowns = []
        for dimension, column in columns.items():
            sums = self._dashboard_sums(scope, column, dimension)
            breakdowns.append(
                {
                    "title": self._fields[column]._description_string(self.env),
                    "column": column,
                    "rows": self._dashboard_rows(metric, column, sums, least),
                }
            )
        return [breakdown for breakdown in breakdowns if breakdown["rows"]]

    @api.model
    def _dashboard_rows(self, metric, column, sums, least):
        """Return the scores of those of the groups ``sums`` that are large enough."""
        counts = [values[0] for values in sums.values()]
        # a programme is no part of a whole that would give it away
        hidden = (
            [count < least for count in counts]
            if column == "program_id"
            else analytics.suppress(counts, least)
        )
        # sudo: the name of a group whose answers the user may see
        Record = self.env[self._fields[column].comodel_name].sudo()
        rows = [
            {
                "name": Record.browse(key).display_name or self.env._("Not known"),
                **self._score_values(self._score_of_sums(metric, *values)),
            }
            for (key, values), is_hidden in zip(sums.items(), hidden, strict=True)
            if not is_hidden
        ]
        return sorted(rows, key=lambda row: -row["answers"])

    # -------------------------------------------------------------------------
    # Funnel, comments, coverage
    # -------------------------------------------------------------------------

    @api.model
    def _dashboard_programs(self):
        programs = self.env["crm.survey.program"].search(
            [("company_id", "in", self.env.companies.ids)]
        )
        return [
            {"id": program.id, "name": program.name, "anonymous": program.is_anonymous}
            for program in programs
        ]

    @api.model
    def _dashboard_funnel(self, program_id, start, as_of):
        domain = Domain("company_id", "in", self.env.companies.ids)
        if program_id:
            domain &= Domain("program_id", "=", int(program_id))
        Invitation = self.env["crm.survey.invitation"]
        sent = domain & Domain("sent_at", ">=", start)
        sent &= Domain("sent_at", "<", as_of + relativedelta(days=1))
        counts = defaultdict(int)
        counts.update(Invitation._read_group(sent, ["state"], ["__count"]))
        invited = sum(n for state, n in counts.items() if state != "skipped")
        answered, started = counts["answered"], counts["started"]
        rate = analytics.response_rate(
            answered, invited, undeliverable=counts["bounced"], partial=started
        )
        steps = [
            (self.env._("Sent"), invited),
            (self.env._("Delivered"), rate.asked),
            (self.env._("Opened"), answered + started + counts["opened"]),
            (self.env._("Started"), answered + started),
            (self.env._("Answered"), answered),
        ]
        return {
            "steps": [
                {
                    "name": name,
                    "count": count,
                    "share": round(100 * count / invited) if invited else 0,
                }
                for name, count in steps
            ],
            "rate": rate.rate,
            "low": rate.low,
            "high": rate.high,
        }

    @api.model
    def _dashboard_comments(self, program_id, start, as_of):
        """Return the last comments of answers the user may read by themselves."""
        domain = [
            ("company_id", "in", self.env.companies.ids),
            ("comment", "!=", False),
            ("is_counted", "=", True),
            ("scored_at", ">=", start),
            ("scored_at", "<", as_of + relativedelta(days=1)),
        ]
        if program_id:
            domain.append(("program_id", "=", int(program_id)))
        scores = self.env["crm.survey.score"].search(domain, limit=3 * COMMENT_LIMIT)
        answers = defaultdict(self.env["crm.survey.score"].browse)
        for score in scores:
            answers[score.partner_id, score.scored_at, score.comment] |= score
        return [
            {
                "comment": comment,
                "date": fields.Date.to_string(scored_at),
                "customer": answer[:1].customer_id.display_name
                or self.env._("Not verified"),
                "customer_id": answer[:1].customer_id.id,
                "scores": [
                    {"text": score.display_name, "band": score.band} for score in answer
                ],
            }
            for (_partner, scored_at, comment), answer in answers.items()
        ][:COMMENT_LIMIT]

    @api.model
    def _dashboard_anonymous_comments(self, window):
        """Return comments nobody can be found by, to those who may read them."""
        Comment = self.env["crm.survey.comment.report"]
        if not Comment.has_access("read"):
            return []
        return [
            {
                "comment": found.comment,
                "program": found.program_id.display_name,
                "period": self._period_label(found.period, found.grain),
            }
            for found in Comment.search(window, limit=COMMENT_LIMIT)
        ]

    @api.model
    def _dashboard_coverage(self, as_of):
        """Return the share of the revenue whose customers were heard in a year."""
        Customer = self.env["crm.customer"]
        company = self.env.company
        mine = Domain("company_id", "=", company.id)
        if self._default_dimension() != "total":
            mine &= Domain("account_manager_id", "=", self.env.uid)
        heard = mine & Domain("satisfaction_on", ">", as_of - relativedelta(years=1))
        [(total,)] = Customer._read_group(mine, [], ["revenue_window:sum"])
        [(part,)] = Customer._read_group(heard, [], ["revenue_window:sum"])
        share = analytics.revenue_coverage(part or 0, total or 0)
        return {
            "share": share,
            "text": self.env._(
                "%(heard)s of %(total)s",
                heard=format_amount(self.env, part or 0, company.currency_id),
                total=format_amount(self.env, total or 0, company.currency_id),
            ),
        }
