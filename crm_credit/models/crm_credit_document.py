from collections import defaultdict
from contextlib import contextmanager
from functools import cached_property

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.sql import column_exists, table_exists

from ..credit_case import CreditCase, Failure, Verdict

CREDIT_STATES = [
    ("clear", "Clear"),
    ("warned", "Warned"),
    ("held", "On Hold"),
    ("released", "Released"),
    ("rejected", "Rejected"),
]


#: Where the cursor keeps the documents that passed while they go on.
_CLEARED = "crm_credit_cleared"


class CrmCreditDocument(models.AbstractModel):
    """A document that uses credit: it passes a checkpoint before it goes on."""

    _name = "crm.credit.document"
    _description = "Document under Credit Control"

    credit_state = fields.Selection(
        CREDIT_STATES,
        string="Credit",
        required=True,
        readonly=True,
        default="clear",
        copy=False,
    )
    credit_hold_ids = fields.One2many(
        "crm.credit.hold",
        "res_id",
        string="Credit Holds",
        domain=lambda self: [("res_model", "=", self._name)],
        groups="crm_credit.group_user",
        readonly=True,
        copy=False,
    )
    credit_message = fields.Text(compute="_compute_credit_message")

    def _auto_init(self):
        """Add the state already filled: writing it would rewrite every document."""
        cr = self.env.cr
        if table_exists(cr, self._table) and not column_exists(
            cr, self._table, "credit_state"
        ):
            column = SQL.identifier("credit_state")
            table = SQL.identifier(self._table)
            cr.execute(
                SQL("ALTER TABLE %s ADD %s varchar DEFAULT 'clear'", table, column)
            )
            cr.execute(SQL("ALTER TABLE %s ALTER %s DROP DEFAULT", table, column))
        return super()._auto_init()

    @api.depends("credit_state")
    def _compute_credit_message(self):
        decided = self.filtered(lambda doc: doc.credit_state in ("held", "rejected"))
        decided |= self.filtered(
            lambda doc: doc.credit_state == "released"
        )._credit_pending()
        # sudo: whoever sees the document may know why it goes on or does not
        holds = (
            self.env["crm.credit.hold"]
            .sudo()
            .search(
                [("res_model", "=", self._name), ("res_id", "in", decided.ids)],
                order="id",
            )
        )
        by_document = {hold.res_id: hold for hold in holds}
        for document in self:
            hold = by_document.get(document._origin.id)
            document.credit_message = (
                hold._banner() if hold and document in decided else False
            )

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("credit_state", "clear") != "clear":
                self._check_credit_state_writer()
        return super().create(vals_list)

    def write(self, vals):
        if "credit_state" in vals:
            self._check_credit_state_writer()
        return super().write(vals)

    def unlink(self):
        holds = self.env["crm.credit.hold"]._open_for(self)
        for hold in holds:
            hold._decide(
                "cancelled",
                self.env._("The document was deleted."),
                is_automatic=True,
            )
        return super().unlink()

    def _check_credit_state_writer(self):
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "The credit state of a document is decided by the checks and the "
                    "credit team, it cannot be typed in."
                )
            )

    # What a document tells about itself; every model says it in its own words

    @api.model
    def _credit_checkpoint(self):
        """Return the checkpoint these documents pass."""
        raise NotImplementedError

    def _credit_pending(self):
        """Return the documents that still have the checkpoint before them."""
        raise NotImplementedError

    def _credit_partner(self):
        """Return the customer whose credit the document uses."""
        self.ensure_one()
        return self.partner_id.commercial_partner_id

    def _credit_name(self):
        """Return how people call the document."""
        self.ensure_one()
        return self.display_name

    def _credit_salesperson(self):
        """Return the user to tell about the document."""
        self.ensure_one()
        return self.env["res.users"]

    def _credit_payment_term(self):
        """Return the payment term of the document."""
        self.ensure_one()
        return self.env["account.payment.term"]

    def _credit_amounts(self, positions=None):
        """Return the total of each document and what of it is not yet exposure.

        :param positions: those of the customers, by id, if they are known
        :return: ``{id: (amount, added)}`` in the currency of the company
        """
        raise NotImplementedError

    def _credit_base(self, position):
        """Return the exposure to compare with, of a position."""
        self.ensure_one()
        return position["exposure"]

    @api.model
    def _credit_parts_unused(self):
        """Return the parts of the exposure that ``_credit_base`` leaves out."""
        return ()

    def _credit_paid_ahead(self):
        """Return the documents that are paid in advance: they use no credit."""
        return self.browse()

    def _credit_warn_only(self):
        """Return the documents that may be warned of, but not be stopped."""
        return self.browse()

    def _credit_own_failures(self):
        """Return the failures no rule knows of, by document id: stopped by hand."""
        failures = dict.fromkeys(self.ids, ())
        marked = self.filtered(lambda document: document.credit_state != "clear")
        for hold in self.env["crm.credit.hold"]._open_for(marked):
            if hold.is_forced:
                note = hold.reason_ids[:1].rule_name or ""
                failures[hold.res_id] += (Failure("by_hand", 0.0, 0.0, note=note),)
        return failures

    def _credit_always_over(self):
        """Tell whether a customer over the limit is stopped by an amount of zero."""
        return False

    # Checking

    def _credit_is_cleared(self):
        """Return the documents that passed the checkpoint earlier in this call."""
        cleared = {
            document_id
            for model, ids in self.env.cr.cache.get(_CLEARED, ())
            if model == self._name
            for document_id in ids
        }
        return self.browse(doc_id for doc_id in self._ids if doc_id in cleared)

    @contextmanager
    def _credit_clear(self):
        """Tell the methods called meanwhile that these documents passed.

        Kept with the cursor and not in the context: no client can claim to have
        passed, and no environment is made for each document.
        """
        cleared = self.env.cr.cache.setdefault(_CLEARED, [])
        cleared.append((self._name, self._ids))
        try:
            yield
        finally:
            cleared.pop()

    def _credit_pass(self):
        """Return the documents that may go on; stop, mark or refuse the others.

        Documents are judged one after the other, and those that pass count for
        the next ones. With mode ``block`` the first failure raises.
        """
        stopped = self.browse()
        judged = self._credit_except(self._credit_is_cleared())._credit_judged()
        for company, documents in judged.grouped("company_id").items():
            policy = self.env["crm.credit.policy"]._for_company(company)
            mode = policy._mode(self._credit_checkpoint())
            if mode != "off":
                stopped |= documents.with_company(company)._credit_check(mode, policy)
        return self._credit_except(stopped)

    def _credit_except(self, others):
        """Return the documents without ``others``, read together as before."""
        return (self - self.browse(others._ids)).with_prefetch(self._prefetch_ids)

    def _credit_judged(self):
        """Return the documents the checkpoint looks at."""
        return self

    def _credit_check(self, mode, policy):
        """Judge documents of one company; return those that must not go on."""
        stopped = self.browse()
        verdicts = self._credit_verdicts(mode)
        failing = self.filtered(lambda document: verdicts[document.id].failures)
        failing = failing and policy._spoken(failing)
        spared = failing and failing._credit_warn_only()
        if mode == "block" and (refused := failing - spared):
            refused._credit_refuse(verdicts)
        for document in failing:
            verdict = verdicts[document.id]
            if mode == "warn" or document in spared:
                document._credit_warn(verdict)
            else:
                document._credit_hold(verdict)
                stopped |= document
        (self - failing)._credit_settle(verdicts)
        return stopped

    def _credit_verdicts(self, mode="hold"):
        """Return the verdict on each document of one company, by id.

        Takes the tickets of the customers first: nobody else can use their credit
        until this transaction ends.
        """
        company = self.company_id.root_id
        today = fields.Date.context_today(self)
        partners = {document: document._credit_partner() for document in self}
        customers = self.env["res.partner"].union(*partners.values())
        Ticket = self.env["crm.credit.ticket"].sudo()
        terms = Ticket._queue_up(customers, company)
        limited = any(map(Ticket._is_limited, terms.values()))
        rules = self.env["crm.credit.rule"]._for_company(company)
        own = self._credit_own_failures()
        if not rules._needs_position(limited) and not any(own.values()):
            return {document.id: Verdict(0.0, 0.0, None) for document in self}
        # sudo: the figures decide, whether or not the user may see them
        Customer = self.env["crm.customer"].sudo()
        positions = Customer._credit_checkpoint_positions(
            terms, company, today, self._credit_parts_unused()
        )
        return _Judgement(self, partners, positions, rules, own, mode, today).run()

    def _credit_releases(self):
        """Return the releases given to these documents, by document id."""
        holds = (
            self.env["crm.credit.hold"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state", "=", "released"),
                    ("is_automatic", "=", False),
                ]
            )
        )
        return holds.grouped("res_id")


class _Judgement:
    """Judges documents of one company one after the other, in their order."""

    def __init__(self, documents, partners, positions, rules, own, mode, today):
        company = documents.company_id.root_id
        customers = documents.env["res.partner"].union(*partners.values())
        self.documents = documents
        self.partners = partners
        self.rules = rules
        self.own = own
        self.counts_failing = mode == "warn"
        self.today = today
        self.currency = company.currency_id
        self.tiers = rules._fetch_tiers(customers, company)
        self.positions = positions
        self.amounts = documents._credit_amounts(positions)
        self.paid_ahead = documents._credit_paid_ahead()
        self.used = defaultdict(float)

    @cached_property
    def releases(self):
        """Releases are looked for when something fails, which is seldom."""
        return self.documents._credit_releases()

    def run(self):
        return {document.id: self._judge(document) for document in self.documents}

    def _judge(self, document):
        case = self._prepare_case(document)
        failures = ()
        if document not in self.paid_ahead:
            rules = self.rules._applying(case.partner, self.tiers.get(case.partner.id))
            failures = tuple(rules._failures(case))
        is_released = bool(failures) and any(
            hold._covers(case.amount, self.today)
            for hold in self.releases.get(document.id, ())
        )
        if is_released:
            failures = ()
        decided = any(failure.kind == "forced" for failure in failures)
        failures += tuple(
            failure
            for failure in self.own[document.id]
            if not (decided and failure.kind == "by_hand")
        )
        if not failures or self.counts_failing:
            self._count(case)
        return Verdict(case.amount, case.exposure, case.limit, failures, is_released)

    def _prepare_case(self, document):
        partner = self.partners[document]
        position = self.positions[partner.id]
        amount, added = self.amounts[document.id]
        base = document._credit_base(position)
        exposure = base + self.used["partner", partner.id]
        shared = (
            position["group_exposure"]
            - position["exposure"]
            + base
            + self.used["group", position["group_id"]]
        )
        sides = [
            (most - spent, spent, most)
            for most, spent in (
                (position["own_limit"], exposure),
                (position["group_limit"], shared),
            )
            if most is not None
        ]
        headroom, exposure, limit = min(sides, default=(None, exposure, None))
        return CreditCase(
            document=document,
            partner=partner,
            position=position,
            amount=amount,
            added=added,
            exposure=exposure,
            limit=limit,
            headroom=headroom,
            always=document._credit_always_over(),
            today=self.today,
            currency=self.currency,
        )

    def _count(self, case):
        self.used["partner", case.partner.id] += case.added
        if group_id := case.position["group_id"]:
            self.used["group", group_id] += case.added
