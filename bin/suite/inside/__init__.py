"""Programs that run inside an Odoo process of the project."""

import odoo.init  # sets up the namespace `odoo` as Odoo's own command line does
