from odoo import api, fields, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # EXTENDS 'base': one customer row survives per company, with all its history
        survivor = dst_partner.commercial_partner_id
        # sudo: whoever may merge contacts need not see the values of all companies
        Customer = self.env["crm.customer"].sudo()
        rows = Customer.search([("partner_id", "in", src_partners.ids)])
        for company, sources in rows.grouped("company_id").items():
            kept = Customer._for_partner(survivor, company)
            self._merge_customers(sources - kept, kept)
        self.env["crm.customer.pending"]._add(src_partners | survivor)
        super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _merge_customers(self, sources, kept):
        """Hand what belongs to the rows ``sources`` over to the row ``kept``."""
        if not sources:
            return
        self.env.flush_all()
        sources._close_stay(fields.Date.context_today(self))
        self._update_foreign_keys_generic("crm.customer", sources, kept)
        self._update_reference_fields_generic("crm.customer", sources, kept)
        sources.unlink()

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        # EXTENDS 'base'
        partners = self.env["res.partner"].browse(partner_ids).exists()
        super()._merge(partner_ids, dst_partner, extra_checks)
        survivors = partners.exists().commercial_partner_id
        if len(survivors) < len(partners):
            self.env["crm.customer"].sudo()._refresh_merged(survivors)
