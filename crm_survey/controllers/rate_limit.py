"""Slow down whoever hammers the public pages.

Counters live in the memory of each worker, not in the database: the pages must
write nothing when they are only read, and a flood must not become a flood of
writes. The price, a limit that holds per worker and not for all of them together,
is fair: tokens cannot be guessed anyway (122 random bits), so the limit protects
the server, not a secret.
"""

import ipaddress
import threading
import time
from collections import OrderedDict

#: addresses remembered at most; the least recently seen go first
CAPACITY = 20_000
WINDOW_SECONDS = 60


class RateLimit:
    """At most ``limit`` hits of one address in each window of a minute."""

    def __init__(self, capacity=CAPACITY, clock=time.monotonic):
        self._capacity = capacity
        self._clock = clock
        self._hits = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, address, limit):
        """Count one hit; return the seconds to wait, 0 when the hit is fine."""
        now = self._clock()
        window, key = divmod(now, WINDOW_SECONDS)[0], self._network(address)
        with self._lock:
            seen, count = self._hits.pop(key, (window, 0))
            count = count + 1 if seen == window else 1
            self._hits[key] = (window, count)
            while len(self._hits) > self._capacity:
                self._hits.popitem(last=False)
        if count <= limit:
            return 0
        return int((window + 1) * WINDOW_SECONDS - now) + 1

    def clear(self):
        with self._lock:
            self._hits.clear()

    @staticmethod
    def _network(address):
        """Return what counts as one visitor: an IPv4 address, or an IPv6 /64."""
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            return address
        if parsed.version == 4:
            return str(parsed)
        return str(ipaddress.ip_network((parsed, 64), strict=False))


reads = RateLimit()
writes = RateLimit()
