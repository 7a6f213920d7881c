"""The project's own Python environment, from the lock file with hashes, by uv."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .apt import PrivateApt, unpack
from .console import step
from .errors import SuiteError
from .markers import locked
from .process import clean_environment, last_words, output_of, run_logged

HERE = Path(__file__).parent
UV_LOCK = HERE / "requirements-uv.txt"
CONTINUE = "Run the same command again once the network is there; it carries on."


def key_of(lock_text, version):
    """Another lock file or another Python is another environment."""
    return hashlib.sha256(f"{version}\n{lock_text}".encode()).hexdigest()[:12]


def environment(paths):
    """The directory of the finished virtual environment."""
    lock = paths.checkout / "requirements.txt"
    version = "{}.{}".format(*sys.version_info[:2])
    text = lock.read_text(encoding="utf-8")
    target = paths.cache / f"python-{version}-{key_of(text, version)}"
    with locked(paths.cache / "python.lock"):
        if not (target / "complete").exists():
            with step(f"Install the Python packages for Python {version}"):
                _build(paths, lock, target)
            (target / "complete").touch()
    return target


def _build(paths, lock, target):
    shutil.rmtree(target, ignore_errors=True)
    log = paths.logs / "python.log"
    log.unlink(missing_ok=True)
    uv = _uv(paths, log)
    env = _uv_environment(paths)
    run_logged(
        [uv, "venv", "--no-project", "--python", sys.executable, target],
        log,
        f"The virtual environment {target} could not be made.",
        env=env,
    )
    python = target / "bin" / "python"
    command = [
        *(uv, "pip", "install", "--python", python),
        *("--require-hashes", "--no-deps", "-r", lock),
    ]
    if sys.stdout.isatty():
        failed = subprocess.call([str(part) for part in command], env=env)
    else:
        with open(log, "ab") as handle:
            failed = subprocess.call(
                [str(part) for part in command], env=env, stdout=handle, stderr=handle
            )
    if failed:
        raise SuiteError(
            "The Python packages could not be installed. "
            + (f"The installer said: {last_words(log)} " if log.exists() else "")
            + CONTINUE
        )


def _uv_environment(paths):
    """uv with the machine's own package index, where pip is told of one."""
    env = clean_environment(
        UV_CACHE_DIR=str(paths.cache / "uv"), UV_PYTHON_DOWNLOADS="never"
    )
    index = env.get("PIP_INDEX_URL") or _pip_setting("global.index-url")
    if index and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & env.keys():
        env["UV_DEFAULT_INDEX"] = index
    certificate = env.get("PIP_CERT")
    if certificate and "SSL_CERT_FILE" not in env:
        env["SSL_CERT_FILE"] = certificate
    return env


def _pip_setting(name):
    return (
        output_of([sys.executable, "-m", "pip", "config", "get", name]) or ""
    ).strip()


def _uv(paths, log):
    """uv itself: the locked version, by whatever pip there is."""
    digest = hashlib.sha256(UV_LOCK.read_bytes()).hexdigest()[:12]
    target = paths.cache / f"uv-{digest}"
    if (target / "complete").exists():
        return target / "bin" / "uv"
    for pip, env in _pips(paths, log):
        shutil.rmtree(target, ignore_errors=True)
        install = ["install", "--no-deps", "--require-hashes", "--target", target]
        with open(log, "ab") as handle:
            failed = subprocess.call(
                [str(part) for part in (*pip, *install, "-r", UV_LOCK)],
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=handle,
                env=env,
            )
        if not failed:
            (target / "complete").touch()
            return target / "bin" / "uv"
    installed = shutil.which("uv")
    if installed:
        return installed
    raise SuiteError(
        "The installer of Python packages could not be downloaded: there is no "
        f"network, or this Python has no pip. {last_words(log)} {CONTINUE}"
    )


def _pips(paths, log):
    """Ways to run pip, one after the other; the later are for barer machines."""
    usual = clean_environment(PIP_USER="0")
    plain = {
        name: value for name, value in usual.items() if not name.startswith("PIP_")
    }
    plain.update(PIP_CONFIG_FILE=os.devnull, PIP_USER="0")
    own = (sys.executable, "-m", "pip")
    log.touch()
    if output_of([*own, "--version"]):
        yield own, usual
        yield own, plain
    bundled = paths.cache / "pip-bundled"
    if _make_bundled(bundled, log):
        yield (bundled / "bin" / "python", "-m", "pip"), usual
    wheel = _debian_pip(paths, log)
    if wheel:
        yield (sys.executable, wheel / "pip"), usual


def _make_bundled(target, log):
    """A virtual environment with the pip that Python brings, if it does."""
    shutil.rmtree(target, ignore_errors=True)
    with open(log, "ab") as handle:
        command = [sys.executable, "-m", "venv", str(target)]
        return not subprocess.call(command, stdout=handle, stderr=handle)


def _debian_pip(paths, log):
    """Debian's pip as a wheel, which runs without being installed."""
    apt = PrivateApt(paths.cache / "apt", log)
    root = paths.cache / "pip-debian"
    try:
        apt.prepare(("sid",))
        unpack(apt.fetch(["python3-pip-whl"], paths.downloads), root, log)
    except SuiteError:
        return None
    wheels = sorted(root.glob("usr/share/python-wheels/pip-*.whl"))
    return wheels[-1] if wheels else None
