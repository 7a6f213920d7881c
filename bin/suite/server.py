"""Odoo as a program: its configuration, its command line, a free port."""

import os
import signal
import socket
import subprocess
import sys

from .errors import SuiteError
from .markers import write_atomically
from .process import clean_environment

HERE = os.path.dirname(os.path.abspath(__file__))


class Odoo:
    """Runs Odoo of `source` with the Python of `virtualenv` on a database server."""

    def __init__(self, paths, source, virtualenv, database_server):
        self.paths = paths
        self.source = source
        self.python = virtualenv / "bin" / "python"
        self.programs = database_server.programs
        self.database_server = database_server
        self.config = paths.state / "odoo.conf"

    def write_config(self):
        folders = [*self.source.addons[1:], self.paths.checkout]
        settings = {
            "addons_path": ",".join(str(folder) for folder in folders),
            "data_dir": str(self.paths.data),
            "http_interface": "127.0.0.1",
            "admin_passwd": "admin",
            "max_cron_threads": "1",
            **self.database_server.settings(),
        }
        lines = [f"{name} = {value}" for name, value in settings.items()]
        write_atomically(self.config, "\n".join(["[options]", *lines, ""]))

    def environment(self, **changes):
        """The variables every program of the project runs with."""
        path = f"{self.python.parent}{os.pathsep}{self.programs}"
        variables = {
            **self.database_server.environment(),
            "PATH": f"{path}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONPATH": f"{self.source.path}{os.pathsep}{os.path.dirname(HERE)}",
            "ODOO_RC": str(self.config),
            **changes,
        }
        return clean_environment(**variables)

    def command(self, *args):
        return [str(self.python), "-m", "odoo", *(str(arg) for arg in args)]

    def inside(self, program, *args):
        """The command line of one of the programs in `inside/`."""
        return [
            str(self.python),
            "-m",
            f"suite.inside.{program}",
            *(str(arg) for arg in args),
        ]

    def call(self, command, **options):
        """Run a program to its end, handing it the signals meant for this one."""
        child = subprocess.Popen(command, env=self.environment(), **options)
        previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_args: child.terminate())
        try:
            return child.wait()
        finally:
            signal.signal(signal.SIGINT, previous)
            signal.signal(signal.SIGTERM, signal.default_int_handler)


def port_is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def require_port(port):
    """Say before the long work, not after it, that the port is taken."""
    if not port_is_free(port):
        raise SuiteError(
            f"Port {port} is taken by another program. Stop that one, or choose "
            f"another port: {sys.argv[0]} --port {port + 1}"
        )


def free_port():
    """A port nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
