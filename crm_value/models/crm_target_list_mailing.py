from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CrmTargetList(models.Model):
    """Mailing the customers of a list, where the app for mailings is installed."""

    _inherit = "crm.target.list"

    mailing_key = fields.Integer(
        string="Mailing",
        readonly=True,
        copy=False,
        help="The mailing made for this list; no link, as its app may be absent.",
    )
    can_send_mailing = fields.Boolean(compute="_compute_can_send_mailing")

    def _compute_can_send_mailing(self):
        self.can_send_mailing = self._may_create_mailing()

    def _may_create_mailing(self):
        return "mailing.mailing" in self.env and self.env["mailing.mailing"].has_access(
            "create"
        )

    def action_send_mailing(self):
        """Open a mailing to the contacted customers; those held out get none."""
        self.ensure_one()
        if not self._may_create_mailing():
            raise UserError(
                self.env._(
                    "You cannot send mailings. Ask an administrator for the rights of "
                    "the Email Marketing app."
                )
            )
        self._check_frozen()
        recipients = self._mailing_recipients()
        if not recipients:
            raise UserError(
                self.env._(
                    "No customer to contact on list “%(list)s” has an e-mail address. "
                    "Enter addresses on the contacts first.",
                    list=self.name,
                )
            )
        mailing = self._mailing()
        if not mailing or mailing.state != "draft":
            mailing = mailing.create(self._prepare_mailing_vals(recipients))
            self.mailing_key = mailing.id
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self._mailing_message(),
                "next": {
                    "type": "ir.actions.act_window",
                    "name": self.env._("Mailing"),
                    "res_model": "mailing.mailing",
                    "res_id": mailing.id,
                    "views": [(False, "form")],
                    "target": "current",
                },
            },
        }

    def _mailing_message(self):
        if self.contacted_on:
            return self.env._(
                "List “%(list)s” counts as contacted on %(day)s already; sending this "
                "mailing does not change that.",
                list=self.name,
                day=format_date(self.env, self.contacted_on),
            )
        return self.env._(
            "List “%(list)s” counts as contacted on the day this mailing is sent.",
            list=self.name,
        )

    def _mailing(self):
        """Return the mailing made for the list last, empty if it is gone."""
        return self.env["mailing.mailing"].browse(self.mailing_key or ()).exists()

    def _prepare_mailing_vals(self, recipients):
        self.ensure_one()
        vals = {
            "subject": self.name,
            "mailing_type": "mail",
            "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            "mailing_domain": repr([("id", "in", recipients.ids)]),
            "user_id": self.env.uid,
        }
        if not self.env.user.email:
            if not self.company_id.email:
                raise UserError(
                    self.env._(
                        "Neither you nor %(company)s has an e-mail address to send "
                        "from. Enter yours in your preferences first.",
                        company=self.company_id.name,
                    )
                )
            vals["email_from"] = self.company_id.email_formatted
        return vals

    @api.model
    def _cron_follow_mailings(self):
        """Note the day on which the mailings of lists were sent.

        Asked for, as the app for mailings knows nothing of lists and may be absent.
        """
        if "mailing.mailing" not in self.env:
            return
        waiting = self.search([("mailing_key", "!=", 0), ("contacted_on", "=", False)])
        for target in waiting:
            mailing = target._mailing()
            if mailing.state == "done" and mailing.sent_date:
                person = target.with_context(tz=target.user_id.tz)
                sent_at = fields.Datetime.context_timestamp(person, mailing.sent_date)
                target.contacted_on = sent_at.date()

    def _mailing_recipients(self):
        """Return one contact with an e-mail address of each customer to contact.

        The customer itself comes first, then its oldest contact.
        """
        self.ensure_one()
        contacts = self.env["res.partner"].search(
            [
                (
                    "commercial_partner_id",
                    "in",
                    self._customers(contacted_only=True).partner_id.ids,
                ),
                ("email_normalized", "!=", False),
            ],
            order="id",
        )
        own = contacts.filtered(
            lambda contact: contact == contact.commercial_partner_id
        )
        first = {}
        for contact in own + (contacts - own):
            first.setdefault(contact.commercial_partner_id, contact.id)
        return self.env["res.partner"].browse(sorted(first.values()))
