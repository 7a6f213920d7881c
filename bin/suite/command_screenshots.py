"""bin/screenshots: pictures of the running demo, for the README."""

from .browsing import find_browser
from .demo_database import DEMO
from .environment import prepared
from .errors import SuiteError


def main(args):
    if args:
        raise SuiteError("bin/screenshots takes no options; it writes docs/images/.")
    path = find_browser()
    if not path:
        raise SuiteError("Screenshots need a browser: apt-get install chromium")
    with prepared() as environment:
        if not environment.databases.exists(DEMO):
            raise SuiteError("There is no demo database yet: run bin/demo --no-serve")
        target = environment.paths.checkout / "docs" / "images"
        target.mkdir(parents=True, exist_ok=True)
        log = environment.paths.logs / "screenshots.log"
        return environment.odoo.call(
            environment.odoo.inside("screenshots", DEMO, path, target, log)
        )
