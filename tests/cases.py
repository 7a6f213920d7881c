"""Base classes for top-level tests that run in an Odoo process."""

from odoo.tests.common import HttpCase, TransactionCase


class TopLevelCase(TransactionCase):
    """Odoo fills these in only for classes below odoo.addons."""

    test_tags = {"standard", "post_install"}
    test_module = "tests"
    test_class = "TopLevelCase"


class TopLevelHttpCase(HttpCase):
    """The same for tests that answer requests."""

    test_tags = {"standard", "post_install"}
    test_module = "tests"
    test_class = "TopLevelHttpCase"
