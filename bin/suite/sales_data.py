"""Fetch the wheel that CDNOW's sample is published in."""

import subprocess

from .console import step
from .errors import SuiteError
from .markers import locked
from .process import clean_environment, last_words
from .transactions import WHEEL_LOCK

PATTERN = "[Ll]ifetimes-*.whl"


def sample_wheel(paths, python):
    """The wheel's file, downloaded once and checked against the locked hash."""
    target = paths.downloads / "data"
    with locked(paths.cache / "data.lock"):
        found = sorted(target.glob(PATTERN))
        if not found:
            with step("Fetch the CDNOW sample (inside a package of PyPI)"):
                _download(paths, python, target)
            found = sorted(target.glob(PATTERN))
    return found[0]


def _download(paths, python, target):
    log = paths.logs / "data.log"
    log.unlink(missing_ok=True)
    usual = clean_environment()
    plain = {name: text for name, text in usual.items() if not name.startswith("PIP_")}
    plain["PIP_CONFIG_FILE"] = "/dev/null"
    for environment in (usual, plain):
        with open(log, "ab") as handle:
            failed = subprocess.call(
                [
                    *(str(python), "-m", "pip", "download", "--quiet", "--no-deps"),
                    *("--only-binary", ":all:", "--require-hashes"),
                    *("-r", str(WHEEL_LOCK), "-d", str(target)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=handle,
                env=environment,
            )
        if not failed:
            return
    raise SuiteError(
        "The CDNOW sample could not be downloaded: there is no network, or the package "
        f"is not the one that was locked. {last_words(log)} Run the same command again."
    )
