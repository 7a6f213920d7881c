from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang

from .res_partner_credit_limit import CREDIT_TERM_FIELDS


class ResPartner(models.Model):
    """Whoever changes credit terms, on whatever path, needs the authority to."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        root = self.env.company.root_id
        vals_list = [self._credit_vals(vals) for vals in vals_list]
        terms_list = [self._pop_credit_terms(vals) for vals in vals_list]
        if root == self.env.company:
            for vals, terms in zip(vals_list, terms_list, strict=True):
                vals.update(terms)
        partners = super().create(vals_list)
        decided = self.browse()
        for partner, terms in zip(partners, terms_list, strict=True):
            if terms and root != self.env.company:
                partner.write(terms)
            elif terms:
                decided |= partner
        if decided:
            default = self.new({})._credit_terms(root)
            before = dict.fromkeys(decided.ids, next(iter(default.values())))
            decided._after_credit_terms(before, root)
        return partners

    def write(self, vals):
        vals = self._credit_vals(vals)
        terms = self._pop_credit_terms(vals)
        moving = bool({"parent_id", "is_company"} & set(vals))
        leaving = self._credit_followers() if moving else self.browse()
        done = super().write(vals) if vals or not terms else True
        if terms:
            root = self.env.company.root_id
            before = self._credit_terms(root)
            super(ResPartner, self.with_company(root)).write(terms)
            self._after_credit_terms(before, root)
        leaving.filtered(
            lambda partner: partner.commercial_partner_id == partner
        )._forget_credit_terms()
        return done

    # what is decided

    @api.model
    def _credit_vals(self, vals):
        """Return a copy of ``vals`` in which the chosen mode has its stored name."""
        vals = dict(vals)
        if "credit_mode" in vals:
            vals["credit_mode_store"] = vals.pop("credit_mode")
        return vals

    @api.model
    def _pop_credit_terms(self, vals):
        return {name: vals.pop(name) for name in CREDIT_TERM_FIELDS if name in vals}

    def _credit_terms(self, root):
        """Return (mode, permanent limit, valid until) in a root company, by id."""
        tiered = self.env["crm.customer"]._credit_tier_limits(self._origin, root)
        # sudo: the terms are compared, never shown
        return {
            partner.id: (
                partner.credit_mode,
                tiered.get(partner.id, (None, max(partner.credit_limit, 0.0)))[1],
                partner.credit_limit_valid_until,
            )
            for partner in self.sudo().with_company(root)
        }

    def _after_credit_terms(self, before, root):
        """Refuse what the user may not decide; log and announce the rest."""
        after = self._credit_terms(root)
        changed = self.filtered(lambda p: after[p.id] != before[p.id])
        if not changed:
            return
        customers = changed._check_credit_entity(after, root)
        if not self.env.su:
            customers._check_credit_authority(before, after, root)
        customers._log_credit_terms(before, after, root)
        self.env["crm.customer"]._credit_limit_changed(customers, root)

    def _check_credit_entity(self, after, root):
        """Return the commercial entities; a contact may only follow its own."""
        customers = self.filtered(lambda p: p.commercial_partner_id == p)
        contacts = self - customers
        followed = contacts.commercial_partner_id._credit_terms(root)
        for contact in contacts:
            if after[contact.id] != followed[contact.commercial_partner_id.id]:
                raise UserError(
                    self.env._(
                        "The credit limit belongs to %(customer)s as a whole: change "
                        "it there, not on the contact %(contact)s.",
                        customer=contact.commercial_partner_id.display_name,
                        contact=contact.display_name,
                    )
                )
        return customers

    def _check_credit_authority(self, before, after, root):
        self.env["crm.credit.authority"]._check_may_grant(
            root, [self._credit_amount(after[partner.id]) for partner in self]
        )
        lowered = self.filtered(
            lambda p: self._is_credit_lowered(before[p.id], after[p.id])
        )
        if not lowered:
            return
        positions = self.env["crm.customer"].credit_position(lowered, root)
        for partner in lowered:
            position = positions[partner.id]
            if position["own_limit"] is None:
                continue
            if root.currency_id.compare_amounts(position["available"], 0) < 0:
                raise UserError(
                    self.env._(
                        "%(customer)s already uses %(exposure)s of credit, more than "
                        "the new limit of %(limit)s. Use “Change Limit” on the "
                        "customer: it asks you to confirm with a reason.",
                        customer=partner.display_name,
                        exposure=self._format_credit(position["exposure"], root),
                        limit=self._format_credit(position["own_limit"], root),
                    )
                )

    @api.model
    def _credit_amount(self, terms):
        """Return the limit that terms grant, None when unlimited."""
        mode, amount, __ = terms
        return {"unlimited": None, "limited": amount, "none": 0.0}[mode]

    @api.model
    def _is_credit_lowered(self, before, after):
        old, new = self._credit_amount(before), self._credit_amount(after)
        return new is not None and (old is None or new < old)

    # what is told

    @api.model
    def _format_credit(self, amount, company):
        return formatLang(self.env, amount, currency_obj=company.currency_id)

    @api.model
    def _describe_credit_terms(self, terms, company):
        mode, amount, valid_until = terms
        label = dict(self._fields["credit_mode"]._description_selection(self.env))[mode]
        if mode == "limited":
            label = self._format_credit(amount, company)
        if valid_until:
            return self.env._("%(limit)s until %(date)s", limit=label, date=valid_until)
        return label

    def _log_credit_terms(self, before, after, root):
        Customer = self.env["crm.customer"]
        rows = {row.partner_id.id: row for row in Customer._for_partner(self, root)}
        self.env["crm.customer.event"]._log(
            [
                {
                    "customer_id": rows[partner.id].id,
                    "company_id": root.id,
                    "kind": "limit",
                    "old_value": self._describe_credit_terms(before[partner.id], root),
                    "new_value": self._describe_credit_terms(after[partner.id], root),
                    "reason": self._credit_change_reason(),
                    "user_id": self.env.user.id,
                }
                for partner in self
            ]
        )

    @api.model
    def _credit_change_reason(self):
        # only words: who may decide is never read from the context
        return self.env.context.get("credit_change_reason") or self.env._(
            "Changed on the customer"
        )

    # who leaves its commercial entity

    def _credit_followers(self):
        """Return the contacts that live on the credit of another partner."""
        return self.filtered(lambda p: p.commercial_partner_id != p)

    def _forget_credit_terms(self):
        """Let a contact that becomes a customer of its own start from the default.

        Odoo copies the commercial fields to contacts; kept, they would grant the
        same limit a second time.
        """
        if not self:
            return
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """
                UPDATE res_partner
                   SET credit_limit = NULL,
                       credit_mode_store = NULL,
                       credit_limit_valid_until = NULL,
                       credit_review_date = NULL
                 WHERE id IN %s
             RETURNING id
                """,
                tuple(self.ids),
            )
        )
        self.invalidate_recordset()
