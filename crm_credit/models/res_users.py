from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _credit_colleagues(self, author):
        """Return the people among these users who should hear of it from ``author``."""
        return self.filtered(
            lambda user: (
                user.active
                and not user.share
                and user != author
                and user != self.env.ref("base.user_root")
            )
        )
