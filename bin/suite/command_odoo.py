"""bin/odoo: Odoo's own command line in the project's environment."""

import sys

from .console import Output
from .environment import prepared


def main(args):
    Output.stream = sys.stderr
    with prepared(quiet=True) as environment:
        return environment.odoo.call(environment.odoo.command(*args))
