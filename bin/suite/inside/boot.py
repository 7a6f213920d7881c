"""Start Odoo's registry on a database, as Odoo's own command line does."""

from contextlib import contextmanager

import odoo.api
import odoo.modules.registry
from odoo import SUPERUSER_ID
from odoo.tools import config


def configure(database, *options):
    """Read the configuration that ODOO_RC names, for one database."""
    config.parse_config(
        ["-d", database, "--no-http", "--max-cron-threads=0", *options],
        setup_logging=True,
    )


@contextmanager
def environment(database, **context):
    """An environment of the superuser; committed if nothing went wrong."""
    registry = odoo.modules.registry.Registry(database)
    with registry.cursor() as cursor:
        yield odoo.api.Environment(cursor, SUPERUSER_ID, context)
