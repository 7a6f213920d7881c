"""Locks, markers and small state files, all safe against being killed."""

import fcntl
import json
import os
from contextlib import contextmanager


@contextmanager
def locked(path, waiting=None):
    """Hold the lock of that file; say so if someone else has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting:
                waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle


def write_atomically(path, text):
    """Write the whole file or none of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with open(temporary, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(temporary, path)


def read_state(path):
    """The state saved last, or an empty one."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def save_state(path, state):
    write_atomically(path, json.dumps(state, indent=1, sort_keys=True) + "\n")
