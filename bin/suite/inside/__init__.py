"""Programs that run inside an Odoo process of the project."""
