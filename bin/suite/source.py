"""Which Odoo 19 server is used: one that is here, else Debian's."""

import importlib.util
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from .apt import OTHERWISE, PrivateApt, unpack
from .console import step
from .errors import SuiteError
from .markers import locked

SERIES = 19
PACKAGE = "odoo-19"
VERSION = "19.0.0+dfsg-1"
# What the links in Debian's package point to; two fonts have moved since bookworm.
COMPANIONS = (
    "fonts-font-awesome/bookworm",
    "fonts-glyphicons-halflings",
    "fonts-inconsolata/bookworm",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
RELEASES = ("sid", "bookworm")
# Left out of Debian's package for its licence, but named by a bundle of web scripts.
ABSENT_SCRIPT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
NEEDED_BYTES = 3_000_000_000


@dataclass(frozen=True)
class OdooSource:
    """`path` holds the package odoo; `addons` are its folders of addons."""

    path: Path
    origin: str

    @property
    def addons(self):
        folders = [self.path / "odoo" / "addons", self.path / "addons"]
        return [folder for folder in folders if folder.is_dir()]


def series_of(package):
    """The series of an odoo package, by its release file; None if it is none."""
    try:
        text = (package / "release.py").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"^version_info = \((\d+)", text, re.M)
    return int(found[1]) if found else None


def named_source(name):
    """The server that ODOO_SOURCE names."""
    given = Path(name).expanduser().absolute()
    for path in (given, given.parent):
        series = series_of(path / "odoo")
        if series == SERIES:
            return OdooSource(path, f"ODOO_SOURCE ({path})")
        if series:
            raise SuiteError(
                f"ODOO_SOURCE names Odoo {series} ({path}), but these addons are for "
                f"Odoo {SERIES}. Name an Odoo {SERIES}, or unset ODOO_SOURCE."
            )
    raise SuiteError(
        f"ODOO_SOURCE names {given}, which holds no odoo package. Name the directory "
        "that holds the folder odoo with its release.py, or unset ODOO_SOURCE."
    )


def importable_source():
    """The server that this Python can import, if it is an Odoo 19."""
    spec = importlib.util.find_spec("odoo")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if series_of(Path(folder)) == SERIES:
            path = Path(folder).parent
            return OdooSource(path, f"the Odoo {SERIES} of this Python ({path})")
    return None


def debian_source(paths):
    """Debian's odoo-19, fetched and unpacked once."""
    wanted = os.environ.get("CRM_SUITE_ODOO_VERSION") or VERSION
    root = paths.cache / f"odoo-{wanted}"
    with locked(paths.cache / "odoo.lock"):
        if not root.is_dir():
            with step(f"Fetch Odoo {wanted} from Debian's archive"):
                _fetch(paths, wanted, root)
    return OdooSource(
        root / "usr/lib/python3/dist-packages", f"Debian's {PACKAGE} {wanted}"
    )


def find_source(paths):
    if os.environ.get("ODOO_SOURCE"):
        return named_source(os.environ["ODOO_SOURCE"])
    return importable_source() or debian_source(paths)


def _fetch(paths, wanted, root):
    _require_space(paths.cache)
    log = paths.logs / "apt.log"
    log.unlink(missing_ok=True)
    apt = PrivateApt(paths.cache / "apt", log)
    apt.prepare(RELEASES)
    offered = apt.candidate(PACKAGE)
    if offered != wanted:
        raise SuiteError(_version_sentence(wanted, offered))
    packages = apt.fetch([PACKAGE, *COMPANIONS], paths.downloads)
    for leftover in paths.cache.glob("odoo-*.unpacking"):
        shutil.rmtree(leftover)
    unpacking = root.with_name(root.name + ".unpacking")
    unpack(packages, unpacking, log)
    _complete(unpacking)
    unpacking.rename(root)
    for package in packages:
        package.unlink()


def _version_sentence(wanted, offered):
    if not offered:
        return f"Debian's archive has no package {PACKAGE} now. {OTHERWISE}"
    return (
        f"Debian's archive offers {PACKAGE} {offered} now, but the addons are tested "
        f"with {wanted}. To try the newer one, run the same command with "
        f"CRM_SUITE_ODOO_VERSION={offered} in the environment. {OTHERWISE}"
    )


def _require_space(path):
    free = shutil.disk_usage(path).free
    if free < NEEDED_BYTES:
        raise SuiteError(
            f"The disk has {free / 1e9:.1f} GB free at {path}, and Odoo, Python and "
            f"the database need {NEEDED_BYTES / 1e9:.0f} GB. Free some space, or name "
            "a directory with room in CRM_SUITE_CACHE, and run the same command again."
        )


def _complete(root):
    """Add the script Debian left out; make sure every link leads somewhere."""
    script = root / "usr/lib/python3/dist-packages/odoo/addons" / ABSENT_SCRIPT
    script.parent.mkdir(parents=True, exist_ok=True)
    script.touch()
    lost = [
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_symlink() and not path.exists()
    ]
    if lost:
        raise SuiteError(
            f"Debian's packages have changed: {len(lost)} files that Odoo uses are "
            f"missing, the first is {lost[0]}. {OTHERWISE}"
        )
