"""Download one file: resumed where it stopped, checked before it counts."""

import hashlib
import http.client
import os
import urllib.error
import urllib.request

from .console import Progress
from .errors import SuiteError

CHUNK = 1 << 18
SHOWN_BYTES = 5_000_000
TIMEOUT_SECONDS = 60
RANGE_NOT_SATISFIABLE = 416
PARTIAL_CONTENT = 206


def download(url, target, size, sha256, opener=urllib.request.urlopen):
    """Fetch `url` into `target`; what was fetched before is not fetched again.

    :raises SuiteError: no network, or a file that is not the promised one.
    """
    if target.exists() and digest_of(target) == sha256:
        return
    partial = target.with_name(target.name + ".part")
    for _attempt in range(2):
        _fetch(url, partial, size, opener)
        if digest_of(partial) == sha256:
            os.replace(partial, target)
            return
        partial.unlink()
    raise SuiteError(
        f"{target.name} does not have the checksum that its archive promises, twice "
        "in a row. Wait until the mirror is in order, then run the same command again."
    )


def digest_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as handle:
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _fetch(url, partial, size, opener):
    done = partial.stat().st_size if partial.exists() else 0
    if done >= size:
        return
    request = urllib.request.Request(url, headers={"Range": f"bytes={done}-"})
    progress = Progress(partial.name.split("_")[0], size / 1e6, " MB")
    try:
        with opener(request, timeout=TIMEOUT_SECONDS) as answer:
            resumed = answer.status == PARTIAL_CONTENT
            with open(partial, "ab" if resumed else "wb") as handle:
                done = done if resumed else 0
                while chunk := answer.read(CHUNK):
                    handle.write(chunk)
                    done += len(chunk)
                    if size > SHOWN_BYTES:
                        progress.show(done / 1e6)
    except urllib.error.HTTPError as error:
        if error.code != RANGE_NOT_SATISFIABLE:
            raise SuiteError(
                f"The mirror answered {error.code} for {partial.stem}. "
                "Run the same command again later."
            ) from error
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError) as error:
        raise SuiteError(_no_network(partial.stem, done, error)) from error
    except ConnectionError as error:
        raise SuiteError(_no_network(partial.stem, done, error)) from error


def _no_network(name, done, error):
    reason = getattr(error, "reason", None) or error
    return (
        f"No network: {name} stopped after {done / 1e6:.0f} MB ({reason}). "
        "Run the same command again and it carries on there."
    )
