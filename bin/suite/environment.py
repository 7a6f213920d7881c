"""Everything made ready: Odoo, Python, database server."""

import os
from contextlib import contextmanager

from . import source, virtualenv
from .console import say, step
from .database import Databases
from .paths import Paths
from .postgres import database_server
from .server import Odoo
from .templates import Templates


class Environment:
    """What a command works with once the set-up is done."""

    def __init__(self, paths, odoo):
        self.paths = paths
        self.odoo = odoo
        self.databases = Databases(odoo)
        self.templates = Templates(paths, odoo, self.databases)


@contextmanager
def prepared(quiet=False):
    """Set up what is missing, start the database server, hand over the environment."""
    paths = Paths()
    odoo_source = source.find_source(paths)
    python = virtualenv.environment(paths)
    server = database_server(paths, python, os.environ)
    if quiet:
        server.__enter__()
    else:
        say(f"Odoo: {odoo_source.origin}")
        with step(f"Start {server.origin}"):
            server.__enter__()
    try:
        odoo = Odoo(paths, odoo_source, python, server)
        odoo.write_config()
        yield Environment(paths, odoo)
    finally:
        server.__exit__(None, None, None)
