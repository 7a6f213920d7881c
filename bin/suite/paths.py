"""Where everything is kept: one private cache, and a part of it per checkout."""

import hashlib
import os
import pwd
import re
import tempfile
from pathlib import Path

from .errors import SuiteError

NAME = "crm-suite"
CHECKOUT = Path(__file__).resolve().parents[2]


def cache_candidates(environ, user_id):
    """Directories that may hold the cache, the preferred one first.

    PostgreSQL never runs as root: started by root it runs as another user, who
    cannot reach root's home. So root's cache lies in the system's place for caches.
    """
    if environ.get("CRM_SUITE_CACHE"):
        return [Path(environ["CRM_SUITE_CACHE"]).expanduser().absolute()]
    candidates = []
    if user_id == 0:
        candidates.append(Path("/var/cache") / NAME)
    else:
        if environ.get("XDG_CACHE_HOME"):
            candidates.append(Path(environ["XDG_CACHE_HOME"]) / NAME)
        home = environ.get("HOME") or _home_of(user_id)
        if home:
            candidates.append(Path(home) / ".cache" / NAME)
    candidates.append(Path("/var/tmp") / f"{NAME}-{user_id}")
    return [path for path in candidates if path.is_absolute()]


def _home_of(user_id):
    try:
        return pwd.getpwuid(user_id).pw_dir
    except KeyError:
        return None


def cache_directory():
    """The first candidate that can be made and written."""
    refused = []
    user_id = os.geteuid()
    for path in cache_candidates(os.environ, user_id):
        try:
            path.mkdir(mode=0o755, parents=True, exist_ok=True)
            if path.stat().st_uid != user_id:
                raise PermissionError(f"{path} belongs to another user")
            with tempfile.TemporaryFile(dir=path):
                pass
        except OSError as error:
            refused.append(f"{path}: {error.strerror or error}")
            continue
        return path
    raise SuiteError(
        "No directory for the cache could be written ("
        + "; ".join(refused)
        + "). Name one of your own in CRM_SUITE_CACHE."
    )


def checkout_key(checkout):
    """A readable name that differs for every checkout on this machine."""
    digest = hashlib.sha256(str(checkout).encode()).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', checkout.name) or 'checkout'}-{digest}"


class Paths:
    """Shared: downloads, Odoo and Python. The checkout's own: databases and logs."""

    def __init__(self, cache=None, checkout=CHECKOUT):
        self.cache = cache or cache_directory()
        self.checkout = checkout
        self.downloads = self.cache / "downloads"
        self.state = self.cache / "checkouts" / checkout_key(checkout)
        self.data = self.state / "data"
        self.logs = self.state / "logs"
        self.cluster = self.state / "postgresql"
        for path in (self.downloads, self.data, self.logs):
            path.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
