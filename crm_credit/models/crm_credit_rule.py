from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..credit_case import Failure

#: Rules that only concern customers with a limit.
LIMIT_KINDS = ("over_limit", "limit_expired")


class CrmCreditRule(models.Model):
    """One reason to stop a document, and the customers it applies to.

    Of several rules of one kind the most specific decides: one for the customer
    before one for its tier before one for everybody. A rule that exempts takes the
    customers it names out of the less specific ones.
    """

    _name = "crm.credit.rule"
    _description = "Credit Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Empty: the rule holds in every company.",
    )
    kind = fields.Selection(
        [
            ("over_limit", "Over the limit"),
            ("limit_expired", "Limit expired"),
            ("document_size", "Document too large"),
            ("overdue_amount", "Overdue amount"),
            ("overdue_share", "Overdue share of the limit"),
            ("overdue_days", "Days overdue"),
            ("laxer_terms", "Longer payment terms than agreed"),
            ("forced", "Stopped by decision"),
        ],
        required=True,
        default="over_limit",
        index=True,
    )
    threshold = fields.Float(
        digits=(16, 2),
        help="The largest figure that still passes: an amount in the currency of the "
        "company, a percentage or a number of days.",
    )
    threshold_unit = fields.Selection(
        [("money", "Amount"), ("percent", "%"), ("days", "Days")],
        compute="_compute_threshold_unit",
    )
    tolerance_amount = fields.Float(
        digits=(16, 2),
        help="Days overdue are ignored while the overdue amount is not larger.",
    )
    scope = fields.Selection(
        [("customer", "Customers"), ("tier", "Tiers"), ("all", "Everybody")],
        string="Applies to",
        required=True,
        default="all",
    )
    partner_ids = fields.Many2many(
        "res.partner", "crm_credit_rule_partner_rel", string="Customers"
    )
    tier_ids = fields.Many2many("crm.value.tier", string="Tiers")
    is_exemption = fields.Boolean(
        string="Exempt",
        help="These customers are not judged by the less specific rules of this kind.",
    )
    excluded_partner_ids = fields.Many2many(
        "res.partner", "crm_credit_rule_excluded_rel", string="Except"
    )

    _threshold_positive = models.Constraint(
        "CHECK (threshold >= 0)", "The threshold of a rule cannot be negative."
    )
    _tolerance_positive = models.Constraint(
        "CHECK (tolerance_amount >= 0)", "The tolerated amount cannot be negative."
    )

    # Compute

    @api.depends("kind")
    def _compute_threshold_unit(self):
        for rule in self:
            rule.threshold_unit = self._units().get(rule.kind)

    @api.model
    def _units(self):
        """Return what the threshold counts, by kind. Extend the dict."""
        return {
            "document_size": "money",
            "overdue_amount": "money",
            "overdue_share": "percent",
            "overdue_days": "days",
            "laxer_terms": "days",
        }

    @api.constrains("scope", "partner_ids", "tier_ids", "is_exemption")
    def _check_scope(self):
        for rule in self:
            if rule.scope == "customer" and not rule.partner_ids:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s” applies to customers: choose at least one.",
                        rule=rule.name,
                    )
                )
            if rule.scope == "tier" and not rule.tier_ids:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s” applies to tiers: choose at least one.",
                        rule=rule.name,
                    )
                )
            if rule.is_exemption and rule.scope == "all":
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s” exempts everybody: archive the rules of this "
                        "kind instead.",
                        rule=rule.name,
                    )
                )

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if {"active", "company_id", "sequence"} & vals.keys():
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # Business

    @api.model
    def _for_company(self, company):
        """Return the rules of a company, in order."""
        # sudo: every document obeys the rules, whoever confirms it
        Rule = self.sudo()
        return Rule.browse(Rule._find_ids(company.id, company.root_id.id))

    @tools.ormcache("company_id", "root_id")
    def _find_ids(self, company_id, root_id):
        return self.search([("company_id", "in", [False, company_id, root_id])])._ids

    def _needs_position(self, limited):
        """Tell whether the rules have to see the position of a batch of customers."""
        return any(rule.kind not in LIMIT_KINDS or limited for rule in self)

    def _fetch_tiers(self, partners, company):
        """Return the tier of each partner id, if a rule asks for it."""
        if not any(rule.scope == "tier" for rule in self):
            return {}
        rows = (
            self.env["crm.customer"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", partners.ids),
                    ("company_id", "=", company.id),
                    ("tier_id", "!=", False),
                ],
                ["partner_id", "tier_id"],
            )
        )
        return {partner.id: tier for partner, tier in rows}

    def _applying(self, partner, tier):
        """Return the rules that judge a customer: the most specific of each kind."""
        chosen = {}
        rank = {"customer": 0, "tier": 1, "all": 2}
        for rule in self.sorted(lambda rule: rank[rule.scope]):
            if not rule._covers(partner, tier):
                continue
            best = chosen.setdefault(rule.kind, rule)
            if rank[best[0].scope] == rank[rule.scope]:
                chosen[rule.kind] |= rule
        rules = self.browse(rid for found in chosen.values() for rid in found.ids)
        exempt = {rule.kind for rule in rules if rule.is_exemption}
        return rules.filtered(lambda rule: rule.kind not in exempt).sorted()

    def _covers(self, partner, tier):
        self.ensure_one()
        if partner in self.excluded_partner_ids.commercial_partner_id:
            return False
        if self.scope == "customer":
            return partner in self.partner_ids.commercial_partner_id
        return self.scope == "all" or bool(tier) and tier in self.tier_ids

    def _failures(self, case):
        """Return every failure of a case, one for each rule it fails."""
        judges = self._judges()
        return [
            failure
            for rule in self
            if rule.kind in judges
            for failure in judges[rule.kind](rule, case)
        ]

    @api.model
    def _judges(self):
        """Return the function that judges each kind of rule. Extend the dict.

        A function takes a rule and a case and returns a list of failures.
        """
        return {
            "over_limit": self._judge_over_limit,
            "limit_expired": self._judge_limit_expired,
            "document_size": self._judge_document_size,
            "overdue_amount": self._judge_overdue_amount,
            "overdue_share": self._judge_overdue_share,
            "overdue_days": self._judge_overdue_days,
            "laxer_terms": self._judge_laxer_terms,
            "forced": self._judge_forced,
        }

    # Judging

    @api.model
    def _exceeds(self, rule, case, figure, unit="money"):
        """Return the failure of a figure above the threshold, in a list."""
        if case.currency.compare_amounts(figure, rule.threshold) <= 0:
            return []
        return [Failure(rule.kind, figure, rule.threshold, unit, rule)]

    @api.model
    def _judge_over_limit(self, rule, case):
        """Equal to the limit passes; over it by the rounding of the currency not."""
        if case.headroom is None:
            return []
        adds = case.currency.compare_amounts(case.added, 0) > 0
        over = case.currency.compare_amounts(case.added, case.headroom) > 0
        if not over or not (adds or case.always):
            return []
        figure = case.currency.round(case.exposure + case.added)
        return [Failure(rule.kind, figure, case.limit, "money", rule)]

    @api.model
    def _judge_limit_expired(self, rule, case):
        if case.limit is None or not case.position.get("is_expired"):
            return []
        note = fields.Date.to_string(case.position["valid_until"])
        return [Failure(rule.kind, case.amount, case.limit, "money", rule, note)]

    @api.model
    def _judge_document_size(self, rule, case):
        return self._exceeds(rule, case, case.amount)

    @api.model
    def _judge_overdue_amount(self, rule, case):
        return self._exceeds(rule, case, case.position["overdue"])

    @api.model
    def _judge_overdue_share(self, rule, case):
        overdue, limit = case.position["overdue"], case.position["limit"]
        if limit is None or case.currency.compare_amounts(overdue, 0) <= 0:
            return []
        share = round(overdue / limit * 100, 2) if limit else 100.0
        return self._exceeds(rule, case, share, "percent")

    @api.model
    def _judge_overdue_days(self, rule, case):
        overdue = case.position["overdue"]
        if case.currency.compare_amounts(overdue, rule.tolerance_amount) <= 0:
            return []
        days = case.position["oldest_overdue_days"]
        return self._exceeds(rule, case, float(days), "days")

    @api.model
    def _judge_laxer_terms(self, rule, case):
        agreed = case.partner.with_company(
            case.document.company_id
        ).property_payment_term_id
        wanted = case.document._credit_payment_term()
        extra = self._last_due(wanted, case) - self._last_due(agreed, case)
        return self._exceeds(rule, case, float(extra.days), "days")

    @api.model
    def _last_due(self, term, case):
        """Return when the last instalment of a payment term would be due."""
        return max(
            (line._get_due_date(case.today) for line in term.line_ids),
            default=case.today,
        )

    @api.model
    def _judge_forced(self, rule, case):
        return [Failure(rule.kind, case.amount, 0.0, "money", rule)]
