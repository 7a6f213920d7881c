"""The demo database: made once, kept as a template, copied, kept up to date."""

import hashlib
import json
import subprocess

from .addons import COMPANIONS, discover, foreign_depends
from .console import say, step
from .errors import SuiteError
from .markers import locked, read_state, save_state, write_atomically
from .process import last_words, run_logged
from .sales_data import sample_wheel
from .transactions import digest, read_csv

DEMO = "demo"
TEMPLATE = "demo_template"
MAKING = "demo_making"
# 590 of CDNOW's 2,357 customers: enough to see every tier, few enough to wait for.
EVERY_NTH = 4


class DemoDatabase:
    """What bin/demo serves, and the steps that lead there, each done once."""

    def __init__(self, environment, options, today):
        self.environment = environment
        self.paths = environment.paths
        self.databases = environment.databases
        self.odoo = environment.odoo
        self.options = options
        self.today = today
        self.addons = discover(self.paths.checkout)
        self.book = self.paths.state / "demo.json"
        self.log = self.paths.logs / "demo.log"

    def prepare(self):
        """Leave a database `demo` that fits the options and the addons as they are."""
        with locked(self.paths.state / "demo.lock"):
            state = read_state(self.book)
            if self.options.reset:
                self.databases.drop(DEMO)
            if self.databases.exists(DEMO):
                self._require_same_data(state.get(DEMO, {}))
            else:
                self._copy_template(state)
            self._keep_up_to_date(DEMO)
            self._set_language()

    def _copy_template(self, state):
        data = self._wanted_data() or state.get(TEMPLATE, {}).get("data")
        data = data or self._default_data()
        if state.get(TEMPLATE, {}).get("data") != data:
            self.databases.drop(TEMPLATE)
        if not self.databases.exists(TEMPLATE):
            self._make_template(data)
        with step("Copy the prepared database"):
            self.databases.copy(TEMPLATE, DEMO)
            self._note(DEMO, **read_state(self.book)[TEMPLATE])

    def _make_template(self, data):
        """Every step is kept once it is done, so an interrupted run carries on."""
        state = read_state(self.book).get(MAKING, {})
        if state.get("data") != data or not self.databases.exists(MAKING):
            with step("Install Odoo's own apps (a few minutes, once)"):
                template = self.environment.templates.get(
                    [*foreign_depends(self.addons, self.addons), *COMPANIONS]
                )
                self.databases.copy(template, MAKING)
            self._note(MAKING, data=data, today=str(self.today), fingerprint="")
        self._keep_up_to_date(MAKING)
        job = {**data, "today": read_state(self.book)[MAKING]["today"]}
        if job["source"] == "cdnow":
            job["file"] = str(sample_wheel(self.paths, self.odoo.python))
        with step("Prepare the company and its users"):
            self._inside("prepare_company", MAKING, {})
        with step("Load customers, invoices and payments"):
            self._inside("load_sales", MAKING, job)
        with step("Compute the measures and run the scheduled actions"):
            self._refresh(MAKING, self.addons)
        self.databases.rename(MAKING, TEMPLATE)
        self._note(TEMPLATE, **read_state(self.book)[MAKING])

    def _keep_up_to_date(self, database):
        """Install what is new and upgrade what has changed since the last start."""
        fingerprint = fingerprint_of(self.addons)
        known = read_state(self.book).get(database, {}).get("fingerprint")
        if known == fingerprint:
            return
        installed = {
            name
            for (name,) in self.databases.query(
                "SELECT name FROM ir_module_module WHERE state = 'installed'", database
            )
        }
        new = [name for name in self.addons if name not in installed]
        old = [name for name in self.addons if name in installed]
        with step(f"Install {', '.join(new)}" if new else "Upgrade the changed addons"):
            self._install(database, new, old)
        if database == DEMO:
            with step("Compute the measures again"):
                self._inside("prepare_company", database, {"lang": self._language()})
                self._refresh(database, new)
        self._note(database, fingerprint=fingerprint)

    def _install(self, database, new, old):
        options = []
        if new:
            options += ["-i", ",".join(new)]
        if old:
            options += ["-u", ",".join(old)]
        self.log.unlink(missing_ok=True)
        run_logged(
            self.odoo.command(
                *("server", "-d", database, "--stop-after-init", "--no-http"),
                *("--max-cron-threads=0", *options),
            ),
            self.log,
            "Odoo could not install the addons.",
            env=self.odoo.environment(),
        )

    def _refresh(self, database, new):
        """Measure everyone; what new addons show besides sales comes with it."""
        job = {"addons": list(self.addons), "new": list(new)}
        self._inside("refresh", database, job)

    def _set_language(self):
        code = self.options.lang
        if code and code != self._language():
            with step(f"Switch to {code}"):
                self._inside("prepare_company", DEMO, {"lang": code})
            self._note(DEMO, lang=code)

    def _language(self):
        return read_state(self.book).get(DEMO, {}).get("lang", "en_US")

    def _inside(self, program, database, job):
        path = self.paths.state / f"job-{program}.json"
        log = self.paths.logs / f"demo-{program}.log"
        log.unlink(missing_ok=True)
        write_atomically(path, json.dumps({**job, "log": str(log)}))
        with open(log, "ab") as errors:
            command = self.odoo.inside(program, database, path)
            failed = self.odoo.call(command, stdin=subprocess.DEVNULL, stderr=errors)
        if failed:
            raise SuiteError(
                f"The step stopped: {last_words(log)} "
                "Run the same command again and it carries on there."
            )

    def _default_data(self):
        return {"source": "cdnow", "file": "", "step": EVERY_NTH}

    def _wanted_data(self):
        """The data that the options ask for; None if they do not say."""
        if self.options.transactions:
            path = self.options.transactions.expanduser().absolute()
            read_csv(path)
            return {"source": "csv", "file": str(path), "step": 1, "sha": digest(path)}
        if self.options.full:
            return {**self._default_data(), "step": 1}
        return None

    def _require_same_data(self, state):
        wanted = self._wanted_data()
        if wanted and wanted != state.get("data"):
            raise SuiteError(
                "The demo database holds other customers than these options ask for. "
                "Add --reset to replace it."
            )
        if not wanted and not state:
            say("  The database demo was not made by this command; it is served as is.")

    def _note(self, database, **facts):
        state = read_state(self.book)
        state[database] = {**state.get(database, {}), **facts}
        save_state(self.book, state)


def fingerprint_of(addons):
    """Changes with any file of any addon that an upgrade could load."""
    sum_of_all = hashlib.sha256()
    for addon in addons.values():
        for path in sorted(addon.path.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                relative = path.relative_to(addon.path)
                if relative.parts[0] in ("tests", "readme"):
                    continue
                sum_of_all.update(f"{addon.name}/{relative}\n".encode())
                sum_of_all.update(path.read_bytes())
    return sum_of_all.hexdigest()
