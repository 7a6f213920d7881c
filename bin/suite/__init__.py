"""What bin/demo, bin/odoo and bin/test share: getting and running Odoo 19.

Everything up to `environment` runs on the machine's own Python with the standard
library alone; what lies in `inside/` runs in the project's virtual environment,
within an Odoo process.
"""
