"""Databases with their filestores: made, copied, dropped, compared."""

import shutil
import subprocess

from .errors import SuiteError

STAGING = "_making"


class Databases:
    """The databases of one checkout on its database server."""

    def __init__(self, odoo):
        self.odoo = odoo

    def query(self, sql, database="postgres"):
        """The rows of a statement, as lists of texts."""
        done = subprocess.run(
            [
                self.odoo.programs / "psql",
                *("-XAtq", "-F", "\x1f", "-v", "ON_ERROR_STOP=1"),
                *("-d", database, "-c", sql),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env=self.odoo.environment(),
        )
        if done.returncode:
            words = " ".join(done.stderr.split())
            raise SuiteError(f"The database server refused: {words}")
        return [line.split("\x1f") for line in done.stdout.splitlines()]

    def exists(self, name):
        return bool(
            self.query(f"SELECT 1 FROM pg_database WHERE datname = {literal(name)}")
        )

    def names(self, prefix):
        rows = self.query(
            "SELECT datname FROM pg_database WHERE starts_with(datname, "
            f"{literal(prefix)}) ORDER BY datname"
        )
        return [name for (name,) in rows]

    def drop(self, name):
        """Drop a database, whoever uses it.

        Not WITH (FORCE): that fails while the server itself vacuums the database.
        Without it the server stops its own work and waits for ours to go.
        """
        self._disconnect(name)
        self.query(f"DROP DATABASE IF EXISTS {identifier(name)}")
        shutil.rmtree(self._filestore(name), ignore_errors=True)

    def create(self, name):
        self.drop(name)
        self.query(
            f"CREATE DATABASE {identifier(name)} TEMPLATE template0 ENCODING 'UTF8'"
        )

    def copy(self, source, target):
        """Make `target` a copy of `source`, files included, all or nothing."""
        staging = target + STAGING
        self.drop(staging)
        self._disconnect(source)
        files = self._filestore(source)
        if files.is_dir():
            shutil.copytree(files, self._filestore(staging))
        self.query(
            f"CREATE DATABASE {identifier(staging)} TEMPLATE {identifier(source)}"
        )
        self.rename(staging, target)

    def rename(self, source, target):
        self.drop(target)
        self._disconnect(source)
        if self._filestore(source).is_dir():
            self._filestore(source).rename(self._filestore(target))
        self.query(
            f"ALTER DATABASE {identifier(source)} RENAME TO {identifier(target)}"
        )

    def _disconnect(self, name):
        self.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = {literal(name)} AND backend_type = 'client backend'"
        )

    def _filestore(self, name):
        return self.odoo.paths.data / "filestore" / name


def identifier(name):
    """
    >>> identifier('de"mo')
    '"de""mo"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    """
    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"
