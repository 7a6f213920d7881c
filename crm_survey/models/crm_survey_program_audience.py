import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmSurveyProgram(models.Model):
    """Which customers a programme is for, and which of their contacts."""

    _inherit = "crm.survey.program"

    customer_domain = fields.Char(
        string="Customers",
        default="[]",
        help="Only these customers are asked. Empty is every customer.",
    )
    tier_ids = fields.Many2many(
        "crm.value.tier",
        string="Tiers",
        help="Only customers of these tiers are asked. Empty is every tier.",
    )
    stage_ids = fields.Many2many(
        "crm.lifecycle.stage",
        string="Stages",
        help="Only customers in these stages are asked. Empty is every stage.",
    )
    contact_role = fields.Selection(
        [
            ("document", "Contact on the document"),
            ("account", "The customer itself"),
            ("invoice", "Invoice contact"),
            ("delivery", "Delivery contact"),
            ("function", "Contacts with a job position"),
            ("all", "All contacts"),
        ],
        required=True,
        default="document",
        help="Who is asked at a customer. Where there is no invoice or delivery "
        "contact, or no document, the customer itself is asked.",
    )
    contact_function = fields.Char(
        string="Job Position",
        help="Contacts whose job position contains this text are asked.",
    )

    @api.constrains("customer_domain")
    def _check_customer_domain(self):
        for program in self:
            program._check_domain(program.customer_domain, "crm.customer")

    @api.constrains("contact_role", "contact_function")
    def _check_contact_function(self):
        for program in self:
            has_text = (program.contact_function or "").strip()
            if program.contact_role == "function" and not has_text:
                raise ValidationError(
                    self.env._("Say which job position the contacts must have.")
                )

    def _check_domain(self, text, model):
        try:
            # sudo: only whether the search can be built is wanted
            self.env[model].sudo().search(self._domain(text), limit=1)
        except (ValueError, TypeError, SyntaxError, KeyError) as error:
            raise ValidationError(
                self.env._(
                    "The filter %(domain)s cannot be used: %(error)s",
                    domain=text,
                    error=error,
                )
            ) from error

    @api.model
    def _domain(self, text):
        """Return the search domain written in ``text``."""
        return Domain(ast.literal_eval(text.strip()) if (text or "").strip() else [])

    def _customer_domain(self):
        """Return the domain on ``crm.customer`` of the whole audience."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        if self.tier_ids:
            domain &= Domain("tier_id", "in", self.tier_ids.ids)
        if self.stage_ids:
            domain &= Domain("stage_id", "in", self.stage_ids.ids)
        return domain & self._domain(self.customer_domain)

    def _accounts_sql(self) -> SQL:
        """Return a query of the accounts (commercial partners) of the audience."""
        # sudo: the programme asks on behalf of the company, not of its reader
        query = self.env["crm.customer"].sudo()._search(self._customer_domain())
        return query.subselect(SQL("%s.partner_id", SQL.identifier("crm_customer")))

    def _is_for_everyone(self):
        self.ensure_one()
        is_narrowed = self.tier_ids or self.stage_ids
        return not is_narrowed and self._domain(self.customer_domain).is_true()

    def _fetch_contact_rows_of(self, accounts):
        """Return (contact, account, found) of the records ``accounts``."""
        return self._fetch_contact_rows(SQL("%s", tuple(accounts.ids)))

    def _fetch_contact_rows(self, accounts: SQL):
        """Return (contact, account, found) of each account by the contact role.

        ``accounts`` is a query of account ids. ``found`` is false where no contact
        has the role; the account then stands in for it. SQL, because the contacts
        of all accounts are found in one pass.
        """
        self.ensure_one()
        self.env["res.partner"].flush_model()
        is_optional = self.contact_role not in ("function", "all")
        return self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(contact.id, account.id),
                       account.id,
                       contact.id IS NOT NULL OR %(is_optional)s
                  FROM res_partner AS account
             LEFT JOIN LATERAL (
                       SELECT partner.id
                         FROM res_partner AS partner
                        WHERE partner.commercial_partner_id = account.id
                          AND partner.active
                          AND (%(role)s)
                     ORDER BY partner.id
                        LIMIT %(limit)s
                       ) AS contact
                    ON TRUE
                 WHERE account.id IN %(accounts)s
                   AND account.active
              ORDER BY account.id, contact.id
                """,
                accounts=accounts,
                is_optional=is_optional,
                limit=SQL("1") if is_optional else SQL("NULL"),
                role=self._contact_role_sql(),
            )
        )

    def _contact_role_sql(self) -> SQL:
        """Return the condition on ``partner`` of the contacts to ask."""
        if self.contact_role in ("invoice", "delivery"):
            return SQL("partner.type = %s", self.contact_role)
        if self.contact_role == "function":
            pattern = self.contact_function.strip()
            for special in ("\\", "%", "_"):
                pattern = pattern.replace(special, "\\" + special)
            return SQL("partner.function ILIKE %s", f"%{pattern}%")
        if self.contact_role == "all":
            return SQL("partner.id = account.id OR partner.type = 'contact'")
        return SQL("partner.id = account.id")
