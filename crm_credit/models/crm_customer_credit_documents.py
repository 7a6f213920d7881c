from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmCustomer(models.Model):
    """From each amount of the position to the documents behind it."""

    _inherit = "crm.customer"

    @api.model
    def credit_documents(self, partner_id, company_id, part):
        """Return the action that opens the documents of one part of the position.

        :param partner_id: the customer
        :param company_id: the company of the position
        :param part: a part of the exposure, ``overdue`` or ``holds``
        """
        partner = self.env["res.partner"].browse(int(partner_id)).exists()
        company = self.env["res.company"].browse(int(company_id)).exists()
        partner.check_access("read")
        opener = self._credit_document_openers().get(part)
        if not (partner and company and opener):
            raise UserError(self.env._("There is nothing to open for this amount."))
        model, customer_path, domain, views = opener
        if not self.env[model].has_access("read"):
            raise UserError(
                self.env._(
                    "You may see the total, but not the documents behind it: ask the "
                    "accounting team."
                )
            )
        # sudo: the branches whose documents count may not all be the user's
        companies = self.sudo()._credit_companies(company.sudo())
        return {
            "type": "ir.actions.act_window",
            "name": partner.commercial_partner_id.display_name,
            "res_model": model,
            "view_mode": "list,form",
            "views": [
                (self.env.ref(views).id if views else False, "list"),
                (False, "form"),
            ],
            "domain": list(
                Domain("company_id", "in", companies.ids)
                & Domain(customer_path, "=", partner.commercial_partner_id.id)
                & domain
            ),
            "context": {"create": False, "active_test": False},
        }

    @api.model
    def _credit_document_openers(self):
        """Return what opens each part: model, customer, domain, list view.

        ``customer`` is the path from a document to its commercial partner. Extend
        the dict.
        """
        customer = "partner_id.commercial_partner_id"
        lines = (
            Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("amount_residual", "!=", 0)
        )
        late = Domain("date_maturity", "<", fields.Date.context_today(self))
        line_view = "crm_credit.account_move_line_view_list_credit"
        unconfirmed = (
            Domain("state", "=", "in_process")
            & Domain("is_matched", "=", False)
            & Domain("payment_type", "=", "inbound")
            & Domain("partner_type", "=", "customer")
        )
        return {
            "receivable": ("account.move.line", customer, lines, line_view),
            "overdue": (
                "account.move.line",
                customer,
                lines & Domain("amount_residual", ">", 0) & late,
                line_view,
            ),
            "drafts": (
                "account.move",
                customer,
                Domain("state", "=", "draft")
                & Domain("move_type", "in", ("out_invoice", "out_receipt")),
                "account.view_out_invoice_tree",
            ),
            "in_transit": ("account.payment", customer, unconfirmed, None),
            "holds": (
                "crm.credit.hold",
                customer,
                Domain("state", "=", "open"),
                None,
            ),
        }
