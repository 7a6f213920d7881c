from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerPending(models.Model):
    """A partner whose documents changed in a way the documents no longer show.

    A posted invoice that is reset, a merge, a new parent: the next refresh could not
    find the customer that lost something. Rows are only added, so no one waits, and
    the refresh that has counted the customer removes them.
    """

    _name = "crm.customer.pending"
    _description = "Customer to Measure Again"
    _log_access = False

    # No foreign key: the partner may be gone before the refresh comes.
    partner_key = fields.Integer(required=True, readonly=True)

    @api.model
    def _add(self, partners):
        """Note ``partners`` for the next refresh of every company."""
        if partners:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_customer_pending (partner_key) SELECT unnest(%s)",
                    partners.ids,
                )
            )

    @api.model
    def _keys(self):
        """Return ids of the rows waiting and of the partners they name."""
        rows = self.env.execute_query(
            SQL("SELECT id, partner_key FROM crm_customer_pending")
        )
        return [row[0] for row in rows], {row[1] for row in rows}

    @api.model
    def _remove(self, row_ids):
        """Forget rows whose customers every company has counted."""
        if row_ids:
            self.env.cr.execute(
                SQL("DELETE FROM crm_customer_pending WHERE id = ANY(%s)", row_ids)
            )
