"""What the commands print: timed steps, progress bars, one sentence on failure."""

import errno
import importlib
import os
import signal
import sys
import time
from contextlib import contextmanager

from .errors import SuiteError

BAR_WIDTH = 30
REDRAW_SECONDS = 0.2
LOG_SECONDS = 10


class Output:
    """Where messages go; bin/odoo keeps its standard output for Odoo's own."""

    to_errors = False

    @classmethod
    def stream(cls):
        return sys.stderr if cls.to_errors else sys.stdout


def say(text=""):
    """Print one line at once, also when the output goes into a file."""
    print(text, file=Output.stream(), flush=True)


def clock(seconds):
    """
    >>> clock(3.21), clock(75)
    ('3.2 s', '1 min 15 s')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


@contextmanager
def step(title):
    """Say what begins, and how long it took when it is over."""
    say(f"- {title} ...")
    begun = time.monotonic()
    yield
    say(f"  done in {clock(time.monotonic() - begun)}")


class Progress:
    """A bar on a terminal, a line every few seconds elsewhere."""

    def __init__(self, what, total, unit=""):
        self.what = what
        self.total = max(total, 1)
        self.unit = unit
        self.terminal = Output.stream().isatty()
        self.shown_at = 0.0

    def show(self, done):
        pause = REDRAW_SECONDS if self.terminal else LOG_SECONDS
        if done < self.total and time.monotonic() - self.shown_at < pause:
            return
        self.shown_at = time.monotonic()
        share = min(done / self.total, 1.0)
        bar = "#" * int(share * BAR_WIDTH)
        line = (
            f"  {self.what} [{bar:<{BAR_WIDTH}}] {share:4.0%} "
            f"{done:,.0f} of {self.total:,.0f}{self.unit}"
        )
        if not self.terminal:
            say(line)
            return
        end = "\n" if done >= self.total else ""
        print(f"\r{line}", end=end, file=Output.stream(), flush=True)


def run(command, args):
    """Run one of the three commands; return its exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return importlib.import_module(f"suite.command_{command}").main(args) or 0
    except SuiteError as error:
        return fail(str(error))
    except KeyboardInterrupt:
        return fail("Interrupted. Run the same command again and it carries on.", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return fail(sentence_of(error))


def fail(sentence, status=1):
    sys.stdout.flush()
    print(f"\n{sentence}", file=sys.stderr, flush=True)
    return status


def sentence_of(error):
    """Turn what the operating system refused into one sentence."""
    place = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk is full{place}. About 4 GB are needed; free some space, or name "
            "a directory with room in CRM_SUITE_CACHE, and run the same command again."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"This may not be written{place}: {error.strerror}. Name a directory of "
            "your own in CRM_SUITE_CACHE and run the same command again."
        )
    return f"The system refused: {error.strerror or error}{place}."
