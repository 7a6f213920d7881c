import hashlib
import hmac
import secrets

from odoo import api, fields, models

from ..analytics import person_key

#: system parameter with the key of the hashes; a copy of the database keeps it
SECRET_PARAMETER = "crm_survey.optout_secret"


class CrmSurveyOptout(models.Model):
    """Somebody who wants no survey mail, known by the hash of the e-mail only.

    The hash outlives the person's data, so that nobody erased is asked again.
    Written by the opt-out page, by managers and never shown with an address.
    """

    _name = "crm.survey.optout"
    _description = "Survey Opt-Out"
    _order = "opted_out_at desc, id desc"
    _rec_name = "opted_out_at"

    email_hash = fields.Char(required=True, readonly=True, groups="base.group_system")
    opted_out_at = fields.Datetime(
        string="Opted Out On",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
    )
    reason = fields.Selection(
        [
            ("link", "Opt-out page"),
            ("one_click", "Unsubscribe button of the mail program"),
            ("staff", "Told us"),
        ],
        required=True,
        readonly=True,
    )
    program_id = fields.Many2one(
        "crm.survey.program",
        string="Programme",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The programme whose mail made the person opt out of all surveys.",
    )

    _email_hash_uniq = models.UniqueIndex("(email_hash)")

    @api.model
    def _add(self, emails, reason, program=None):
        """Record that the owners of ``emails`` want no survey mail any more."""
        # sudo: nobody but this method may write opt-outs
        Optout = self.sudo()
        hashes = self._hashes(emails)
        known = set(
            Optout.search([("email_hash", "in", list(hashes.values()))]).mapped(
                "email_hash"
            )
        )
        Optout.create(
            [
                {
                    "email_hash": digest,
                    "reason": reason,
                    "program_id": program and program.id,
                }
                for digest in set(hashes.values()) - known
            ]
        )

    @api.model
    def _remove(self, emails):
        """Forget the opt-out of ``emails``: they may be asked again."""
        hashes = list(self._hashes(emails).values())
        # sudo: nobody but this method may delete opt-outs
        self.sudo().search([("email_hash", "in", hashes)]).unlink()

    @api.model
    def _opted_out(self, emails):
        """Return those of ``emails`` whose owners opted out."""
        hashes = self._hashes(emails)
        # sudo: the answer tells about addresses the caller has already
        found = self.sudo().search_fetch(
            [("email_hash", "in", list(hashes.values()))], ["email_hash"]
        )
        known = set(found.mapped("email_hash"))
        return {email for email, digest in hashes.items() if digest in known}

    @api.model
    def _hashes(self, emails):
        """Return the hash of each address that is not empty."""
        key = self._secret().encode()
        return {
            email: hmac.new(key, person_key(email).encode(), hashlib.sha256).hexdigest()
            for email in emails
            if email
        }

    @api.model
    def _secret(self):
        """Return the key of the hashes, made at installation.

        Not ``database.secret``: that one changes when a database is duplicated, and
        everybody would be asked again.
        """
        # sudo: system parameters are for administrators; the key is not shown
        Parameter = self.env["ir.config_parameter"].sudo()
        if not (secret := Parameter.get_param(SECRET_PARAMETER)):
            secret = secrets.token_hex(32)
            Parameter.set_param(SECRET_PARAMETER, secret)
        return secret
