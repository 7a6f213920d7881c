"""Uninstall addons one after the other: python -m suite.inside.uninstall DB NAME…"""

import logging
import sys

from .boot import configure, environment

_logger = logging.getLogger(__name__)


def main(database, names):
    configure(database)
    for name in names:
        _logger.info("Uninstalling %s", name)
        with environment(database) as env:
            module = env["ir.module.module"].search(
                [("name", "=", name), ("state", "=", "installed")]
            )
            module.button_immediate_uninstall()
        with environment(database) as env:
            report_remains(env, name)


def report_remains(env, name):
    """Log what an uninstalled addon should have taken with it."""
    module = env["ir.module.module"].search([("name", "=", name)])
    if module.state != "uninstalled":
        _logger.error("%s is %s after its uninstallation", name, module.state)
    remains = env["ir.model.data"].search_count([("module", "=", name)])
    if remains:
        _logger.error("%s left %s records behind", name, remains)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
