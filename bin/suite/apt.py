"""A private apt: Debian's packages unpacked below the cache, no root needed."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .download import download
from .errors import SuiteError
from .process import clean_environment, output_of, run_logged

KEYRINGS = (
    "usr/share/keyrings/debian-archive-keyring.gpg",
    "usr/share/keyrings/debian-archive-keyring.pgp",
)
DEBIAN_RELEASES = re.compile(
    r"(sid|unstable|testing|stable|oldstable|oldoldstable|"
    r"bullseye|bookworm|trixie|forky|duke)$"
)
URI_LINE = re.compile(
    r"^'(?P<url>[^']+)' (?P<name>\S+) (?P<size>\d+) SHA256:(?P<sha>\w+)"
)
OTHERWISE = (
    "Name an Odoo 19 server that you have (the directory that holds its odoo package) "
    "in ODOO_SOURCE instead."
)


def mirror_of(targets):
    """The Debian mirror among the machine's own package sources, or None.

    :param targets: lines "release component uri" as apt lists its indexes.
    """
    for line in targets.splitlines():
        release, component, uri = (line.split() + ["", "", ""])[:3]
        if (
            component == "main"
            and DEBIAN_RELEASES.match(release)
            and "security" not in uri
        ):
            return uri
    return None


class PrivateApt:
    """Debian's archive at two releases, in a tree of its own."""

    def __init__(self, directory, log):
        self.directory = directory
        self.log = log
        self.sources = directory / "sources.list"

    @property
    def options(self):
        settings = {
            "Dir::Etc::sourcelist": self.sources,
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State::lists": self.directory / "lists",
            "Dir::State::status": "/dev/null",
            "Dir::Cache": self.directory / "cache",
            "Dir::Cache::pkgcache": "",
            "Dir::Cache::srcpkgcache": "",
            "Debug::NoLocking": "1",
            "APT::Sandbox::User": "",
            "APT::Update::Error-Mode": "any",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
        }
        return [
            part
            for name, value in settings.items()
            for part in ("-o", f"{name}={value}")
        ]

    def prepare(self, releases):
        """Read the archive's signed indexes of these releases."""
        for program in ("apt-get", "apt-cache", "dpkg-deb"):
            if not shutil.which(program):
                raise SuiteError(
                    f"This machine has no {program}, so Odoo 19 cannot be fetched from "
                    f"Debian's archive. {OTHERWISE}"
                )
        for part in ("lists/partial", "cache/archives/partial"):
            (self.directory / part).mkdir(parents=True, exist_ok=True)
        mirror, keyring = self._mirror(), self._keyring()
        self.sources.write_text(
            "".join(
                f"deb [signed-by={keyring}] {mirror} {release} main\n"
                for release in releases
            ),
            encoding="utf-8",
        )
        run_logged(
            ["apt-get", *self.options, "-q", "update"],
            self.log,
            "The index of Debian's archive could not be read: there is no network, or "
            f"the mirror does not have {' and '.join(releases)}. Check the connection "
            f"and run the same command again. {OTHERWISE}",
            env=self._environment(),
        )

    def candidate(self, package):
        """The version of a package that the archive offers now, or None."""
        text = output_of(
            ["apt-cache", *self.options, "policy", package], env=self._environment()
        )
        found = re.search(r"Candidate: (\S+)", text or "")
        return found[1] if found and found[1] != "(none)" else None

    def fetch(self, packages, target):
        """Download packages (`name` or `name/release`); return their files."""
        target.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["apt-get", *self.options, "-qq", "--print-uris", "download", *packages],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd=target,
            env=self._environment(),
        )
        found = [URI_LINE.match(line) for line in done.stdout.splitlines()]
        found = [match for match in found if match]
        if done.returncode or len(found) < len(packages):
            raise SuiteError(
                "Debian's archive does not have all of "
                f"{', '.join(packages)} any more. {OTHERWISE}"
            )
        return [self._fetch_one(match, target) for match in found]

    def _fetch_one(self, match, target):
        path = target / unquote(match["name"])
        if urlsplit(match["url"]).scheme in ("http", "https"):
            download(match["url"], path, int(match["size"]), match["sha"])
            return path
        run_logged(
            ["apt-get", *self.options, "-q", "download", path.name.split("_")[0]],
            self.log,
            f"{path.name} could not be downloaded.",
            cwd=target,
            env=self._environment(),
        )
        return path

    def _mirror(self):
        if os.environ.get("DEBIAN_MIRROR"):
            return os.environ["DEBIAN_MIRROR"]
        mirror = mirror_of(
            output_of(
                [
                    "apt-get",
                    "indextargets",
                    "--format",
                    "$(RELEASE) $(COMPONENT) $(REPO_URI)",
                    "Created-By: Packages",
                ]
            )
            or ""
        )
        if not mirror:
            raise SuiteError(
                "This machine's package sources name no Debian mirror, and Odoo 19 "
                "comes from Debian's archive. Put the address of a Debian mirror into "
                f"DEBIAN_MIRROR and run the same command again. {OTHERWISE}"
            )
        return mirror

    def _keyring(self):
        for root in (Path("/"), self.directory / "keyring"):
            for path in KEYRINGS:
                if (root / path).is_file():
                    return root / path
        return self._fetch_keyring()

    def _fetch_keyring(self):
        """Have it from the machine's own archive (Ubuntu's has it too)."""
        root = self.directory / "keyring"
        root.mkdir(exist_ok=True)
        sentence = (
            "The keys that Debian's archive is signed with are missing. "
            "Install the package debian-archive-keyring."
        )
        run_logged(
            ["apt-get", "-q", "download", "debian-archive-keyring"],
            self.log,
            sentence,
            cwd=root,
        )
        for package in root.glob("*.deb"):
            run_logged(["dpkg-deb", "-x", package, root], self.log, sentence)
        for path in KEYRINGS:
            if (root / path).is_file():
                return root / path
        raise SuiteError(sentence)

    def _environment(self):
        return clean_environment(LC_ALL="C")


def unpack(packages, root, log):
    """Unpack package files into one tree."""
    root.mkdir(parents=True, exist_ok=True)
    for package in packages:
        run_logged(
            ["dpkg-deb", "-x", package, root],
            log,
            f"{package.name} could not be unpacked (is the disk full?).",
        )
