"""bin/odoo: Odoo's own command line in the project's environment."""

from .console import Output
from .environment import prepared


def main(args):
    Output.to_errors = True
    with prepared(quiet=True) as environment:
        return environment.odoo.call(environment.odoo.command(*args))
