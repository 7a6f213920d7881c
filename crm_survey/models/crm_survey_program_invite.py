import random
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..analytics import Candidate, Ledger, Policy, decide, person_key
from .crm_survey_program import SMALLEST_ANONYMOUS_LIST
from .crm_survey_program_trigger import Due

#: no chatter entries and no followers for rows made by the thousand
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


class CrmSurveyProgram(models.Model):
    """Asking: one invitation per contact, sent or skipped with its reason."""

    _inherit = "crm.survey.program"

    def invite(self, contacts, record=None, now=None):
        """Ask ``contacts``, about ``record`` if given, and return the invitations.

        One invitation per contact, in their order: ``sent``, or ``skipped`` with
        its reason. ``now`` is for evaluating at another time, which only managers
        may do: the quarantines are counted from it.

        :raises AccessError: if someone else names another time
        """
        self.ensure_one()
        now = fields.Datetime.to_datetime(now)
        may_name_time = self.env.user.has_group("crm_survey.group_manager")
        if now and not (self.env.su or may_name_time):
            raise AccessError(
                self.env._("Only satisfaction administrators can ask at another time.")
            )
        if not isinstance(contacts, models.BaseModel):
            # ids come in through RPC
            contacts = self.env["res.partner"].browse(contacts)
        self._check_may_invite(contacts, record)
        return self._invite_contacts(contacts, record, now)

    def _invite_contacts(self, contacts, record=None, now=None, *, is_sampled=True):
        now = now or fields.Datetime.now()
        due = self._due_for(contacts, record, now)
        # sudo: invitations are written by the programme, not by people
        invitations = self.sudo()._invite(due, now, is_sampled=is_sampled)
        return invitations.sudo(self.env.su)

    def _check_may_invite(self, contacts, record):
        """Refuse to ask people or about documents the caller may not see."""
        self.check_access("read")
        contacts.check_access("read")
        if record:
            record.ensure_one()
            record.check_access("read")
        if not self.active:
            raise UserError(
                self.env._("“%s” is archived and cannot ask anybody.", self.name)
            )

    def _due_for(self, contacts, record, now):
        """Return what ``contacts`` would be asked by hand at ``now``."""
        occasion = f"{record._name},{record.id}" if record else ""
        return [
            Due(
                now,
                contact.id,
                contact.commercial_partner_id.id,
                occasion,
                record and record._name,
                record and record.id,
            )
            for contact in contacts
        ]

    def _invite(self, due, now, *, is_sampled=True, list_size=0):
        """Write the invitations of ``due`` and queue the mails of those asked.

        The tickets of everybody asked are taken after the decision: see
        ``crm.survey.ticket`` for why the decision still holds then.
        """
        self = self.with_company(self.company_id)
        candidates = self._candidates(due)
        ledger = self._ledger(candidates, now)
        policy = self._policy(is_sampled=is_sampled)
        reasons = decide(candidates, policy, ledger, now, list_size)
        asked = [c for c, reason in zip(candidates, reasons, strict=True) if not reason]
        self.env["crm.survey.ticket"]._take(self._ticket_names(asked))
        Invitation = self.env["crm.survey.invitation"].with_context(**QUIET)
        customers = self._customer_ids(candidates)
        invitations = Invitation.create(
            [
                self._prepare_invitation_vals(*row, customers, now)
                for row in zip(due, candidates, reasons, strict=True)
            ]
        )
        sent = invitations.filtered(lambda i: i.state == "sent")
        self._create_answers(sent)
        # with the messages of new rows in memory, each mail costs a search in them
        sent.invalidate_recordset(["message_ids"], flush=False)
        sent._queue_mails()
        return invitations

    def _ticket_names(self, candidates):
        """Return the tickets of the people and accounts of ``candidates``."""
        company = self.company_id.id
        return {f"{company}:account:{c.account}" for c in candidates} | {
            f"{company}:person:{digest}"
            for digest in self.env["crm.survey.optout"]
            ._hashes({c.person for c in candidates})
            .values()
        }

    def _policy(self, *, is_sampled=True):
        return Policy(
            seed=self.sampling_seed,
            share=self.sampling_pct / 100 if is_sampled else 1.0,
            gap_program=timedelta(days=self.quarantine_days),
            gap_any=timedelta(days=self.quarantine_any_days),
            account_cap=self.account_cap,
            account_window=timedelta(days=self.account_cap_days),
            smallest_list=SMALLEST_ANONYMOUS_LIST if self.is_anonymous else 0,
        )

    def _candidates(self, due):
        """Return the candidates of ``due`` with what bars them for good."""
        contacts = self._fetch_contacts({row.contact for row in due})
        emails = {contact[0] for contact in contacts.values() if contact[0]}
        opted_out = self.env["crm.survey.optout"]._opted_out(emails)
        blacklisted = self._fetch_blacklisted(emails)
        candidates = []
        for row in due:
            person, company, is_active = contacts[row.contact]
            if company and company != self.company_id.id:
                barred = "wrong_company"
            elif not (is_active and row.is_found):
                barred = "no_contact"
            elif not person:
                barred = "no_email"
            elif person in opted_out:
                barred = "opted_out"
            else:
                barred = "blacklisted" if person in blacklisted else ""
            candidates.append(
                Candidate(row.contact, person, row.account, row.occasion, barred)
            )
        return candidates

    def _fetch_contacts(self, contact_ids):
        """Return {contact: (person, company, active)}."""
        Partner = self.env["res.partner"]
        Partner.flush_model(["email", "email_normalized", "company_id", "active"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.id,
                       partner.email_normalized,
                       partner.company_id,
                       partner.active
                  FROM res_partner AS partner
                 WHERE partner.id = ANY(%s)
                """,
                list(contact_ids),
            )
        )
        return {
            contact: (person_key(email or ""), company, is_active)
            for contact, email, company, is_active in rows
        }

    def _fetch_blacklisted(self, emails):
        # sudo: the blacklist is for mail administrators; only a yes or no is used
        Blacklist = self.env["mail.blacklist"].sudo()
        found = Blacklist.search_fetch([("email", "in", list(emails))], ["email"])
        return set(found.mapped("email"))

    def _ledger(self, candidates, now):
        """Return what was sent to the people and accounts of ``candidates``.

        SQL, because the last invitations of all of them are found in three passes.
        """
        self.env["crm.survey.invitation"].flush_model()
        ledger = Ledger()
        people = [c for c in candidates if not c.barred]
        if not people:
            return ledger
        gap = max(self.quarantine_days, self.quarantine_any_days)
        for email, contact, is_same, sent_at in self._fetch_last_sent(
            people, now - timedelta(days=gap)
        ):
            for key in (email, contact):
                if key:
                    ledger.see(key, sent_at, is_same_program=is_same)
        for email, contact, occasion in self._fetch_occasions(people):
            ledger.occasions |= {(key, occasion) for key in (email, contact) if key}
        if self.account_cap:
            since = now - timedelta(days=self.account_cap_days)
            for account, sent_at in self._fetch_account_sent(people, since):
                ledger.accounts.setdefault(account, []).append(sent_at)
        return ledger

    def _fetch_last_sent(self, people, since):
        query = """
            SELECT invitation.email_normalized,
                   invitation.partner_id,
                   invitation.program_id = %(program)s,
                   MAX(invitation.sent_at)
              FROM crm_survey_invitation AS invitation
             WHERE invitation.company_id = %(company)s
               AND invitation.sent_at > %(since)s
               AND (invitation.email_normalized = ANY(%(emails)s)
                    OR invitation.partner_id = ANY(%(contacts)s))
          GROUP BY 1, 2, 3
        """
        return self.env.execute_query(
            SQL(
                query,
                program=self.id,
                company=self.company_id.id,
                since=since,
                emails=[c.person for c in people],
                contacts=[c.contact for c in people],
            )
        )

    def _fetch_occasions(self, people):
        occasions = list({c.occasion for c in people if c.occasion})
        if not occasions:
            return []
        query = """
            SELECT invitation.email_normalized,
                   invitation.partner_id,
                   invitation.occasion
              FROM crm_survey_invitation AS invitation
             WHERE invitation.program_id = %(program)s
               AND invitation.sent_at IS NOT NULL
               AND invitation.occasion = ANY(%(occasions)s)
               AND (invitation.email_normalized = ANY(%(emails)s)
                    OR invitation.partner_id = ANY(%(contacts)s))
        """
        return self.env.execute_query(
            SQL(
                query,
                program=self.id,
                occasions=occasions,
                emails=[c.person for c in people],
                contacts=[c.contact for c in people],
            )
        )

    def _fetch_account_sent(self, people, since):
        query = """
            SELECT invitation.commercial_partner_id,
                   invitation.sent_at
              FROM crm_survey_invitation AS invitation
             WHERE invitation.company_id = %(company)s
               AND invitation.sent_at > %(since)s
               AND invitation.commercial_partner_id = ANY(%(accounts)s)
        """
        return self.env.execute_query(
            SQL(
                query,
                company=self.company_id.id,
                since=since,
                accounts=list({c.account for c in people}),
            )
        )

    def _customer_ids(self, candidates):
        """Return {account: customer row} of the accounts of ``candidates``."""
        accounts = self.env["res.partner"].browse({c.account for c in candidates})
        customers = self.env["crm.customer"]._for_partner(accounts, self.company_id)
        return {customer.partner_id.id: customer.id for customer in customers}

    def _prepare_invitation_vals(self, due, candidate, reason, customers, now):
        vals = {
            "program_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": due.contact,
            "commercial_partner_id": due.account,
            "customer_id": customers.get(due.account),
            "email_normalized": candidate.person,
            "occasion": due.occasion,
            "res_model": due.res_model,
            "res_id": due.res_id,
        }
        if reason:
            return {**vals, "state": "skipped", "skip_reason": reason}
        return {
            **vals,
            "state": "sent",
            "sent_at": now,
            "last_mail_at": now,
            "expires_at": now + timedelta(days=self.expiry_days),
        }

    def _create_answers(self, invitations):
        """Give each invitation the answer row whose token its mail carries.

        The rows of an anonymous programme know no person and are made in random
        order, so that their numbers do not give the person away.
        """
        ids = list(invitations._ids)
        if self.is_anonymous:
            random.SystemRandom().shuffle(ids)
        ordered = invitations.browse(ids)
        questions = self.survey_id._prepare_user_input_predefined_questions().ids
        answers = (
            self.env["survey.user_input"]
            .with_context(**QUIET)
            .create(
                [
                    {
                        **self._prepare_answer_vals(invitation, lang),
                        "predefined_question_ids": [fields.Command.set(questions)],
                    }
                    for invitation, lang in zip(ordered, ordered._langs(), strict=True)
                ]
            )
        )
        for invitation, answer in zip(ordered, answers, strict=True):
            invitation.user_input_id = answer

    def _prepare_answer_vals(self, invitation, lang):
        vals = {
            "survey_id": self.survey_id.id,
            "crm_program_id": self.id,
            "crm_invitation_id": invitation.id,
            "deadline": invitation.expires_at,
            "lang_id": self.env["res.lang"]._lang_get(lang).id,
        }
        if self.is_anonymous:
            return vals
        return {
            **vals,
            "partner_id": invitation.partner_id.id,
            "email": invitation.email_normalized,
            "nickname": invitation.partner_id.name,
        }
