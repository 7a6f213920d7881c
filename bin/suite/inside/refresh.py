"""Compute the measures, then run the addons' scheduled actions once.

Run as: python -m suite.inside.refresh DATABASE JOB.json, with `addons`, `new` (those
that show something for the first time) and `log`.
"""

import json
import sys
from pathlib import Path

from odoo.exceptions import UserError, ValidationError

from ..console import say
from .boot import configure, environment
from .showcase import show

MEASURES = "crm_value.ir_cron_refresh"


def main(database, job):
    configure(database, f"--logfile={job['log']}")
    with environment(database) as env:
        if "crm.customer" in env and hasattr(env["crm.customer"], "refresh"):
            env["crm.customer"].refresh()
    with environment(database) as env:
        show(env, job["new"])
    for name in scheduled_actions(database, job["addons"]):
        run_action(database, name)


def scheduled_actions(database, addons):
    """Full names of the addons' scheduled actions, the measures first."""
    with environment(database) as env:
        found = env["ir.model.data"].search(
            [("model", "=", "ir.cron"), ("module", "in", addons)]
        )
        names = sorted(
            found.mapped("complete_name"),
            key=lambda name: (name != MEASURES, addons.index(name.split(".")[0]), name),
        )
    return names


def run_action(database, name):
    """As the scheduler would; what it refuses is said and does not end the demo."""
    try:
        with environment(database) as env:
            action = env.ref(name)
            if action.active:
                action.method_direct_trigger()
    except (UserError, ValidationError) as error:
        say(f"  The scheduled action {name} did not run: {error}")


if __name__ == "__main__":
    main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
