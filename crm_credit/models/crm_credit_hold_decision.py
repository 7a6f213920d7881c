from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmCreditHold(models.Model):
    """Who decides on a hold, what the decision covers, and who hears of it."""

    _inherit = "crm.credit.hold"

    # Actions

    def action_release(self, reason):
        """Let the documents go on: each one, up to its total, for a limited time.

        :raises AccessError: if the user is no credit manager
        :raises UserError: without a reason, by the person who asked, or above the
            amount the user may decide on
        """
        reason = self._check_decision(reason)
        self._check_authority()
        today = fields.Date.context_today(self)
        # sudo: the rights were checked, the fields of a hold belong to no user
        for hold in self.sudo():
            policy = hold.env["crm.credit.policy"]._for_company(hold.company_id)
            hold._decide(
                "released",
                reason,
                released_amount=policy._released_up_to(hold.amount),
                released_until=policy._release_end(today),
            )
        return True

    def action_reject(self, reason):
        """Refuse the documents and tell those who sell.

        :raises AccessError: if the user is no credit manager
        :raises UserError: without a reason, or by the person who asked
        """
        reason = self._check_decision(reason)
        # sudo: the rights were checked, the fields of a hold belong to no user
        for hold in self.sudo():
            hold._decide("rejected", reason)
        return True

    # Deciding

    def _check_decision(self, reason):
        if not self.env.user.has_group("crm_credit.group_manager"):
            raise AccessError(
                self.env._("Only credit managers can decide on held documents.")
            )
        self.check_access("read")
        reason = reason.strip() if isinstance(reason, str) else ""
        if not reason:
            raise UserError(self.env._("Please give the reason of your decision."))
        for hold in self:
            hold._check_decider()
        return reason

    def _check_authority(self):
        """Refuse the release of documents above what the user may decide on."""
        Authority = self.env["crm.credit.authority"]
        for hold in self:
            if not Authority._is_within(self.env.user, hold.company_id, hold.amount):
                raise UserError(
                    self.env._(
                        "%(document)s totals %(amount)s, more than you may release: a "
                        "credit manager with a higher authority has to decide.",
                        document=hold.document_name,
                        amount=self._format_figure(
                            hold.amount, "money", hold.currency_id
                        ),
                    )
                )

    def _check_decider(self):
        self.ensure_one()
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(
                self.env._(
                    "You do not work for %(company)s, so you cannot decide on "
                    "%(document)s.",
                    company=self.sudo().company_id.name,
                    document=self.document_name,
                )
            )
        if self.state != "open":
            raise UserError(
                self.env._(
                    "%(document)s has been decided on already.",
                    document=self.document_name,
                )
            )
        if self.requester_id == self.env.user and not self.env.user._is_superuser():
            raise UserError(
                self.env._(
                    "You asked for %(document)s yourself: another credit manager has "
                    "to decide.",
                    document=self.document_name,
                )
            )

    def _decide(self, state, reason, **vals):
        """Write the decision on the hold, its document and the log, and tell people."""
        self.ensure_one()
        is_automatic = vals.get("is_automatic", False)
        user = self.env.ref("base.user_root") if is_automatic else self.env.user
        self.write(
            {
                "state": state,
                "decision_reason": reason,
                "decided_at": fields.Datetime.now(),
                "decider_id": user.id,
                **vals,
            }
        )
        document = self._document()
        if document:
            document.credit_state = "clear" if state == "cancelled" else state
        self._log_decision(None if is_automatic else user)
        self.activity_unlink(["crm_credit.mail_activity_type_hold"])
        if state != "cancelled" and document:
            self._tell_decision(document, user)

    def _log_decision(self, user):
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        self._log_event(labels["open"], labels[self.state], self.decision_reason, user)

    def _log_event(self, old, new, reason, user):
        self.ensure_one()
        customer = self.env["crm.customer"]._for_partner(
            self.partner_id, self.company_id
        )
        self.env["crm.customer.event"]._log(
            [
                {
                    "customer_id": customer.id,
                    "company_id": customer.company_id.id,
                    "kind": "hold",
                    "old_value": old,
                    "new_value": f"{self.document_name}: {new}",
                    "reason": reason,
                    "rule_name": self.main_reason,
                    "user_id": user.id if user else False,
                }
            ]
        )

    def _tell_decision(self, document, user):
        self.ensure_one()
        if self.state == "released":
            body = self.env._(
                "Credit: %(document)s was released. %(reason)s",
                document=self.document_name,
                reason=self.decision_reason,
            )
        else:
            body = self.env._(
                "Credit: %(document)s was rejected. %(reason)s",
                document=self.document_name,
                reason=self.decision_reason,
            )
        people = self.salesperson_id | self.requester_id
        document.message_post(
            body=body,
            author_id=user.partner_id.id,
            partner_ids=people._credit_colleagues(user).partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )

    # Cures

    def _covers(self, amount, today):
        """Tell whether a released hold still covers its document."""
        self.ensure_one()
        return (
            self.state == "released"
            and not self.is_automatic
            and self.released_until >= today
            and self.currency_id.compare_amounts(amount, self.released_amount) <= 0
        )

    @api.model
    def _reevaluate(self, partners=None, company=None):
        """Release the holds whose reasons are gone, oldest first.

        Each counts for those after it. Documents that changed since are held for
        what they are now.
        """
        domain = [("state", "=", "open"), ("is_forced", "=", False)]
        if partners is not None:
            domain.append(("partner_id", "in", partners.commercial_partner_id.ids))
        if company is not None:
            domain.append(("company_id", "child_of", company.root_id.id))
        # sudo: the system decides here, by the rules alone
        holds = self.sudo().search(domain, order="id")
        for (model, holds_company), group in holds.grouped(
            lambda hold: (hold.res_model, hold.company_id)
        ).items():
            if model in self.env:
                policy = self.env["crm.credit.policy"]._for_company(holds_company)
                policy._spoken(group.with_company(holds_company))._reevaluate_model()
        return True

    @api.model
    def _reevaluate_if_open(self, partners, company):
        """Release what is cured of these customers, at the cost of one query if none.

        The money has to be in the books for that, so it is written first.
        """
        # sudo: the system decides here, by the rules alone
        waiting = self.sudo()._read_group(
            [
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("company_id", "child_of", company.root_id.id),
                ("state", "=", "open"),
                ("is_forced", "=", False),
            ],
            ["partner_id"],
        )
        if waiting:
            self._reevaluate(partners.browse(p.id for p, *_rest in waiting), company)

    def _reevaluate_model(self):
        documents = self._documents()
        gone = self.filtered(lambda hold: hold.res_id not in documents.ids)
        pending = documents._credit_pending()
        gone |= self.filtered(lambda hold: hold.res_id in (documents - pending).ids)
        for hold in gone:
            hold._decide(
                "cancelled",
                self.env._("The document is not waiting any more."),
                is_automatic=True,
            )
        holds = self - gone
        if not holds:
            return
        ordered = holds._browse_documents()
        verdicts = ordered._credit_verdicts()
        for hold in holds:
            verdict = verdicts[hold.res_id]
            if verdict.failures:
                hold._update_reasons(verdict)
            else:
                hold._decide(
                    "released",
                    self.env._("The reasons of the hold are gone."),
                    is_automatic=True,
                )

    @api.model
    def _cron_reevaluate(self):
        """Release what is cured and end releases nobody used in time."""
        cron, Ticket = self.env["ir.cron"], self.env["crm.credit.ticket"]
        groups = self._read_group(
            [("state", "=", "open"), ("is_forced", "=", False)],
            ["company_id", "partner_id"],
        )
        cron._commit_progress(remaining=len(groups))
        for company, partner in groups:
            Ticket._replayed(lambda c=company, p=partner: self._reevaluate(p, c))
            if not cron._commit_progress(1):
                return
        self._expire()

    @api.model
    def _expire(self):
        """Take the mark of a release off documents that did not use it in time."""
        today = fields.Date.context_today(self)
        # sudo: the system applies the validity that was decided
        holds = self.sudo().search(
            [
                ("state", "=", "released"),
                ("released_until", "<", today),
                ("is_expired", "=", False),
            ]
        )
        for _model, group in holds.grouped("res_model").items():
            pending = group._documents()._credit_pending()
            pending.filtered(
                lambda document: document.credit_state == "released"
            ).credit_state = "clear"
        holds.is_expired = True
