"""bin/i18n: bring the translation files up to date with the texts of the addons."""

import argparse

from . import addons as addon_files
from .console import step
from .environment import prepared
from .process import run_logged

DATABASE = "translate"


def main(args):
    argparse.ArgumentParser(
        prog="bin/i18n",
        description="Write each addon's .pot from its texts and merge it into its "
        "zh_CN.po: what is new stands there empty, what is gone goes.",
    ).parse_args(args)
    with prepared() as environment:
        addons = addon_files.discover(environment.paths.checkout)
        name = f"{DATABASE}_{environment.paths.checkout.name}"
        needed = {*addon_files.foreign_depends(addons, addons), *addon_files.COMPANIONS}
        with step("Install the addons"):
            install(environment, name, needed, addons)
        with step("Export the texts and merge the translations"):
            export(environment, name, addons)
        environment.databases.drop(name)


def install(environment, name, needed, addons):
    environment.databases.copy(environment.templates.get(needed), name)
    run(
        environment,
        environment.odoo.command(
            *("server", "-d", name, "-i", ",".join(addons)),
            *("--stop-after-init", "--no-http", "--max-cron-threads=0"),
        ),
        "Odoo could not install the addons.",
    )


def export(environment, name, addons):
    run(
        environment,
        environment.odoo.command("i18n", "export", "-d", name, *addons),
        "Odoo could not export the texts.",
    )
    folders = [addon.path / "i18n" for addon in addons.values()]
    environment.odoo.call(environment.odoo.inside("translations", *folders))


def run(environment, command, failure):
    run_logged(
        command,
        environment.paths.logs / "i18n.log",
        failure,
        env=environment.odoo.environment(),
    )
