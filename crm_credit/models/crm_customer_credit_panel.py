from odoo import api, models

#: What takes part in the bar of the panel, with its colour.
PART_COLOURS = {
    "receivable": "primary",
    "orders": "info",
    "drafts": "warning",
    "in_transit": "dark",
}


class CrmCustomer(models.Model):
    """What the credit panel shows, on whichever form it sits."""

    _inherit = "crm.customer"

    @api.model
    def _credit_panels(self, partners, company):
        """Return the content of the credit panel, by partner id.

        Contacts show the credit of their commercial entity; partners not saved yet
        have no panel.
        """
        partners = partners._origin
        if not partners or not company:
            return {}
        # sudo: a panel sits on documents of every company the user sees them for
        positions = self.sudo().credit_position(partners, company)
        holds = self._count_credit_holds(partners.commercial_partner_id, company)
        return {
            partner.id: {
                **self._prepare_credit_panel(
                    partner.commercial_partner_id, company, positions[partner.id]
                ),
                "holds": holds.get(partner.commercial_partner_id, 0),
            }
            for partner in partners
        }

    @api.model
    def _count_credit_holds(self, partners, company):
        """Return the number of documents waiting for a decision, by customer."""
        # sudo: that something is held is no secret, the reasons stay closed
        return dict(
            self.env["crm.credit.hold"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", partners.ids),
                    ("company_id", "child_of", company.root_id.ids),
                    ("state", "=", "open"),
                ],
                ["partner_id"],
                ["__count"],
            )
        )

    @api.model
    def _prepare_credit_panel(self, partner, company, position):
        used = max(position["exposure"], 0.0)
        limit = position["limit"]
        scale = max(used, limit or 0.0) or 1.0
        return {
            **{
                name: position[name]
                for name in (
                    "limit",
                    "exposure",
                    "available",
                    "overdue",
                    "oldest_overdue_days",
                    "currency_id",
                    "is_expired",
                    "guaranteed",
                    "temporary_limit",
                    "group_limit",
                )
            },
            "partner_id": partner.id,
            "company_id": company.id,
            "used_pct": round(100 * used / limit) if limit else None,
            "limit_pct": round(100 * limit / scale, 2) if limit else None,
            "notes": self._credit_panel_notes(position, company),
            "parts": [
                {
                    "name": name,
                    "label": label,
                    "amount": position[name],
                    "pct": round(100 * max(position[name], 0.0) / scale, 2),
                    "colour": PART_COLOURS[name],
                }
                for name, label in self._credit_part_labels().items()
            ],
        }

    @api.model
    def _credit_part_labels(self):
        """Return the parts of the exposure this database can have. Extend it."""
        return {
            "receivable": self.env._("Open invoices"),
            "drafts": self.env._("Draft invoices"),
            "in_transit": self.env._("Payments in transit"),
        }

    @api.model
    def _credit_panel_notes(self, position, company):
        """Return the sentences that explain the limit."""
        Partner = self.env["res.partner"]
        notes = []
        if position["limit_tier_id"] and position["temporary_limit"] is None:
            tier = self.env["crm.value.tier"].sudo().browse(position["limit_tier_id"])
            notes.append(
                self.env._(
                    "The limit of %(amount)s is the default of tier “%(tier)s”.",
                    amount=Partner._format_credit(position["permanent_limit"], company),
                    tier=tier.name,  # sudo: a tier's name is no secret
                )
            )
        if position["is_expired"]:
            notes.append(
                self.env._(
                    "The limit ended on %(date)s and has to be decided again.",
                    date=position["valid_until"],
                )
            )
        if position["temporary_limit"] is not None:
            notes.append(
                self.env._(
                    "Today the temporary limit of %(amount)s holds.",
                    amount=Partner._format_credit(position["temporary_limit"], company),
                )
            )
        if position["guaranteed"] and position["own_limit"]:
            notes.append(
                self.env._(
                    "%(amount)s of it is guaranteed or insured.",
                    amount=Partner._format_credit(position["guaranteed"], company),
                )
            )
        if position["group_limit"] is not None:
            notes.append(
                self.env._(
                    "The credit group has used %(used)s of its %(limit)s.",
                    used=Partner._format_credit(position["group_exposure"], company),
                    limit=Partner._format_credit(position["group_limit"], company),
                )
            )
        return notes
