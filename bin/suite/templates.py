"""Databases with a set of Odoo's own addons, made once and copied ever after."""

import hashlib
import threading

from .errors import SuiteError
from .markers import locked, read_state, save_state
from .process import run_logged

PREFIX = "template_"


def template_name(version, modules):
    """The same addons of the same server give the same name."""
    text = f"{version}:{','.join(sorted(modules))}"
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()[:12]


class Templates:
    """Each is built from the largest one that is part of it."""

    def __init__(self, paths, odoo, databases):
        self.paths = paths
        self.odoo = odoo
        self.databases = databases
        self.book = paths.state / "templates.json"
        self.thread_lock = threading.Lock()

    def get(self, modules):
        """The name of a database with these addons and what they bring."""
        modules = sorted(set(modules))
        name = template_name(self.odoo.source.origin, modules)
        with locked(self.paths.state / f"{name}.lock"):
            if not self.databases.exists(name):
                self._build(name, modules)
        return name

    def _build(self, name, modules):
        making = f"{name}_making"
        base = self._largest_part(modules)
        if base:
            self.databases.copy(base, making)
        else:
            self.databases.create(making)
        log = self.paths.logs / f"{name}.log"
        log.unlink(missing_ok=True)
        run_logged(
            self.odoo.command(
                *("server", "-d", making, "-i", ",".join(modules)),
                *("--stop-after-init", "--no-http", "--max-cron-threads=0"),
            ),
            log,
            f"Odoo could not install {', '.join(modules)}.",
            env=self.odoo.environment(),
        )
        self._require_installed(making, modules, log)
        self.databases.rename(making, name)
        with self.thread_lock, locked(self.paths.state / "templates.lock"):
            save_state(self.book, {**read_state(self.book), name: modules})

    def _largest_part(self, modules):
        """The known template with the most of these addons and no other."""
        known = [
            (len(part), name)
            for name, part in read_state(self.book).items()
            if set(part) < set(modules)
            and name == template_name(self.odoo.source.origin, part)
            and self.databases.exists(name)
        ]
        return max(known)[1] if known else None

    def _require_installed(self, database, modules, log):
        rows = self.databases.query(
            "SELECT name FROM ir_module_module WHERE state = 'installed'", database
        )
        missing = set(modules) - {name for (name,) in rows}
        if missing:
            raise SuiteError(
                f"Odoo did not install {', '.join(sorted(missing))} (see {log})."
            )
