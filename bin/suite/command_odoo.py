"""bin/odoo: Odoo's own command line in the project's environment."""

from .environment import prepared


def main(args):
    with prepared(quiet=True) as environment:
        return environment.odoo.call(environment.odoo.command(*args))
