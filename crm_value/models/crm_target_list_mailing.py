from odoo import fields, models
from odoo.exceptions import UserError


class CrmTargetList(models.Model):
    """Mailing the customers of a list, where the app for mailings is installed."""

    _inherit = "crm.target.list"

    can_send_mailing = fields.Boolean(compute="_compute_can_send_mailing")

    def _compute_can_send_mailing(self):
        self.can_send_mailing = self._may_create_mailing()

    def _may_create_mailing(self):
        return "mailing.mailing" in self.env and self.env["mailing.mailing"].has_access(
            "create"
        )

    def action_send_mailing(self):
        """Open a new mailing to the contacted customers; those held out get none."""
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
        if not self.contacted_on:
            self.action_mark_contacted()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "List “%(list)s” counts as contacted on %(day)s. Change the day on "
                    "the list if the mailing leaves later.",
                    list=self.name,
                    day=fields.Date.to_string(self.contacted_on),
                ),
                "next": self._mailing_action(recipients),
            },
        }

    def _mailing_action(self, recipients):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mailing"),
            "res_model": "mailing.mailing",
            "views": [(False, "form")],
            "target": "current",
            "context": {
                "default_mailing_type": "mail",
                "default_mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "default_mailing_domain": repr([("id", "in", recipients.ids)]),
                "default_subject": self.name,
                "default_user_id": self.env.uid,
            },
        }

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
