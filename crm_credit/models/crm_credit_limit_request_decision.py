from odoo import fields, models
from odoo.exceptions import UserError


class CrmCreditLimitRequest(models.Model):
    """Sending, approving, rejecting and applying a change of limit."""

    _inherit = "crm.credit.limit.request"

    def action_submit(self):
        """Apply what the user may decide; send the rest to someone who may."""
        for request in self:
            request._check_state("draft")
            request._check_reduction()
            if request.needs_approval:
                # sudo: the state is written by the actions only
                request.sudo().state = "waiting"
                request._ask_approvers()
            else:
                request._apply()
        return True

    def action_approve(self, reason=None):
        """Approve and apply: another person than who asked, within authority."""
        for request in self:
            request._check_state("waiting")
            request._check_decider()
            request._apply(reason)
        return True

    def action_reject(self, reason=None):
        """Refuse the change; who asked is told why."""
        for request in self:
            request._check_state("waiting")
            request._check_decider()
            reason = reason or request.decision_reason
            if not reason:
                raise UserError(
                    self.env._(
                        "Say why in “Decision Reason” before you reject the request."
                    )
                )
            request._decide("rejected", reason)
        return True

    def action_cancel(self):
        """Take the request back; only who asked can, or a superior."""
        for request in self:
            if request.state not in ("draft", "waiting"):
                request._check_state("waiting")
            if request.requester_id != self.env.user and not request.may_decide:
                raise UserError(
                    self.env._(
                        "Only %s can take this request back.",
                        request.requester_id.name,
                    )
                )
            # sudo: the state is written by the actions only
            request.sudo().state = "cancelled"
            request.sudo().activity_unlink(["crm_credit.mail_activity_type_decide"])
        return True

    def _granted_amount(self):
        """Return the limit asked for, None when unlimited."""
        self.ensure_one()
        if self.kind == "temporary" or self.mode == "limited":
            return self.amount
        return None if self.mode == "unlimited" else 0.0

    def _describe_limit(self, limit):
        if limit is None:
            return self.env._("Unlimited")
        if not limit:
            return self.env._("No credit")
        return self.partner_id._format_credit(limit, self.company_id)

    def _check_state(self, state):
        if self.state != state:
            raise UserError(
                self.env._(
                    "The request for %(customer)s is already in the state “%(state)s”.",
                    customer=self.partner_id.display_name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        self.state
                    ],
                )
            )

    def _check_reduction(self):
        if self.is_below_exposure and not self.is_reduction_confirmed:
            raise UserError(
                self.env._(
                    "%(customer)s already uses %(exposure)s, more than the new limit. "
                    "Tick “Lower it below what is used” if that is what you want: "
                    "every new document will then be stopped.",
                    customer=self.partner_id.display_name,
                    exposure=self.partner_id._format_credit(
                        self.exposure, self.company_id
                    ),
                )
            )

    def _check_decider(self):
        if self.requester_id == self.env.user:
            raise UserError(
                self.env._(
                    "You asked for this limit: another person has to decide on it."
                )
            )
        self.env["crm.credit.authority"]._check_may_grant(
            self.company_id, [self._granted_amount()]
        )

    def _apply(self, reason=None):
        # sudo: the authority was checked, the user may lack accounting rights
        request = self.sudo()
        reason = reason or request.decision_reason
        amount = request.amount if request.mode == "limited" else 0.0
        because = request.with_context(credit_change_reason=request.reason)
        if request.kind == "temporary":
            because.env["crm.credit.temporary.limit"].create(
                request._prepare_temporary_limit_vals()
            )
        else:
            because.partner_id.with_company(request.company_id).write(
                {
                    "credit_mode_store": request.mode,
                    "credit_limit": amount,
                    "credit_limit_valid_until": request.valid_until,
                }
            )
        self._decide("approved", reason)

    def _prepare_temporary_limit_vals(self):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "amount": self.amount,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "reason": self.reason,
        }

    def _decide(self, state, reason):
        # sudo: the decision is written by the actions only
        self.sudo().write(
            {
                "state": state,
                "decider_id": self.env.user.id,
                "decided_at": fields.Datetime.now(),
                "decision_reason": reason,
            }
        )
        self.sudo().activity_feedback(
            ["crm_credit.mail_activity_type_decide"], feedback=reason
        )
        if self.requester_id != self.env.user:
            self._tell_requester()

    def _tell_requester(self):
        state = dict(self._fields["state"]._description_selection(self.env))[self.state]
        self.sudo().message_post(
            body=self.env._(
                "The limit of %(customer)s you asked for: %(state)s. %(reason)s",
                customer=self.partner_id.display_name,
                state=state,
                reason=self.decision_reason or "",
            ),
            partner_ids=self.requester_id.partner_id.ids,
            subtype_xmlid="mail.mt_comment",
        )

    def _ask_approvers(self):
        """Give the cheapest person with enough authority an activity."""
        approver = self._find_approver()
        # sudo: who asks need not have the right to assign activities
        self.sudo().activity_schedule(
            "crm_credit.mail_activity_type_decide",
            user_id=approver.id,
            summary=self.env._("Decide on the credit limit"),
            note=self.reason,
        )

    def _find_approver(self):
        """Return the person with the least authority that is enough."""
        Authority = self.env["crm.credit.authority"]
        # sudo: who asks need not see who belongs to which role
        lines = Authority.sudo().search(
            [("company_id", "in", [self.company_id.id, False])]
        )
        candidates = lines.group_id.all_user_ids.filtered(
            lambda user: (
                user.active
                and not user.share
                and user != self.requester_id
                and self.company_id in user.company_ids
                and Authority._is_within(user, self.company_id, self._granted_amount())
            )
        )
        if not candidates:
            raise UserError(
                self.env._(
                    "Nobody else has the authority to grant this limit. Ask an "
                    "administrator to enter who has, under Customer Credit, "
                    "Configuration, Authority."
                )
            )
        return min(candidates, key=self._approver_rank)

    def _approver_rank(self, user):
        allowed = self.env["crm.credit.authority"]._amount_for(user, self.company_id)
        return (allowed is None, allowed or 0.0, user.id)
