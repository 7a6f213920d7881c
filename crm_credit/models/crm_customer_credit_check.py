from odoo import api, models


class CrmCustomer(models.Model):
    """What happens when a customer gets over the limit without a new document."""

    _inherit = "crm.customer"

    @api.model
    def _credit_take_ticket(self, partners, company):
        """Queue up for the credit of ``partners``; return those with a limit.

        To be called by whatever raises an exposure or lowers a limit, before it
        computes a position. Nobody else can use the credit of these customers until
        the transaction ends.
        """
        # sudo: whoever changes a document queues up, no rights are needed for that
        return self.env["crm.credit.ticket"].sudo()._take(partners, company)

    @api.model
    def _credit_limit_changed(self, partners, company):
        # EXTENDS 'crm_credit': a lower limit waits for documents just being posted
        super()._credit_limit_changed(partners, company)
        self.env["crm.credit.ticket"].sudo()._take(partners, company, force=True)
        self._credit_recheck(partners, company, self.env._("The limit was changed."))
        self.env["crm.credit.hold"]._reevaluate_if_open(
            partners | self._credit_mates(partners, company), company
        )

    @api.model
    def _credit_mates(self, partners, company):
        """Return the customers who share a limit with ``partners``."""
        Member = self.env["crm.credit.group.member"].sudo()
        groups = Member.search(
            [
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("group_id.company_id", "=", company.root_id.id),
            ]
        ).group_id
        return Member.search([("group_id", "in", groups.ids)]).partner_id

    @api.model
    def _credit_payments_count_from(self, companies):
        # EXTENDS 'crm_credit'
        policy = self.env["crm.credit.policy"]._for_company(companies[:1].root_id)
        return policy.payments_count_from

    @api.model
    def _credit_recheck(self, partners, company, cause):
        """Tell the credit team which of ``partners`` are over their limit now.

        :param cause: one sentence saying what happened
        :return: the commercial partners over their limit
        """
        limited = self._credit_take_ticket(partners, company)
        if not limited:
            return limited
        # sudo: the system watches the limits, whoever caused the change
        Customer = self.sudo()
        positions = Customer.credit_position(limited, company)
        compare = company.root_id.currency_id.compare_amounts
        over = limited.filtered(
            lambda partner: compare(positions[partner.id]["available"], 0) < 0
        )
        for customer in Customer._for_partner(over, company.root_id) if over else ():
            customer._credit_tell_over(positions[customer.partner_id.id], cause)
        return over

    def _credit_tell_over(self, position, cause):
        self.ensure_one()
        Hold = self.env["crm.credit.hold"]
        reason = self.env._(
            "%(cause)s The customer uses %(exposure)s of a limit of %(limit)s.",
            cause=cause,
            exposure=Hold._format_figure(
                position["exposure"], "money", self.currency_id
            ),
            limit=Hold._format_figure(position["limit"], "money", self.currency_id),
        )
        self.env["crm.customer.event"]._log(
            [
                {
                    "customer_id": self.id,
                    "company_id": self.company_id.id,
                    "kind": "hold",
                    "new_value": self.env._("Over the limit"),
                    "reason": reason,
                    "user_id": self.env.uid,
                }
            ]
        )
        xmlid = "crm_credit.mail_activity_type_over_limit"
        policy = self.env["crm.credit.policy"]._for_company(self.company_id)
        controller = policy._credit_team()[:1]
        if controller and not self.activity_search([xmlid]):
            self.activity_schedule(xmlid, user_id=controller.id, note=reason)
